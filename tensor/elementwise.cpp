#include <fmt/format.h>

#include <cmath>
#include <type_traits>

#include "tensor/kernels/elementwise.h"
#include "tensor/ops.h"

// Elementwise ops of two operands: the shapes broadcast here, the loop is kernels/elementwise.h, and each op
// is one expression over Eigen arrays.

namespace lt {
namespace {

// Integers are computed as unsigned, so that overflow wraps (as PyTorch's) and is defined.
template <typename T>
using Wrapping = std::conditional_t<std::is_same_v<T, int64_t>, uint64_t, T>;

template <typename Out, typename T, typename F>
BasicTensor<Out> binary(const char* op, const BasicTensor<T>& a, const BasicTensor<T>& b, F f) {
  const Shape shape = broadcast_shapes(a.shape(), b.shape(), op);
  BasicTensor<Out> out = empty<Out>(shape);
  const BasicTensor<T> wide_a = a.expand(shape);
  const BasicTensor<T> wide_b = b.expand(shape);
  kernels::map_binary(shape, out.mutable_data(), out.strides(), wide_a.data(), wide_a.strides(),
                      wide_b.data(), wide_b.strides(), f);
  return out;
}

template <typename T, typename F>
BasicTensor<T> wrapping(const char* op, const BasicTensor<T>& a, const BasicTensor<T>& b, F f) {
  using Word = Wrapping<T>;
  const Shape shape = broadcast_shapes(a.shape(), b.shape(), op);
  BasicTensor<T> out = empty<T>(shape);
  kernels::map_binary(shape, reinterpret_cast<Word*>(out.mutable_data()), out.strides(),
                      reinterpret_cast<const Word*>(a.data()), a.expand(shape).strides(),
                      reinterpret_cast<const Word*>(b.data()), b.expand(shape).strides(), f);
  return out;
}

// Python's %: the remainder takes the divisor's sign.
template <typename T>
T python_remainder(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    if (b == -1) return 0;  // the smallest integer has no positive counterpart
    const T rest = a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  } else {
    const T rest = std::fmod(a, b);
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  }
}

// Python's //: the quotient that goes with python_remainder, rounded down.
template <typename T>
T python_floor_divide(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    if (b == -1) return static_cast<T>(0 - static_cast<uint64_t>(a));
    return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
  } else {
    if (b == 0) return a / b;
    const T quotient = (a - python_remainder(a, b)) / b;  // an integer but for rounding
    return quotient != 0 ? std::round(quotient) : std::copysign(T{0}, a / b);
  }
}

template <typename T>
void refuse_zero([[maybe_unused]] const char* op, [[maybe_unused]] const BasicTensor<T>& divisor) {
  if constexpr (std::is_integral_v<T>) {
    if (any(divisor == T{0}).item()) throw ValueError(fmt::format("{}: an integer is divided by zero", op));
  }
}

}  // namespace

template <typename T>
BasicTensor<T> add(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return wrapping("add", a, b, [](const auto& x, const auto& y) { return x + y; });
}

template <typename T>
BasicTensor<T> sub(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return wrapping("sub", a, b, [](const auto& x, const auto& y) { return x - y; });
}

template <typename T>
BasicTensor<T> mul(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return wrapping("mul", a, b, [](const auto& x, const auto& y) { return x * y; });
}

template <typename T>
BasicTensor<T> div(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return binary<T>("div", a, b, [](const auto& x, const auto& y) { return x / y; });
}

template <typename T>
BasicTensor<T> maximum(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return binary<T>("maximum", a, b, [](const auto& x, const auto& y) {
    return x.binaryExpr(y, Eigen::internal::scalar_max_op<T, T, Eigen::PropagateNaN>());
  });
}

template <typename T>
BasicTensor<T> minimum(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return binary<T>("minimum", a, b, [](const auto& x, const auto& y) {
    return x.binaryExpr(y, Eigen::internal::scalar_min_op<T, T, Eigen::PropagateNaN>());
  });
}

template <typename T>
BasicTensor<T> pow(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return binary<T>("pow", a, b, [](const auto& x, const auto& y) {
    return x.binaryExpr(y, [](T base, T exponent) { return std::pow(base, exponent); });
  });
}

template <typename T>
BasicTensor<T> atan2(const BasicTensor<T>& y, const BasicTensor<T>& x) {
  return binary<T>("atan2", y, x, [](const auto& v, const auto& u) {
    return v.binaryExpr(u, [](T rise, T run) { return std::atan2(rise, run); });
  });
}

template <typename T>
BasicTensor<T> floor_divide(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  refuse_zero("floor_divide", b);
  return binary<T>("floor_divide", a, b,
                   [](const auto& x, const auto& y) { return x.binaryExpr(y, &python_floor_divide<T>); });
}

template <typename T>
BasicTensor<T> remainder(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  refuse_zero("remainder", b);
  return binary<T>("remainder", a, b,
                   [](const auto& x, const auto& y) { return x.binaryExpr(y, &python_remainder<T>); });
}

#define LT_INSTANTIATE_NUMBER(T)                                                      \
  template BasicTensor<T> add(const BasicTensor<T>&, const BasicTensor<T>&);          \
  template BasicTensor<T> sub(const BasicTensor<T>&, const BasicTensor<T>&);          \
  template BasicTensor<T> mul(const BasicTensor<T>&, const BasicTensor<T>&);          \
  template BasicTensor<T> maximum(const BasicTensor<T>&, const BasicTensor<T>&);      \
  template BasicTensor<T> minimum(const BasicTensor<T>&, const BasicTensor<T>&);      \
  template BasicTensor<T> floor_divide(const BasicTensor<T>&, const BasicTensor<T>&); \
  template BasicTensor<T> remainder(const BasicTensor<T>&, const BasicTensor<T>&);
#define LT_INSTANTIATE_FLOATING(T)                                           \
  template BasicTensor<T> div(const BasicTensor<T>&, const BasicTensor<T>&); \
  template BasicTensor<T> pow(const BasicTensor<T>&, const BasicTensor<T>&); \
  template BasicTensor<T> atan2(const BasicTensor<T>&, const BasicTensor<T>&);
LT_INSTANTIATE_NUMBER(float)
LT_INSTANTIATE_NUMBER(double)
LT_INSTANTIATE_NUMBER(int64_t)
LT_INSTANTIATE_FLOATING(float)
LT_INSTANTIATE_FLOATING(double)
#undef LT_INSTANTIATE_NUMBER
#undef LT_INSTANTIATE_FLOATING

}  // namespace lt
