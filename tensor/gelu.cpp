#include <limits>
#include <numbers>

#include <libtensor/tensor/functional.h>

// GELU in both forms, composed of elementwise ops.

namespace lt::inline v0 {
namespace {

// Phi(x) = (1 + erf(x / sqrt 2)) / 2, and the density phi(x) = Phi'(x).
template <typename T>
BasicTensor<T> normal_cdf(const BasicTensor<T>& x) {
  return (erf(x * (std::numbers::sqrt2_v<T> / 2)) + T{1}) * T{0.5};
}
template <typename T>
BasicTensor<T> normal_density(const BasicTensor<T>& x) {
  return exp(square(x) * T{-0.5}) * (std::numbers::inv_sqrtpi_v<T> / std::numbers::sqrt2_v<T>);
}

// As x, but for infinities and what is far beyond where Phi is 0 or 1: their squares do not overflow, and
// their products with 0 are 0.
template <typename T>
BasicTensor<T> within_reach(const BasicTensor<T>& x) {
  constexpr T kReach = T{0x1p60};
  return clamp(x, -kReach, kReach);
}

constexpr double kCubic = 0.044715;  // Hendrycks and Gimpel, section 2

// tanh(sqrt(2 / pi) (x + kCubic x^3))
template <typename T>
BasicTensor<T> inner_tanh(const BasicTensor<T>& x) {
  const T scale = std::numbers::sqrt2_v<T> * std::numbers::inv_sqrtpi_v<T>;
  return tanh((x + x * square(x) * static_cast<T>(kCubic)) * scale);
}

template <typename T>
BasicTensor<T> derivative(const BasicTensor<T>& x) {
  return normal_cdf(x) + x * normal_density(x);
}

template <typename T>
BasicTensor<T> tanh_form_derivative(const BasicTensor<T>& x) {
  const T scale = std::numbers::sqrt2_v<T> * std::numbers::inv_sqrtpi_v<T>;
  const BasicTensor<T> t = inner_tanh(x);
  const BasicTensor<T> inner = (square(x) * static_cast<T>(3 * kCubic) + T{1}) * scale;
  return (t + T{1} + x * (T{1} - square(t)) * inner) * T{0.5};
}

}  // namespace

template <Floating T>
BasicTensor<T> gelu(const BasicTensor<T>& x, Gelu approximate) {
  const BasicTensor<T> share = approximate == Gelu::tanh ? (inner_tanh(x) + T{1}) * T{0.5} : normal_cdf(x);
  return maximum(x, scalar<T>(std::numeric_limits<T>::lowest())) * share;  // 0 at -inf
}

template <Floating T>
BasicTensor<T> gelu_backward(const BasicTensor<T>& dy, const BasicTensor<T>& x, Gelu approximate) {
  check_same_shape(dy.shape(), x.shape(), "gelu_backward");
  const BasicTensor<T> at = within_reach(x);
  return dy * (approximate == Gelu::tanh ? tanh_form_derivative(at) : derivative(at));
}

template Tensor gelu(const Tensor&, Gelu);
template DoubleTensor gelu(const DoubleTensor&, Gelu);
template Tensor gelu_backward(const Tensor&, const Tensor&, Gelu);
template DoubleTensor gelu_backward(const DoubleTensor&, const DoubleTensor&, Gelu);

}  // namespace lt::inline v0
