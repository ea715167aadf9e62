#include <fmt/format.h>

#include <libtensor/tensor/kernels/extremum.h>
#include <libtensor/tensor/kernels/reduce.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/reduction.h>

// The largest and the smallest, and where they are. Places are searched in dense rows: along another axis
// than the last the tensor is copied first.

namespace lt {
namespace {

template <typename T>
using ReduceKernel = void (*)(const T*, const kernels::Lines&, T*);
template <typename T>
using FindKernel = void (*)(const T*, int64_t, int64_t, int64_t*);

template <typename T>
BasicTensor<T> extreme(const BasicTensor<T>& x, const Dims& axes, bool keepdim, ReduceKernel<T> kernel,
                       const char* op) {
  const auto plan = plan_reduction(x, axes, keepdim, op);
  if (plan.lines.n == 0) {
    throw ShapeError(fmt::format("{}: nothing to reduce in shape {}{}", op, to_string(x.shape()),
                                 axes.empty() ? "" : " over axes " + to_string(axes)));
  }
  BasicTensor<T> out = empty<T>(plan.shape);
  kernel(plan.source.data(), plan.lines, out.mutable_data());
  return out;
}

// shapes: rows (results, n) -> (results)
template <typename T>
IntTensor find_in_rows(const BasicTensor<T>& rows, FindKernel<T> kernel) {
  IntTensor places = empty<int64_t>(rows.shape()[0]);
  kernel(rows.data(), rows.shape()[0], rows.shape()[1], places.mutable_data());
  return places;
}

template <typename T>
BasicTensor<T> searchable_rows(const BasicTensor<T>& x, int axis, const char* op) {
  if (x.dim() > 0 && x.shape()[axis] == 0) {
    throw ShapeError(fmt::format("{}: axis {} of {} has nothing in it", op, axis, to_string(x.shape())));
  }
  return rows_along(x, axis);
}

template <typename T>
IntTensor place_of_extreme(const BasicTensor<T>& x, std::optional<int64_t> axis, bool keepdim,
                           FindKernel<T> kernel, const char* op) {
  if (!axis.has_value()) {
    const IntTensor place = find_in_rows(searchable_rows(x.reshape(x.numel()), 0, op), kernel);
    Shape shape;
    while (keepdim && shape.size() < x.dim()) shape.push_back(1);
    return place.reshape(shape);
  }
  const int a = normalize_axis(*axis, x.dim(), op);
  return find_in_rows(searchable_rows(x, a, op), kernel).reshape(drop_axis(x.shape(), a, keepdim));
}

template <typename T>
ValuesAndIndices<T> extreme_with_place(const BasicTensor<T>& x, int64_t axis, bool keepdim,
                                       FindKernel<T> kernel, const char* op) {
  const int a = normalize_axis(axis, x.dim(), op);
  const BasicTensor<T> rows = searchable_rows(x, a, op);
  const IntTensor places = find_in_rows(rows, kernel);
  BasicTensor<T> values = empty<T>(places.shape());
  T* const out = values.mutable_data();
  const int64_t n = rows.shape()[1];
  for (int64_t r = 0; r < places.numel(); ++r) out[r] = rows.data()[r * n + places.data()[r]];
  const Shape shape = drop_axis(x.shape(), a, keepdim);
  return {values.reshape(shape), places.reshape(shape)};
}

}  // namespace

template <typename T>
BasicTensor<T> amax(const BasicTensor<T>& x, const Dims& axes, bool keepdim) {
  return extreme<T>(x, axes, keepdim, kernels::largest, "amax");
}

template <typename T>
BasicTensor<T> amin(const BasicTensor<T>& x, const Dims& axes, bool keepdim) {
  return extreme<T>(x, axes, keepdim, kernels::smallest, "amin");
}

template <typename T>
ValuesAndIndices<T> max(const BasicTensor<T>& x, int64_t axis, bool keepdim) {
  return extreme_with_place<T>(x, axis, keepdim, kernels::find_largest, "max");
}

template <typename T>
ValuesAndIndices<T> min(const BasicTensor<T>& x, int64_t axis, bool keepdim) {
  return extreme_with_place<T>(x, axis, keepdim, kernels::find_smallest, "min");
}

template <typename T>
IntTensor argmax(const BasicTensor<T>& x, std::optional<int64_t> axis, bool keepdim) {
  return place_of_extreme<T>(x, axis, keepdim, kernels::find_largest, "argmax");
}

template <typename T>
IntTensor argmin(const BasicTensor<T>& x, std::optional<int64_t> axis, bool keepdim) {
  return place_of_extreme<T>(x, axis, keepdim, kernels::find_smallest, "argmin");
}

#define LT_INSTANTIATE(T)                                                         \
  template BasicTensor<T> amax(const BasicTensor<T>&, const Dims&, bool);         \
  template BasicTensor<T> amin(const BasicTensor<T>&, const Dims&, bool);         \
  template ValuesAndIndices<T> max(const BasicTensor<T>&, int64_t, bool);         \
  template ValuesAndIndices<T> min(const BasicTensor<T>&, int64_t, bool);         \
  template IntTensor argmax(const BasicTensor<T>&, std::optional<int64_t>, bool); \
  template IntTensor argmin(const BasicTensor<T>&, std::optional<int64_t>, bool);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
#undef LT_INSTANTIATE

}  // namespace lt
