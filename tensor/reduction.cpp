#include <libtensor/tensor/reduction.h>

#include <fmt/format.h>

#include <array>

// Axes of size 1 and axes that lie densely behind each other are merged, the kept ones apart from the
// reduced. If one reduced and at most two kept axes remain, the tensor is reduced where it lies; otherwise
// from a copy whose rows are the numbers of one result. Either way the numbers of a result come in the same
// order.

namespace lt {
namespace {

struct Axis {
  int64_t size = 1;
  int64_t stride = 0;
};

// Merged axes, the innermost last.
struct Axes {
  std::array<Axis, kMaxRank> list;
  int count = 0;

  void push(Axis axis) {
    if (axis.size == 1) return;
    Axis* const last = count == 0 ? nullptr : &list[static_cast<size_t>(count - 1)];
    if (last != nullptr && last->stride == axis.stride * axis.size) {
      *last = {last->size * axis.size, axis.stride};
    } else {
      list[static_cast<size_t>(count++)] = axis;
    }
  }
};

std::array<bool, kMaxRank> mark(const Dims& axes, int rank, const char* op) {
  std::array<bool, kMaxRank> reduced{};
  if (axes.empty()) reduced.fill(true);
  for (const int64_t axis : axes) {
    bool& mine = reduced[static_cast<size_t>(normalize_axis(axis, rank, op))];
    if (mine) throw ShapeError(fmt::format("{}: axis {} named twice in {}", op, axis, to_string(axes)));
    mine = true;
  }
  return reduced;
}

// The axes but one, then that one.
Dims axis_last(int rank, int axis) {
  Dims order;
  for (int i = 0; i < rank; ++i) {
    if (i != axis) order.push_back(i);
  }
  order.push_back(axis);
  return order;
}

}  // namespace

template <typename T>
Reduction<T> plan_reduction(const BasicTensor<T>& x, const Dims& axes, bool keepdim, const char* op) {
  const auto reduced = mark(axes, x.dim(), op);
  Reduction<T> plan{x, {}, {}};
  Axes kept_axes;
  Axes reduced_axes;
  Dims order;  // kept axes, then reduced ones
  int64_t results = 1;
  int64_t n = 1;
  for (int i = 0; i < x.dim(); ++i) {
    const bool is_reduced = reduced[static_cast<size_t>(i)];
    const int64_t size = x.shape()[i];
    (is_reduced ? reduced_axes : kept_axes).push({size, x.strides()[i]});
    (is_reduced ? n : results) *= size;
    if (!is_reduced) order.push_back(i);
    if (!is_reduced || keepdim) plan.shape.push_back(is_reduced ? 1 : size);
  }
  const Axis line = reduced_axes.count == 0 ? Axis{1, 1} : reduced_axes.list[0];
  if (n * results == 0) {
    plan.lines = {1, 0, results, 0, n, 1};
  } else if (reduced_axes.count <= 1 && kept_axes.count <= 2) {
    const Axis outer = kept_axes.count == 2 ? kept_axes.list[0] : Axis{};
    const Axis inner =
        kept_axes.count == 0 ? Axis{} : kept_axes.list[static_cast<size_t>(kept_axes.count - 1)];
    plan.lines = {outer.size, outer.stride, inner.size, inner.stride, line.size, line.stride};
  } else {
    for (int i = 0; i < x.dim(); ++i) {
      if (reduced[static_cast<size_t>(i)]) order.push_back(i);
    }
    plan.source = x.permute(order).contiguous();
    plan.lines = {1, 0, results, n, n, 1};
  }
  return plan;
}

template <typename T>
BasicTensor<T> rows_along(const BasicTensor<T>& x, int axis) {
  if (x.dim() == 0) return x.reshape({1, 1});
  const int64_t n = x.shape()[axis];
  const int64_t results = numel(drop_axis(x.shape(), axis, false));
  return x.permute(axis_last(x.dim(), axis)).contiguous().view({results, n});
}

template <typename T>
BasicTensor<T> from_rows(const BasicTensor<T>& rows, const Shape& shape, int axis) {
  if (shape.empty()) return rows.reshape({});
  Shape moved = drop_axis(shape, axis, false);
  moved.push_back(rows.shape()[1]);
  Dims order;
  for (int i = 0; i < shape.size(); ++i) order.push_back(i < axis ? i : i - 1);
  order[axis] = shape.size() - 1;
  return rows.view(moved).permute(order).contiguous();
}

Shape drop_axis(const Shape& shape, int axis, bool keepdim) {
  Shape out = shape;
  if (shape.empty()) return out;
  if (keepdim) {
    out[axis] = 1;
  } else {
    out.erase(axis);
  }
  return out;
}

#define LT_INSTANTIATE(T)                                                                      \
  template Reduction<T> plan_reduction(const BasicTensor<T>&, const Dims&, bool, const char*); \
  template BasicTensor<T> rows_along(const BasicTensor<T>&, int);                              \
  template BasicTensor<T> from_rows(const BasicTensor<T>&, const Shape&, int);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

}  // namespace lt
