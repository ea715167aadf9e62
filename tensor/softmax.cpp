#include <libtensor/tensor/kernels/softmax.h>

#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/reduction.h>

// Softmax along an axis, as rows: another axis than the last is moved there and back by copies.

namespace lt {
namespace {

template <typename T, typename Kernel>
BasicTensor<T> by_rows(const BasicTensor<T>& x, int64_t axis, const char* op, Kernel kernel) {
  const int a = normalize_axis(axis, x.dim(), op);
  const BasicTensor<T> rows = rows_along(x, a);
  BasicTensor<T> out = empty<T>(rows.shape());
  kernel(rows.data(), out.mutable_data(), rows.shape()[0], rows.shape()[1]);
  return from_rows(out, x.shape(), a);
}

}  // namespace

template <typename T>
BasicTensor<T> softmax(const BasicTensor<T>& x, int64_t axis) {
  return by_rows(x, axis, "softmax", kernels::softmax_rows<T>);
}

template <typename T>
BasicTensor<T> log_softmax(const BasicTensor<T>& x, int64_t axis) {
  return by_rows(x, axis, "log_softmax", kernels::log_softmax_rows<T>);
}

template Tensor softmax(const Tensor&, int64_t);
template DoubleTensor softmax(const DoubleTensor&, int64_t);
template Tensor log_softmax(const Tensor&, int64_t);
template DoubleTensor log_softmax(const DoubleTensor&, int64_t);

}  // namespace lt
