#include <libtensor/tensor/kernels/activation.h>

#include <libtensor/tensor/kernels/parallel.h>

// Derivatives are one multiplication-bound loop each, which the compiler vectorises; threads share elements.

namespace lt::kernels {
namespace {

constexpr int64_t kCost = 2;  // two reads and a write an element

}  // namespace

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

template void tanh_backward(const float*, const float*, float*, int64_t);
template void tanh_backward(const double*, const double*, double*, int64_t);
template void sigmoid_backward(const float*, const float*, float*, int64_t);
template void sigmoid_backward(const double*, const double*, double*, int64_t);

}  // namespace lt::kernels
