#include <algorithm>

#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>

// Reductions. A rule gives the gradient its reduced axes back, of size 1, and lets it broadcast.

namespace lt::inline v0 {
namespace {

// The shape that a reduction of `from` over `axes` has under keepdim. Shapes were checked forward.
Shape kept_shape(const Shape& from, const Dims& axes) {
  Shape kept = from;
  for (int i = 0; i < from.size(); ++i) {
    if (axes.empty()) kept[i] = 1;
  }
  if (!from.empty()) {
    for (const Whole axis : axes) kept[normalize_axis(axis, from.size(), "reduce")] = 1;
  }
  return kept;
}

// The tensors of a rule: dy with its axes back, and what else was reduced.
template <Floating T>
BasicTensor<T> restore(const BasicTensor<T>& y, const Shape& from, const Dims& axes) {
  return y.reshape(kept_shape(from, axes));
}

// How many elements go into one result.
template <Floating T>
T reduced_count(const Shape& from, const Dims& axes) {
  return static_cast<T>(numel(from)) / static_cast<T>(std::max<int64_t>(numel(kept_shape(from, axes)), 1));
}

template <Floating T>
BasicVariable<T> extreme(const char* op, const BasicVariable<T>& x, const BasicTensor<T>& y,
                         const Dims& axes) {
  return record(op, y, {x}, [v = save(x), y = save(y), axes](const BasicTensor<T>& dy) {
    const BasicTensor<T> ties = equals(*v, restore(*y, (*v).shape(), axes)).template cast<T>();
    return ties * (restore(dy, (*v).shape(), axes) / sum(ties, axes, true));
  });
}

// PyTorch's evenly_distribute_backward.
template <Floating T>
BasicVariable<T> extreme_of_all(const char* op, const BasicVariable<T>& x, const BasicTensor<T>& y) {
  return record(op, y, {x}, [v = save(x), y = save(y)](const BasicTensor<T>& dy) {
    const BoolTensor ties = where(isnan(*y), isnan(*v), equals(*v, *y));
    return ties.template cast<T>() * (dy / static_cast<T>(count_nonzero(ties)));
  });
}

template <Floating T>
auto mean_rule(const BasicVariable<T>& x, const Dims& axes) {
  return [from = x.shape(), axes](const BasicTensor<T>& dy) {
    return (restore(dy, from, axes) / reduced_count<T>(from, axes)).expand(from);
  };
}

template <Floating T>
auto variance_rule(const BasicVariable<T>& x, const BasicTensor<T>& center, const Dims& axes, Flag unbiased) {
  return [v = save(x), center = save(center), axes, unbiased](const BasicTensor<T>& dy) {
    const Shape& from = (*v).shape();
    const T count = reduced_count<T>(from, axes) - (unbiased ? T{1} : T{0});
    return restore(dy, from, axes) * (T{2} / count) * (*v - restore(*center, from, axes));
  };
}

template <Floating T>
VariableAndIndices<T> extreme_at(const char* op, const BasicVariable<T>& x, ValuesAndIndices<T> found,
                                 Whole axis, Flag keepdim) {
  const IntTensor places = keepdim || x.dim() == 0 ? found.indices : found.indices.unsqueeze(axis);
  return {record(op, found.values, {x},
                 [from = x.shape(), places = save(places), axis](const BasicTensor<T>& dy) {
                   return from.empty()
                              ? dy
                              : scatter_add(zeros<T>(from), axis, *places, dy.reshape((*places).shape()));
                 }),
          found.indices};
}

}  // namespace

template <Floating T>
BasicVariable<T> sum(const BasicVariable<T>& x, const Dims& axes, Flag keepdim) {
  return record("sum", sum(x.data(), axes, keepdim), {x}, [from = x.shape(), axes](const BasicTensor<T>& dy) {
    return restore(dy, from, axes).expand(from);
  });
}

template <Floating T>
BasicVariable<T> mean(const BasicVariable<T>& x, const Dims& axes, Flag keepdim) {
  return record("mean", mean(x.data(), axes, keepdim), {x}, mean_rule(x, axes));
}

template <Floating T>
BasicVariable<T> var(const BasicVariable<T>& x, const Dims& axes, Flag unbiased, Flag keepdim) {
  const auto found = var_mean(x.data(), axes, unbiased, keepdim);
  return record("var", found.first, {x}, variance_rule(x, found.second, axes, unbiased));
}

template <Floating T>
std::pair<BasicVariable<T>, BasicVariable<T>> var_mean(const BasicVariable<T>& x, const Dims& axes,
                                                       Flag unbiased, Flag keepdim) {
  const auto [variance, center] = var_mean(x.data(), axes, unbiased, keepdim);
  return {record("var_mean", variance, {x}, variance_rule(x, center, axes, unbiased)),
          record("var_mean", center, {x}, mean_rule(x, axes))};
}

// At a deviation of 0 the gradient is 0, as PyTorch's.
template <Floating T>
BasicVariable<T> stddev(const BasicVariable<T>& x, const Dims& axes, Flag unbiased, Flag keepdim) {
  const BasicTensor<T> y = stddev(x.data(), axes, unbiased, keepdim);
  return record("stddev", y, {x}, [v = save(x), y = save(y), axes, unbiased](const BasicTensor<T>& dy) {
    const Shape& from = (*v).shape();
    const T count = reduced_count<T>(from, axes) - (unbiased ? T{1} : T{0});
    const BasicTensor<T> spread = restore(*y, from, axes);
    const BasicTensor<T> slope = restore(dy, from, axes) / (spread * count);
    return masked_fill(slope, spread == T{0}, 0) * (*v - var_mean(*v, axes, unbiased, true).second);
  });
}

// At a norm of 0 the gradient is 0, as PyTorch's.
template <Floating T>
BasicVariable<T> norm(const BasicVariable<T>& x, const Dims& axes, Flag keepdim) {
  const BasicTensor<T> y = norm(x.data(), axes, keepdim);
  return record("norm", y, {x}, [v = save(x), y = save(y), axes](const BasicTensor<T>& dy) {
    const BasicTensor<T> length = restore(*y, (*v).shape(), axes);
    const BasicTensor<T> slope = restore(dy, (*v).shape(), axes) / length;
    return *v * masked_fill(slope, length == T{0}, 0);
  });
}

template <Floating T>
BasicVariable<T> logsumexp(const BasicVariable<T>& x, const Dims& axes, Flag keepdim) {
  const BasicTensor<T> y = logsumexp(x.data(), axes, keepdim);
  return record("logsumexp", y, {x}, [v = save(x), y = save(y), axes](const BasicTensor<T>& dy) {
    const Shape& from = (*v).shape();
    return restore(dy, from, axes) * exp(*v - restore(*y, from, axes));
  });
}

template <Floating T>
BasicVariable<T> amax(const BasicVariable<T>& x, const Dims& axes, Flag keepdim) {
  return extreme("amax", x, amax(x.data(), axes, keepdim), axes);
}

template <Floating T>
BasicVariable<T> amin(const BasicVariable<T>& x, const Dims& axes, Flag keepdim) {
  return extreme("amin", x, amin(x.data(), axes, keepdim), axes);
}

template <Floating T>
BasicVariable<T> max(const BasicVariable<T>& x) {
  return extreme_of_all("max_all", x, max(x.data()));
}

template <Floating T>
BasicVariable<T> min(const BasicVariable<T>& x) {
  return extreme_of_all("min_all", x, min(x.data()));
}

template <Floating T>
VariableAndIndices<T> max(const BasicVariable<T>& x, Whole axis, Flag keepdim) {
  return extreme_at("max", x, max(x.data(), axis, keepdim), axis, keepdim);
}

template <Floating T>
VariableAndIndices<T> min(const BasicVariable<T>& x, Whole axis, Flag keepdim) {
  return extreme_at("min", x, min(x.data(), axis, keepdim), axis, keepdim);
}

// Each element counts in every later sum: the gradient is the running sum from the other end.
template <Floating T>
BasicVariable<T> cumsum(const BasicVariable<T>& x, Whole axis) {
  return record("cumsum", cumsum(x.data(), axis), {x}, [axis](const BasicTensor<T>& dy) {
    return dy.dim() == 0 ? dy : flip(cumsum(flip(dy, axis), axis), axis);
  });
}

template <Floating T>
BasicVariable<T> sum_to(const BasicVariable<T>& x, const Shape& shape) {
  return record("sum_to", sum_to(x.data(), shape), {x},
                [from = x.shape()](const BasicTensor<T>& dy) { return dy.expand(from); });
}

#define LT_INSTANTIATE(T)                                                                               \
  template BasicVariable<T> sum(const BasicVariable<T>&, const Dims&, Flag);                            \
  template BasicVariable<T> mean(const BasicVariable<T>&, const Dims&, Flag);                           \
  template BasicVariable<T> var(const BasicVariable<T>&, const Dims&, Flag, Flag);                      \
  template std::pair<BasicVariable<T>, BasicVariable<T>> var_mean(const BasicVariable<T>&, const Dims&, \
                                                                  Flag, Flag);                          \
  template BasicVariable<T> stddev(const BasicVariable<T>&, const Dims&, Flag, Flag);                   \
  template BasicVariable<T> norm(const BasicVariable<T>&, const Dims&, Flag);                           \
  template BasicVariable<T> logsumexp(const BasicVariable<T>&, const Dims&, Flag);                      \
  template BasicVariable<T> amax(const BasicVariable<T>&, const Dims&, Flag);                           \
  template BasicVariable<T> amin(const BasicVariable<T>&, const Dims&, Flag);                           \
  template BasicVariable<T> max(const BasicVariable<T>&);                                               \
  template BasicVariable<T> min(const BasicVariable<T>&);                                               \
  template VariableAndIndices<T> max(const BasicVariable<T>&, Whole, Flag);                             \
  template VariableAndIndices<T> min(const BasicVariable<T>&, Whole, Flag);                             \
  template BasicVariable<T> cumsum(const BasicVariable<T>&, Whole);                                     \
  template BasicVariable<T> sum_to(const BasicVariable<T>&, const Shape&);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
