#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <type_traits>

#include <libtensor/tensor/kernels/elementwise.h>
#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/simd_math.h>
#include <libtensor/tensor/ops.h>

// Elementwise ops of one operand. Each is one expression over Eigen arrays, or one function of a number.

namespace lt::inline v0 {
namespace {

template <typename T, typename F>
BasicTensor<T> unary(const BasicTensor<T>& x, F f) {
  BasicTensor<T> out = empty<T>(x.shape());
  kernels::map_unary(x.shape(), out.mutable_data(), out.strides(), x.data(), x.strides(), f);
  return out;
}

// f: a function of one number
template <typename T, typename F>
BasicTensor<T> each(const BasicTensor<T>& x, F f) {
  return unary(x, [f](const auto& v) { return v.unaryExpr(f); });
}

// f: a function of vectors, from kernels/simd_math.h
template <typename T, typename F>
BasicTensor<T> vectors(const BasicTensor<T>& x, F f) {
  constexpr int64_t kCost = 4;  // a polynomial beside the read and the write
  const BasicTensor<T> dense = x.contiguous();
  BasicTensor<T> out = empty<T>(x.shape());
  T* const y = out.mutable_data();
  kernels::parallel_for(dense.numel(), kCost, [&](int64_t first, int64_t last) {
    kernels::map(dense.data() + first, y + first, last - first, f);
  });
  return out;
}

// base^exponent by repeated squaring, wrapping as PyTorch's integers do.
int64_t integer_power(int64_t base, int64_t exponent) {
  uint64_t result = 1;
  uint64_t square = static_cast<uint64_t>(base);
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result *= square;
    square *= square;
  }
  return static_cast<int64_t>(result);
}

}  // namespace

template <Number T>
BasicTensor<T> neg(const BasicTensor<T>& x) {
  if constexpr (std::is_integral_v<T>) {
    return zeros_like(x) - x;  // wraps
  } else {
    return each(x, [](T v) { return -v; });  // Eigen's own -v, by AVX, makes 0 of 0, not -0
  }
}

template <Number T>
BasicTensor<T> abs(const BasicTensor<T>& x) {
  if constexpr (std::is_integral_v<T>) {
    return where(x < T{0}, neg(x), x);
  } else {
    return unary(x, [](const auto& v) { return v.abs(); });
  }
}

template <Number T>
BasicTensor<T> sign(const BasicTensor<T>& x) {
  return each(x, [](T v) { return static_cast<T>((v > 0) - (v < 0)); });
}

template <Number T>
BasicTensor<T> square(const BasicTensor<T>& x) {
  return x * x;
}

template <Number T>
BasicTensor<T> relu(const BasicTensor<T>& x) {
  return maximum(x, scalar<T>(0));
}

template <Number T>
BasicTensor<T> clamp(const BasicTensor<T>& x, ScalarOf<T> low, ScalarOf<T> high) {
  return minimum(maximum(x, scalar<T>(low)), scalar<T>(high));
}

template <Number T>
BasicTensor<T> pow(const BasicTensor<T>& x, ScalarOf<T> exponent) {
  const T power = exponent;
  if constexpr (std::is_integral_v<T>) {
    if (power < 0) throw ValueError(fmt::format("pow: integers have no power of {}", power));
    return each(x, [power](T v) { return integer_power(v, power); });
  } else {
    if (power == 2) return square(x);
    if (power == T{0.5}) return sqrt(x);
    if (power == T{-0.5}) return rsqrt(x);
    if (power == -1) return reciprocal(x);
    return each(x, [power](T v) { return std::pow(v, power); });
  }
}

template <Floating T>
BasicTensor<T> exp(const BasicTensor<T>& x) {
  return vectors(x, [](auto v) { return kernels::exp(v); });
}

template <Floating T>
BasicTensor<T> log(const BasicTensor<T>& x) {
  return vectors(x, [](auto v) { return kernels::log(v); });
}

template <Floating T>
BasicTensor<T> log1p(const BasicTensor<T>& x) {
  return each(x, [](T v) { return std::log1p(v); });
}

template <Floating T>
BasicTensor<T> sqrt(const BasicTensor<T>& x) {
  return each(x, [](T v) { return std::sqrt(v); });  // Eigen's vectors approximate, its scalars do not
}

template <Floating T>
BasicTensor<T> rsqrt(const BasicTensor<T>& x) {
  return each(x, [](T v) { return T{1} / std::sqrt(v); });
}

template <Floating T>
BasicTensor<T> reciprocal(const BasicTensor<T>& x) {
  return scalar<T>(1) / x;
}

template <Floating T>
BasicTensor<T> sin(const BasicTensor<T>& x) {
  return each(x, [](T v) { return std::sin(v); });
}

template <Floating T>
BasicTensor<T> cos(const BasicTensor<T>& x) {
  return each(x, [](T v) { return std::cos(v); });
}

template <Floating T>
BasicTensor<T> tanh(const BasicTensor<T>& x) {
  return vectors(x, [](auto v) { return kernels::tanh(v); });
}

template <Floating T>
BasicTensor<T> erf(const BasicTensor<T>& x) {
  return vectors(x, [](auto v) { return kernels::erf(v); });
}

template <Floating T>
BasicTensor<T> sigmoid(const BasicTensor<T>& x) {
  return vectors(x, [](auto v) { return kernels::sigmoid(v); });
}

template <Floating T>
BasicTensor<T> floor(const BasicTensor<T>& x) {
  return each(x, [](T v) { return std::floor(v); });
}

template <Floating T>
BasicTensor<T> ceil(const BasicTensor<T>& x) {
  return each(x, [](T v) { return std::ceil(v); });
}

template <Floating T>
BasicTensor<T> round(const BasicTensor<T>& x) {
  return each(x, [](T v) { return std::nearbyint(v); });
}

#define LT_INSTANTIATE_NUMBER(T)                                              \
  template BasicTensor<T> neg(const BasicTensor<T>&);                         \
  template BasicTensor<T> abs(const BasicTensor<T>&);                         \
  template BasicTensor<T> sign(const BasicTensor<T>&);                        \
  template BasicTensor<T> square(const BasicTensor<T>&);                      \
  template BasicTensor<T> relu(const BasicTensor<T>&);                        \
  template BasicTensor<T> clamp(const BasicTensor<T>&, Scalar<T>, Scalar<T>); \
  template BasicTensor<T> pow(const BasicTensor<T>&, Scalar<T>);
#define LT_INSTANTIATE_FLOATING(T)                           \
  template BasicTensor<T> exp(const BasicTensor<T>&);        \
  template BasicTensor<T> log(const BasicTensor<T>&);        \
  template BasicTensor<T> log1p(const BasicTensor<T>&);      \
  template BasicTensor<T> sqrt(const BasicTensor<T>&);       \
  template BasicTensor<T> rsqrt(const BasicTensor<T>&);      \
  template BasicTensor<T> reciprocal(const BasicTensor<T>&); \
  template BasicTensor<T> sin(const BasicTensor<T>&);        \
  template BasicTensor<T> cos(const BasicTensor<T>&);        \
  template BasicTensor<T> tanh(const BasicTensor<T>&);       \
  template BasicTensor<T> erf(const BasicTensor<T>&);        \
  template BasicTensor<T> sigmoid(const BasicTensor<T>&);    \
  template BasicTensor<T> floor(const BasicTensor<T>&);      \
  template BasicTensor<T> ceil(const BasicTensor<T>&);       \
  template BasicTensor<T> round(const BasicTensor<T>&);
LT_INSTANTIATE_NUMBER(float)
LT_INSTANTIATE_NUMBER(double)
LT_INSTANTIATE_NUMBER(int64_t)
LT_INSTANTIATE_FLOATING(float)
LT_INSTANTIATE_FLOATING(double)
#undef LT_INSTANTIATE_NUMBER
#undef LT_INSTANTIATE_FLOATING

}  // namespace lt::inline v0
