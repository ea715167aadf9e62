#include <libtensor/tensor/functional.h>

// Rows of a table by index, and their gradients added back: a row that was taken twice receives both.

namespace lt {

template <Floating T>
BasicTensor<T> embedding(const BasicTensor<T>& weight, const IntTensor& ids) {
  return weight[ids];
}

template <Floating T>
BasicTensor<T> embedding_backward(const BasicTensor<T>& dy, const IntTensor& ids, const Shape& weight) {
  BasicTensor<T> d_weight = zeros<T>(weight);
  index_put_(d_weight, {ids}, dy, true);
  return d_weight;
}

template Tensor embedding(const Tensor&, const IntTensor&);
template DoubleTensor embedding(const DoubleTensor&, const IntTensor&);
template Tensor embedding_backward(const Tensor&, const IntTensor&, const Shape&);
template DoubleTensor embedding_backward(const DoubleTensor&, const IntTensor&, const Shape&);

}  // namespace lt
