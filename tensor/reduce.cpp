#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/reduce.h>

// Axes of size 1 are dropped, and contiguous ones merged, the kept ones apart from the reduced. If one
// reduced and at most two kept axes remain, the tensor is reduced where it lies; otherwise from a copy whose
// rows are the elements of one result. Either way the elements of a result come in the same order. Summation
// order, arithmetic and threads: kernels/reduce.cpp.

namespace lt::inline v0 {
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

}  // namespace

template <typename T>
ReductionPlan<T> plan_reduction(const BasicTensor<T>& x, const Dims& axes, Flag keepdim, const char* op) {
  const auto reduced = mark(axes, x.dim(), op);
  ReductionPlan<T> plan{x, {}, {}};
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
  const Axis reduced_axis = reduced_axes.count == 0 ? Axis{1, 1} : reduced_axes.list[0];
  if (n * results == 0) {
    plan.geometry = {1, 0, results, 0, n, 1};
  } else if (reduced_axes.count <= 1 && kept_axes.count <= 2) {
    const Axis outer = kept_axes.count == 2 ? kept_axes.list[0] : Axis{};
    const Axis inner =
        kept_axes.count == 0 ? Axis{} : kept_axes.list[static_cast<size_t>(kept_axes.count - 1)];
    plan.geometry = {outer.size,   outer.stride,      inner.size,
                     inner.stride, reduced_axis.size, reduced_axis.stride};
  } else {
    for (int i = 0; i < x.dim(); ++i) {
      if (reduced[static_cast<size_t>(i)]) order.push_back(i);
    }
    plan.source = x.permute(order).contiguous();
    plan.geometry = {1, 0, results, n, n, 1};
  }
  return plan;
}

template <Number T>
BasicTensor<T> sum(const BasicTensor<T>& x, const Dims& axes, Flag keepdim) {
  const auto plan = plan_reduction(x, axes, keepdim, "sum");
  BasicTensor<T> out = empty<T>(plan.shape);
  kernels::sum(plan.source.data(), plan.geometry, out.mutable_data());
  return out;
}

template <Number T>
BasicTensor<T> sum_to(const BasicTensor<T>& x, const Shape& shape) {
  const int lead = x.dim() - shape.size();
  bool fits = lead >= 0;
  Dims axes;
  for (int i = 0; fits && i < x.dim(); ++i) {
    const int64_t wanted = i < lead ? 1 : shape[i - lead];
    if (wanted == 1) axes.push_back(i);
    fits = wanted == 1 || wanted == x.shape()[i];
  }
  if (!fits) {
    throw ShapeError(
        fmt::format("sum_to: {} does not broadcast to {}", to_string(shape), to_string(x.shape())));
  }
  return axes.empty() ? x.clone() : sum(x, axes, true).view(shape);
}

BoolTensor all(const BoolTensor& x, const Dims& axes, Flag keepdim) {
  const auto plan = plan_reduction(x, axes, keepdim, "all");
  BoolTensor out = empty<bool>(plan.shape);
  kernels::all(plan.source.data(), plan.geometry, out.mutable_data());
  return out;
}

BoolTensor any(const BoolTensor& x, const Dims& axes, Flag keepdim) {
  const auto plan = plan_reduction(x, axes, keepdim, "any");
  BoolTensor out = empty<bool>(plan.shape);
  kernels::any(plan.source.data(), plan.geometry, out.mutable_data());
  return out;
}

int64_t count_nonzero(const BoolTensor& x) {
  const BoolTensor dense = x.contiguous();
  return kernels::count_nonzero(dense.data(), dense.numel());
}

#define LT_INSTANTIATE(T)                                                                          \
  template ReductionPlan<T> plan_reduction(const BasicTensor<T>&, const Dims&, Flag, const char*); \
  template BasicTensor<T> sum(const BasicTensor<T>&, const Dims&, Flag);                           \
  template BasicTensor<T> sum_to(const BasicTensor<T>&, const Shape&);
template ReductionPlan<bool> plan_reduction(const BoolTensor&, const Dims&, Flag, const char*);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
