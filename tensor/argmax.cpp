#include <fmt/format.h>

#include <libtensor/tensor/kernels/argmax.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/reduce.h>
#include <libtensor/tensor/rows.h>

// The largest and the smallest, and their indices. These are searched in contiguous rows: along another axis
// than the last the tensor is copied first.

namespace lt::inline v0 {
namespace {

template <typename T>
using ReduceKernel = void (*)(const T*, const kernels::ReductionGeometry&, T*);
template <typename T>
using ArgKernel = void (*)(const T*, int64_t, int64_t, int64_t*);

template <typename T>
BasicTensor<T> reduce(const BasicTensor<T>& x, const Dims& axes, Flag keepdim, ReduceKernel<T> kernel,
                      const char* op) {
  const auto plan = plan_reduction(x, axes, keepdim, op);
  if (plan.geometry.n == 0) {
    throw ShapeError(fmt::format("{}: nothing to reduce in shape {}{}", op, to_string(x.shape()),
                                 axes.empty() ? "" : " over axes " + to_string(axes)));
  }
  BasicTensor<T> out = empty<T>(plan.shape);
  kernel(plan.source.data(), plan.geometry, out.mutable_data());
  return out;
}

// shapes: rows (results, n) -> (results)
template <typename T>
IntTensor indices_in_rows(const BasicTensor<T>& rows, ArgKernel<T> kernel) {
  IntTensor indices = empty<int64_t>(rows.shape()[0]);
  kernel(rows.data(), rows.shape()[0], rows.shape()[1], indices.mutable_data());
  return indices;
}

template <typename T>
BasicTensor<T> searchable_rows(const BasicTensor<T>& x, int axis, const char* op) {
  if (x.dim() > 0 && x.shape()[axis] == 0) {
    throw ShapeError(fmt::format("{}: axis {} of {} has nothing in it", op, axis, to_string(x.shape())));
  }
  return rows_along(x, axis);
}

template <typename T>
IntTensor arg_reduce(const BasicTensor<T>& x, std::optional<Whole> axis, Flag keepdim, ArgKernel<T> kernel,
                     const char* op) {
  if (!axis.has_value()) {
    const IntTensor index = indices_in_rows(searchable_rows(x.reshape(x.numel()), 0, op), kernel);
    Shape shape;
    while (keepdim && shape.size() < x.dim()) shape.push_back(1);
    return index.reshape(shape);
  }
  const int a = normalize_axis(*axis, x.dim(), op);
  return indices_in_rows(searchable_rows(x, a, op), kernel).reshape(drop_axis(x.shape(), a, keepdim));
}

template <typename T>
ValuesAndIndices<T> reduce_with_index(const BasicTensor<T>& x, Whole axis, Flag keepdim, ArgKernel<T> kernel,
                                      const char* op) {
  const int a = normalize_axis(axis, x.dim(), op);
  const BasicTensor<T> rows = searchable_rows(x, a, op);
  const IntTensor indices = indices_in_rows(rows, kernel);
  BasicTensor<T> values = empty<T>(indices.shape());
  T* const out = values.mutable_data();
  const int64_t n = rows.shape()[1];
  for (int64_t r = 0; r < indices.numel(); ++r) out[r] = rows.data()[r * n + indices.data()[r]];
  const Shape shape = drop_axis(x.shape(), a, keepdim);
  return {values.reshape(shape), indices.reshape(shape)};
}

}  // namespace

template <Number T>
BasicTensor<T> amax(const BasicTensor<T>& x, const Dims& axes, Flag keepdim) {
  return reduce<T>(x, axes, keepdim, kernels::amax, "amax");
}

template <Number T>
BasicTensor<T> amin(const BasicTensor<T>& x, const Dims& axes, Flag keepdim) {
  return reduce<T>(x, axes, keepdim, kernels::amin, "amin");
}

template <Number T>
ValuesAndIndices<T> max(const BasicTensor<T>& x, Whole axis, Flag keepdim) {
  return reduce_with_index<T>(x, axis, keepdim, kernels::argmax, "max");
}

template <Number T>
ValuesAndIndices<T> min(const BasicTensor<T>& x, Whole axis, Flag keepdim) {
  return reduce_with_index<T>(x, axis, keepdim, kernels::argmin, "min");
}

template <Number T>
IntTensor argmax(const BasicTensor<T>& x, std::optional<Whole> axis, Flag keepdim) {
  return arg_reduce<T>(x, axis, keepdim, kernels::argmax, "argmax");
}

template <Number T>
IntTensor argmin(const BasicTensor<T>& x, std::optional<Whole> axis, Flag keepdim) {
  return arg_reduce<T>(x, axis, keepdim, kernels::argmin, "argmin");
}

#define LT_INSTANTIATE(T)                                                       \
  template BasicTensor<T> amax(const BasicTensor<T>&, const Dims&, Flag);       \
  template BasicTensor<T> amin(const BasicTensor<T>&, const Dims&, Flag);       \
  template ValuesAndIndices<T> max(const BasicTensor<T>&, Whole, Flag);         \
  template ValuesAndIndices<T> min(const BasicTensor<T>&, Whole, Flag);         \
  template IntTensor argmax(const BasicTensor<T>&, std::optional<Whole>, Flag); \
  template IntTensor argmin(const BasicTensor<T>&, std::optional<Whole>, Flag);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
