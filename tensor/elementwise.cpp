#include <fmt/format.h>

#include <cmath>
#include <type_traits>

#include <libtensor/tensor/kernels/elementwise.h>
#include <libtensor/tensor/ops.h>

// Elementwise ops of two operands: the shapes broadcast here, the loop is kernels/elementwise.h, and each op
// is one expression over Eigen arrays.

namespace lt::inline v0 {
namespace {

template <typename T, typename F>
BasicTensor<T> binary(const char* op, const BasicTensor<T>& a, const BasicTensor<T>& b, F f) {
  const Shape shape = broadcast_shapes(a.shape(), b.shape(), op);
  BasicTensor<T> out = empty<T>(shape);
  kernels::map_binary(shape, out.mutable_data(), out.strides(), a.data(),
                      broadcast_strides(a.shape(), a.strides(), shape), b.data(),
                      broadcast_strides(b.shape(), b.strides(), shape), f);
  return out;
}

// The same in modular arithmetic: f sees integers as unsigned.
template <typename T, typename F>
BasicTensor<T> modular(const char* op, const BasicTensor<T>& a, const BasicTensor<T>& b, F f) {
  const Shape shape = broadcast_shapes(a.shape(), b.shape(), op);
  BasicTensor<T> out = empty<T>(shape);
  kernels::map_binary(shape, kernels::as_unsigned(out.mutable_data()), out.strides(),
                      kernels::as_unsigned(a.data()), broadcast_strides(a.shape(), a.strides(), shape),
                      kernels::as_unsigned(b.data()), broadcast_strides(b.shape(), b.strides(), shape), f);
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
    const T rest = std::fmod(a, b);
    const T quotient = (a - rest) / b - (rest != 0 && (rest < 0) != (b < 0) ? 1 : 0);  // but for rounding
    return quotient != 0 ? std::round(quotient) : std::copysign(T{0}, a / b);
  }
}

// Where the dividend is empty, nothing is divided.
template <typename T>
void refuse_zero([[maybe_unused]] const char* op, [[maybe_unused]] const BasicTensor<T>& dividend,
                 [[maybe_unused]] const BasicTensor<T>& divisor) {
  if constexpr (std::is_integral_v<T>) {
    if (dividend.numel() > 0 && any(divisor == T{0}).item())
      throw ValueError(fmt::format("{}: an integer is divided by zero", op));
  }
}

}  // namespace

template <Number T>
BasicTensor<T> add(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return modular("add", a, b, [](const auto& x, const auto& y) { return x + y; });
}

template <Number T>
BasicTensor<T> sub(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return modular("sub", a, b, [](const auto& x, const auto& y) { return x - y; });
}

template <Number T>
BasicTensor<T> mul(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return modular("mul", a, b, [](const auto& x, const auto& y) { return x * y; });
}

template <Floating T>
BasicTensor<T> div(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return binary("div", a, b, [](const auto& x, const auto& y) { return x / y; });
}

template <Number T>
BasicTensor<T> maximum(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return binary("maximum", a, b, [](const auto& x, const auto& y) {
    return x.binaryExpr(y, Eigen::internal::scalar_max_op<T, T, Eigen::PropagateNaN>());
  });
}

template <Number T>
BasicTensor<T> minimum(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return binary("minimum", a, b, [](const auto& x, const auto& y) {
    return x.binaryExpr(y, Eigen::internal::scalar_min_op<T, T, Eigen::PropagateNaN>());
  });
}

template <Floating T>
BasicTensor<T> pow(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return binary("pow", a, b, [](const auto& x, const auto& y) {
    return x.binaryExpr(y, [](T base, T exponent) { return std::pow(base, exponent); });
  });
}

template <Floating T>
BasicTensor<T> atan2(const BasicTensor<T>& y, const BasicTensor<T>& x) {
  return binary("atan2", y, x, [](const auto& v, const auto& u) {
    return v.binaryExpr(u, [](T rise, T run) { return std::atan2(rise, run); });
  });
}

template <Number T>
BasicTensor<T> floor_divide(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  refuse_zero("floor_divide", a, b);
  return binary("floor_divide", a, b,
                [](const auto& x, const auto& y) { return x.binaryExpr(y, &python_floor_divide<T>); });
}

template <Number T>
BasicTensor<T> remainder(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  refuse_zero("remainder", a, b);
  return binary("remainder", a, b,
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

}  // namespace lt::inline v0
