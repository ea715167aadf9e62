#include <libtensor/tensor/kernels/softmax.h>

#include <algorithm>
#include <cmath>

#include <libtensor/tensor/functional.h>
#include <libtensor/tensor/reduce.h>
#include <libtensor/tensor/rows.h>

// Softmax and its relatives, of dense rows: another axis than the last is moved there and back by copies.

namespace lt::inline v0 {
namespace {

// kernel(rows of x, out, how many, how long)
template <typename T, typename Kernel>
BasicTensor<T> by_rows(const BasicTensor<T>& x, Whole axis, const char* op, Kernel kernel) {
  const int a = normalize_axis(axis, x.dim(), op);
  const BasicTensor<T> rows = rows_along(x, a);
  BasicTensor<T> out = empty<T>(rows.shape());
  kernel(rows.data(), out.mutable_data(), rows.shape()[0], rows.shape()[1]);
  return from_rows(out, x.shape(), a);
}

// The same for kernel(rows of dy, rows of y, out, ...).
template <typename T, typename Kernel>
BasicTensor<T> by_rows(const BasicTensor<T>& dy, const BasicTensor<T>& y, Whole axis, const char* op,
                       Kernel kernel) {
  check_same_shape(dy.shape(), y.shape(), op);
  return by_rows(dy, axis, op, [&](const T* dy_rows, T* dx, int64_t count, int64_t n) {
    const BasicTensor<T> y_rows = rows_along(y, normalize_axis(axis, y.dim(), op));
    kernel(dy_rows, y_rows.data(), dx, count, n);
  });
}

}  // namespace

template <Floating T>
BasicTensor<T> softmax(const BasicTensor<T>& x, Whole axis) {
  return by_rows(x, axis, "softmax", kernels::softmax<T>);
}

template <Floating T>
BasicTensor<T> log_softmax(const BasicTensor<T>& x, Whole axis) {
  return by_rows(x, axis, "log_softmax", kernels::log_softmax<T>);
}

template <Floating T>
BasicTensor<T> softmax_backward(const BasicTensor<T>& dy, const BasicTensor<T>& y, Whole axis) {
  return by_rows(dy, y, axis, "softmax_backward", kernels::softmax_backward<T>);
}

template <Floating T>
BasicTensor<T> log_softmax_backward(const BasicTensor<T>& dy, const BasicTensor<T>& y, Whole axis) {
  return by_rows(dy, y, axis, "log_softmax_backward", kernels::log_softmax_backward<T>);
}

// Dense rows are one kernel's. What lies otherwise is composed, which reads it in place: log(sum(exp(x - m)))
// + m with the maximum m, so that the largest term is 1; an infinite m is left out (inf - inf is no number).
template <Floating T>
BasicTensor<T> logsumexp(const BasicTensor<T>& x, const Dims& axes, Flag keepdim) {
  const Shape kept = plan_reduction(x, axes, true, "logsumexp").shape;
  Dims order, reduced;
  for (int i = 0; i < x.dim(); ++i) (kept[i] == x.shape()[i] ? order : reduced).push_back(i);
  for (const Whole axis : reduced) order.push_back(axis);
  BasicTensor<T> out = empty<T>(kept);
  if (x.permute(order).is_contiguous()) {
    const int64_t results = out.numel();
    if (results > 0) kernels::logsumexp(x.data(), out.mutable_data(), results, x.numel() / results);
  } else {
    BasicTensor<T> shift = amax(x, axes, true);
    T* const m = shift.mutable_data();
    std::replace_if(
        m, m + shift.numel(), [](T v) { return std::isinf(v); }, T{0});
    out = log(sum(exp(x - shift), axes, true)) + shift;
  }
  return keepdim ? out : out.view(plan_reduction(x, axes, false, "logsumexp").shape);
}

#define LT_INSTANTIATE(T)                                                                            \
  template BasicTensor<T> softmax(const BasicTensor<T>&, Whole);                                     \
  template BasicTensor<T> log_softmax(const BasicTensor<T>&, Whole);                                 \
  template BasicTensor<T> softmax_backward(const BasicTensor<T>&, const BasicTensor<T>&, Whole);     \
  template BasicTensor<T> log_softmax_backward(const BasicTensor<T>&, const BasicTensor<T>&, Whole); \
  template BasicTensor<T> logsumexp(const BasicTensor<T>&, const Dims&, Flag);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
