#include <array>

#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>

// Elementwise ops of two operands. Each rule returns what it would without broadcasting; the tape sums it
// back to the operand's shape. `if_needed` spares the side that nobody asks for.

namespace lt::inline v0 {
namespace {

// gradient() where the input needs one, else no tensor.
template <Floating T, typename F>
BasicTensor<T> if_needed(bool needed, const F& gradient) {
  return needed ? gradient() : BasicTensor<T>();
}

// An operand's share in the gradient of a choice between two: none where it loses, half where they are
// equal, all where there is a NaN, as PyTorch.
template <Floating T>
BasicTensor<T> share(const BasicTensor<T>& dy, const BoolTensor& loses, const BoolTensor& equal) {
  return masked_fill(where(equal, dy * T{0.5}, dy), loses, 0);
}

}  // namespace

template <Floating T>
BasicVariable<T> add(const BasicVariable<T>& a, const OperandOf<T>& b) {
  return record("add", add(a.data(), b.data()), {a, b}, [](const BasicTensor<T>& dy) {
    return Gradients{dy, dy};
  });
}

template <Floating T>
BasicVariable<T> sub(const BasicVariable<T>& a, const OperandOf<T>& b) {
  return record("sub", sub(a.data(), b.data()), {a, b},
                [need_b = b.requires_grad()](const BasicTensor<T>& dy) {
                  return Gradients{dy, if_needed<T>(need_b, [&] { return -dy; })};
                });
}

template <Floating T>
BasicVariable<T> mul(const BasicVariable<T>& a, const OperandOf<T>& b) {
  return record(
      "mul", mul(a.data(), b.data()), {a, b},
      [x = save_if(b.requires_grad(), a), y = save_if(a.requires_grad(), b)](const BasicTensor<T>& dy) {
        return Gradients{if_needed<T>(y.is_saved(), [&] { return dy * *y; }),
                         if_needed<T>(x.is_saved(), [&] { return dy * *x; })};
      });
}

template <Floating T>
BasicVariable<T> div(const BasicVariable<T>& a, const OperandOf<T>& b) {
  const BasicTensor<T> quotient = div(a.data(), b.data());
  return record("div", quotient, {a, b},
                [q = save(quotient), y = save(b), need_b = b.requires_grad()](const BasicTensor<T>& dy) {
                  const BasicTensor<T> da = dy / *y;
                  return Gradients{da, if_needed<T>(need_b, [&] { return -da * *q; })};
                });
}

// PyTorch's rule at a base of 0: no gradient flows to the base where the exponent is 0, nor to the exponent
// where it is not negative.
template <Floating T>
BasicVariable<T> pow(const BasicVariable<T>& a, const OperandOf<T>& b) {
  const BasicTensor<T> power = pow(a.data(), b.data());
  return record(
      "pow", power, {a, b},
      [x = save(a), n = save(b), p = save(power), need_a = a.requires_grad(),
       need_b = b.requires_grad()](const BasicTensor<T>& dy) {
        const BasicTensor<T> zero = scalar<T>(0);
        return Gradients{
            if_needed<T>(need_a, [&] { return where(*n == T{0}, zero, dy * *n * pow(*x, *n - T{1})); }),
            if_needed<T>(need_b,
                         [&] { return where((*x == T{0}) & (*n >= T{0}), zero, dy * *p * log(*x)); })};
      });
}

template <Floating T>
BasicVariable<T> atan2(const BasicVariable<T>& y, const OperandOf<T>& x) {
  return record("atan2", atan2(y.data(), x.data()), {y, x},
                [v = save(y), u = save(x)](const BasicTensor<T>& dy) {
                  const BasicTensor<T> scaled = dy / (square(*u) + square(*v));
                  return Gradients{scaled * *u, -scaled * *v};
                });
}

template <Floating T>
BasicVariable<T> maximum(const BasicVariable<T>& a, const OperandOf<T>& b) {
  return record("maximum", maximum(a.data(), b.data()), {a, b},
                [x = save(a), y = save(b)](const BasicTensor<T>& dy) {
                  const BoolTensor equal = equals(*x, *y);
                  return Gradients{share(dy, *x < *y, equal), share(dy, *y < *x, equal)};
                });
}

template <Floating T>
BasicVariable<T> minimum(const BasicVariable<T>& a, const OperandOf<T>& b) {
  return record("minimum", minimum(a.data(), b.data()), {a, b},
                [x = save(a), y = save(b)](const BasicTensor<T>& dy) {
                  const BoolTensor equal = equals(*x, *y);
                  return Gradients{share(dy, *x > *y, equal), share(dy, *y > *x, equal)};
                });
}

template <Floating T>
BasicVariable<T> floor_divide(const BasicVariable<T>& a, const OperandOf<T>& b) {
  return record("floor_divide", floor_divide(a.data(), b.data()), {a, b}, [](const BasicTensor<T>& dy) {
    const BasicTensor<T> zero = zeros_like(dy);
    return Gradients{zero, zero};
  });
}

template <Floating T>
BasicVariable<T> remainder(const BasicVariable<T>& a, const OperandOf<T>& b) {
  return record(
      "remainder", remainder(a.data(), b.data()), {a, b},
      [x = save_if(b.requires_grad(), a), y = save_if(b.requires_grad(), b)](const BasicTensor<T>& dy) {
        return Gradients{dy, if_needed<T>(x.is_saved(), [&] { return -dy * floor_divide(*x, *y); })};
      });
}

template <Floating T>
BasicVariable<T> where(const BoolTensor& condition, const BasicVariable<T>& a, const OperandOf<T>& b) {
  return record("where", where(condition, a.data(), b.data()), {a, b},
                [first = save(condition)](const BasicTensor<T>& dy) {
                  const BasicTensor<T> zero = scalar<T>(0);
                  return Gradients{where(*first, dy, zero), where(*first, zero, dy)};
                });
}

template <Floating T>
BasicVariable<T> masked_fill(const BasicVariable<T>& x, const BoolTensor& mask, ScalarOf<T> value) {
  return record("masked_fill", masked_fill(x.data(), mask, value), {x},
                [mask = save(mask)](const BasicTensor<T>& dy) { return masked_fill(dy, *mask, 0); });
}

template <Floating T>
BasicVariable<T> add(const BasicVariable<T>& x, ScalarOf<T> value) {
  return record("add", x.data() + value, {x}, [](const BasicTensor<T>& dy) { return dy; });
}

template <Floating T>
BasicVariable<T> sub(const BasicVariable<T>& x, ScalarOf<T> value) {
  return record("sub", x.data() - value, {x}, [](const BasicTensor<T>& dy) { return dy; });
}

template <Floating T>
BasicVariable<T> sub(ScalarOf<T> value, const BasicVariable<T>& x) {
  return record("rsub", value - x.data(), {x}, [](const BasicTensor<T>& dy) { return -dy; });
}

template <Floating T>
BasicVariable<T> mul(const BasicVariable<T>& x, ScalarOf<T> value) {
  return record("mul", x.data() * value, {x}, [value](const BasicTensor<T>& dy) { return dy * value; });
}

template <Floating T>
BasicVariable<T> div(ScalarOf<T> value, const BasicVariable<T>& x) {
  const BasicTensor<T> quotient = value / x.data();
  return record("rdiv", quotient, {x},
                [q = save(quotient), v = save(x)](const BasicTensor<T>& dy) { return -(dy / *v) * *q; });
}

template <Floating T>
BasicVariable<T> remainder(const BasicVariable<T>& x, ScalarOf<T> value) {
  return record("remainder", remainder(x.data(), value), {x}, [](const BasicTensor<T>& dy) { return dy; });
}

#define LT_INSTANTIATE(T)                                                                               \
  template BasicVariable<T> add(const BasicVariable<T>&, const BasicVariable<T>&);                      \
  template BasicVariable<T> sub(const BasicVariable<T>&, const BasicVariable<T>&);                      \
  template BasicVariable<T> mul(const BasicVariable<T>&, const BasicVariable<T>&);                      \
  template BasicVariable<T> div(const BasicVariable<T>&, const BasicVariable<T>&);                      \
  template BasicVariable<T> pow(const BasicVariable<T>&, const BasicVariable<T>&);                      \
  template BasicVariable<T> atan2(const BasicVariable<T>&, const BasicVariable<T>&);                    \
  template BasicVariable<T> maximum(const BasicVariable<T>&, const BasicVariable<T>&);                  \
  template BasicVariable<T> minimum(const BasicVariable<T>&, const BasicVariable<T>&);                  \
  template BasicVariable<T> floor_divide(const BasicVariable<T>&, const BasicVariable<T>&);             \
  template BasicVariable<T> remainder(const BasicVariable<T>&, const BasicVariable<T>&);                \
  template BasicVariable<T> where(const BoolTensor&, const BasicVariable<T>&, const BasicVariable<T>&); \
  template BasicVariable<T> masked_fill(const BasicVariable<T>&, const BoolTensor&, Scalar<T>);         \
  template BasicVariable<T> add(const BasicVariable<T>&, Scalar<T>);                                    \
  template BasicVariable<T> sub(const BasicVariable<T>&, Scalar<T>);                                    \
  template BasicVariable<T> sub(Scalar<T>, const BasicVariable<T>&);                                    \
  template BasicVariable<T> mul(const BasicVariable<T>&, Scalar<T>);                                    \
  template BasicVariable<T> div(Scalar<T>, const BasicVariable<T>&);                                    \
  template BasicVariable<T> remainder(const BasicVariable<T>&, Scalar<T>);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
