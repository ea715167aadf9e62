#include <libtensor/tensor/functional.h>
#include <libtensor/tensor/kernels/parallel.h>

// Derivatives of activations from their results: loops that the compiler vectorises, elements over threads.

namespace lt::inline v0 {
namespace {

// f(dy, y) of each element.
template <typename T, typename F>
BasicTensor<T> each_pair(const BasicTensor<T>& dy, const BasicTensor<T>& y, const char* op, F f) {
  constexpr int64_t kCost = 2;  // two reads and a write an element
  check_same_shape(dy.shape(), y.shape(), op);
  const BasicTensor<T> dense_dy = dy.contiguous();
  const BasicTensor<T> dense_y = y.contiguous();
  BasicTensor<T> dx = empty<T>(y.shape());
  kernels::parallel_for(
      dx.numel(), kCost,
      [f, from = dense_dy.data(), at = dense_y.data(), to = dx.mutable_data()](int64_t first, int64_t last) {
        for (int64_t i = first; i < last; ++i) to[i] = f(from[i], at[i]);
      });
  return dx;
}

}  // namespace

template <Floating T>
BasicTensor<T> tanh_backward(const BasicTensor<T>& dy, const BasicTensor<T>& y) {
  return each_pair(dy, y, "tanh_backward", [](T d, T v) { return d * (1 - v * v); });
}

template <Floating T>
BasicTensor<T> sigmoid_backward(const BasicTensor<T>& dy, const BasicTensor<T>& y) {
  return each_pair(dy, y, "sigmoid_backward", [](T d, T v) { return d * ((1 - v) * v); });
}

template Tensor tanh_backward(const Tensor&, const Tensor&);
template DoubleTensor tanh_backward(const DoubleTensor&, const DoubleTensor&);
template Tensor sigmoid_backward(const Tensor&, const Tensor&);
template DoubleTensor sigmoid_backward(const DoubleTensor&, const DoubleTensor&);

}  // namespace lt::inline v0
