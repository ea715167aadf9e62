#include <libtensor/tensor/kernels/activation.h>

#include <libtensor/tensor/kernels/map.h>
#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/simd_math.h>

// Derivatives are one multiplication-bound loop each, which the compiler vectorises; threads share elements.

namespace lt::kernels {
namespace {

constexpr int64_t kCost = 2;  // two reads and a write an element

template <typename T, typename F>
void map_rows(T* c, int64_t c_row, int64_t rows, int64_t n, F f) {
  for (int64_t i = 0; i < rows; ++i) map(c + i * c_row, c + i * c_row, n, f);
}

}  // namespace

template <typename T>
void activate(Activation activation, T* c, int64_t c_row, int64_t rows, int64_t n) {
  switch (activation) {
    case Activation::none:
      return;
    case Activation::relu:
      return map_rows(c, c_row, rows, n, [](Vec<T> x) { return x <= 0 ? Vec<T>{} : x; });  // NaN stays
    case Activation::tanh:
      return map_rows(c, c_row, rows, n, [](Vec<T> x) { return tanh(x); });
  }
}

template <typename T>
void tanh_backward(const T* y, const T* dy, T* dx, int64_t n) {
  parallel_for(n, kCost, [=](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) dx[i] = dy[i] * (1 - y[i] * y[i]);
  });
}

template <typename T>
void sigmoid_backward(const T* y, const T* dy, T* dx, int64_t n) {
  parallel_for(n, kCost, [=](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) dx[i] = dy[i] * ((1 - y[i]) * y[i]);
  });
}

template void activate(Activation, float*, int64_t, int64_t, int64_t);
template void activate(Activation, double*, int64_t, int64_t, int64_t);
template void tanh_backward(const float*, const float*, float*, int64_t);
template void tanh_backward(const double*, const double*, double*, int64_t);
template void sigmoid_backward(const float*, const float*, float*, int64_t);
template void sigmoid_backward(const double*, const double*, double*, int64_t);

}  // namespace lt::kernels
