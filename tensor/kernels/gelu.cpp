#include <libtensor/tensor/kernels/gelu.h>

#include <limits>
#include <numbers>

#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/row_sum.h>
#include <libtensor/tensor/kernels/simd_math.h>

// One pass over memory each way; nothing of the forward pass is kept but x. Threads share elements.

namespace lt::kernels {
namespace {

constexpr int64_t kCost = 8;  // an exponential and a polynomial or two beside the reads and the write

// Phi(x) = (1 + erf(x / sqrt 2)) / 2, whose derivative is the density phi(x).
template <typename T>
struct Exact {
  static Vec<T> share(Vec<T> x) { return (erf(x * (std::numbers::sqrt2_v<T> / 2)) + T{1}) * T{0.5}; }
  static Vec<T> derivative(Vec<T> x) {
    const T scale = std::numbers::inv_sqrtpi_v<T> / std::numbers::sqrt2_v<T>;
    return share(x) + x * (exp(x * x * T{-0.5}) * scale);
  }
};

// (1 + tanh(sqrt(2 / pi) (x + kCubic x^3))) / 2 in Phi's place
template <typename T>
struct TanhForm {
  static constexpr T kCubic = static_cast<T>(0.044715);  // Hendrycks and Gimpel, section 2
  static constexpr T kScale = std::numbers::sqrt2_v<T> * std::numbers::inv_sqrtpi_v<T>;

  static Vec<T> inner(Vec<T> x) { return tanh((x + x * (x * x) * kCubic) * kScale); }
  static Vec<T> share(Vec<T> x) { return (inner(x) + T{1}) * T{0.5}; }
  static Vec<T> derivative(Vec<T> x) {
    const Vec<T> t = inner(x);
    const Vec<T> slope = (x * x * (3 * kCubic) + T{1}) * kScale;
    return (t + T{1} + x * (T{1} - t * t) * slope) * T{0.5};
  }
};

template <typename Form, typename T>
void values(const T* x, int64_t n, T* y) {
  each_vector<T>(n, [=](int64_t i, const auto& lanes) {
    const Vec<T> v = lanes.load(x + i);
    lanes.store(y + i, max(broadcast(std::numeric_limits<T>::lowest()), v) * Form::share(v));  // 0 at -inf
  });
}

template <typename Form, typename T>
void gradients(const T* dy, const T* x, int64_t n, T* dx) {
  // Beyond, Phi is 0 or 1: squares do not overflow, and products with 0 are 0, of infinities too.
  constexpr T kReach = T{0x1p60};
  each_vector<T>(n, [=](int64_t i, const auto& lanes) {
    const Vec<T> v = min(broadcast(kReach), max(broadcast(-kReach), lanes.load(x + i)));
    lanes.store(dx + i, lanes.load(dy + i) * Form::derivative(v));
  });
}

}  // namespace

template <typename T>
void gelu(const T* x, int64_t n, bool tanh_form, T* y) {
  const auto form = tanh_form ? values<TanhForm<T>, T> : values<Exact<T>, T>;
  parallel_for(n, kCost, [=](int64_t first, int64_t last) { form(x + first, last - first, y + first); });
}

template <typename T>
void gelu_backward(const T* dy, const T* x, int64_t n, bool tanh_form, T* dx) {
  const auto form = tanh_form ? gradients<TanhForm<T>, T> : gradients<Exact<T>, T>;
  parallel_for(n, kCost,
               [=](int64_t first, int64_t last) { form(dy + first, x + first, last - first, dx + first); });
}

#define LT_INSTANTIATE(T)                          \
  template void gelu(const T*, int64_t, bool, T*); \
  template void gelu_backward(const T*, const T*, int64_t, bool, T*);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::kernels
