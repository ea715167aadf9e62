#include <libtensor/tensor/functional.h>
#include <libtensor/tensor/kernels/gelu.h>

namespace lt::inline v0 {

template <Floating T>
BasicTensor<T> gelu(const BasicTensor<T>& x, Gelu approximate) {
  const BasicTensor<T> dense = x.contiguous();
  BasicTensor<T> y = empty<T>(x.shape());
  kernels::gelu(dense.data(), y.numel(), approximate == Gelu::tanh, y.mutable_data());
  return y;
}

template <Floating T>
BasicTensor<T> gelu_backward(const BasicTensor<T>& dy, const BasicTensor<T>& x, Gelu approximate) {
  check_same_shape(dy.shape(), x.shape(), "gelu_backward");
  const BasicTensor<T> dense_dy = dy.contiguous(), dense = x.contiguous();
  BasicTensor<T> dx = empty<T>(x.shape());
  kernels::gelu_backward(dense_dy.data(), dense.data(), dx.numel(), approximate == Gelu::tanh,
                         dx.mutable_data());
  return dx;
}

template Tensor gelu(const Tensor&, Gelu);
template DoubleTensor gelu(const DoubleTensor&, Gelu);
template Tensor gelu_backward(const Tensor&, const Tensor&, Gelu);
template DoubleTensor gelu_backward(const DoubleTensor&, const DoubleTensor&, Gelu);

}  // namespace lt::inline v0
