#include <numbers>

#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>

// GELU: x * Phi(x) with the normal distribution function Phi, or with its tanh approximation.

namespace lt {
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

constexpr double kCubic = 0.044715;  // Hendrycks and Gimpel, section 2

// tanh(sqrt(2 / pi) (x + kCubic x^3))
template <typename T>
BasicTensor<T> inner_tanh(const BasicTensor<T>& x) {
  const T scale = std::numbers::sqrt2_v<T> * std::numbers::inv_sqrtpi_v<T>;
  return tanh((x + x * square(x) * static_cast<T>(kCubic)) * scale);
}

template <typename T>
BasicTensor<T> tanh_slope(const BasicTensor<T>& x) {
  const T scale = std::numbers::sqrt2_v<T> * std::numbers::inv_sqrtpi_v<T>;
  const BasicTensor<T> t = inner_tanh(x);
  const BasicTensor<T> inner = (square(x) * static_cast<T>(3 * kCubic) + T{1}) * scale;
  return (t + T{1} + x * (T{1} - square(t)) * inner) * T{0.5};
}

}  // namespace

template <typename T>
BasicVariable<T> gelu(const BasicVariable<T>& x, Gelu approximate) {
  const BasicTensor<T>& v = x.data();
  if (approximate == Gelu::tanh) {
    return record("gelu", v * (inner_tanh(v) + T{1}) * T{0.5}, {x},
                  [v = save(v)](const BasicTensor<T>& dy) { return dy * tanh_slope(*v); });
  }
  return record("gelu", v * normal_cdf(v), {x}, [v = save(v)](const BasicTensor<T>& dy) {
    return dy * (normal_cdf(*v) + *v * normal_density(*v));
  });
}

template Variable gelu(const Variable&, Gelu);
template DoubleVariable gelu(const DoubleVariable&, Gelu);

}  // namespace lt
