#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>
#include <utility>

#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/reduce.h>

// Axes of size 1 are dropped, and contiguous ones merged, the kept ones apart from the reduced. If one
// reduced and at most two kept axes remain, the tensor is reduced where it lies; otherwise from a copy whose
// rows are the elements of one result. Either way the elements of a result come in the same order. Summation
// order, arithmetic and threads: kernels/reduce.cpp.

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

template <typename T>
BasicTensor<T> sum_of(const Reduction<T>& plan) {
  BasicTensor<T> out = empty<T>(plan.shape);
  kernels::sum(plan.source.data(), plan.geometry, out.mutable_data());
  return out;
}

template <typename T, typename F>
BasicTensor<T> transform_each(BasicTensor<T> x, F f) {
  T* const values = x.mutable_data();
  std::transform(values, values + x.numel(), values, f);
  return x;
}

template <typename T>
BasicTensor<T> divide_each(BasicTensor<T> x, int64_t count) {
  return transform_each(std::move(x), [count](T value) { return value / static_cast<T>(count); });
}

template <typename T>
BasicTensor<T> root_of_each(BasicTensor<T> x) {
  return transform_each(std::move(x), [](T value) { return std::sqrt(value); });
}

// Two passes: the squares of what is left after taking the mean off do not cancel.
template <typename T>
std::pair<BasicTensor<T>, BasicTensor<T>> variance_and_mean(const BasicTensor<T>& x, const Dims& axes,
                                                            bool unbiased, bool keepdim, const char* op) {
  const auto plan = plan_reduction(x, axes, keepdim, op);
  const BasicTensor<T> center = divide_each(sum_of(plan), plan.geometry.n);
  BasicTensor<T> out = empty<T>(plan.shape);
  kernels::sum_of_squared_deviations(plan.source.data(), plan.geometry, center.data(), out.mutable_data());
  return {divide_each(std::move(out), std::max<int64_t>(plan.geometry.n - (unbiased ? 1 : 0), 0)), center};
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
BasicTensor<T> sum(const BasicTensor<T>& x, const Dims& axes, bool keepdim) {
  return sum_of(plan_reduction(x, axes, keepdim, "sum"));
}

template <Floating T>
BasicTensor<T> mean(const BasicTensor<T>& x, const Dims& axes, bool keepdim) {
  const auto plan = plan_reduction(x, axes, keepdim, "mean");
  return divide_each(sum_of(plan), plan.geometry.n);
}

template <Floating T>
BasicTensor<T> var(const BasicTensor<T>& x, const Dims& axes, bool unbiased, bool keepdim) {
  return variance_and_mean(x, axes, unbiased, keepdim, "var").first;
}

template <Floating T>
std::pair<BasicTensor<T>, BasicTensor<T>> var_mean(const BasicTensor<T>& x, const Dims& axes, bool unbiased,
                                                   bool keepdim) {
  return variance_and_mean(x, axes, unbiased, keepdim, "var_mean");
}

// A float near 1e20 or 1e-23 has a square that no float holds, though the root of the mean square would fit:
// such results are computed again in double, as PyTorch computes all of them.
template <Floating T>
BasicTensor<T> stddev(const BasicTensor<T>& x, const Dims& axes, bool unbiased, bool keepdim) {
  BasicTensor<T> out = root_of_each(variance_and_mean(x, axes, unbiased, keepdim, "stddev").first);
  if constexpr (std::is_same_v<T, float>) {
    const BoolTensor fits = (out > 1e-18F) & isfinite(out);  // below, squares have lost digits
    if (!all(fits).item()) {
      return where(fits, out,
                   stddev(x.template cast<double>(), axes, unbiased, keepdim).template cast<float>());
    }
  }
  return out;
}

template <Floating T>
BasicTensor<T> norm(const BasicTensor<T>& x, const Dims& axes, bool keepdim) {
  const auto plan = plan_reduction(x, axes, keepdim, "norm");
  BasicTensor<T> out = empty<T>(plan.shape);
  kernels::sum_of_squares(plan.source.data(), plan.geometry, out.mutable_data());
  return root_of_each(std::move(out));
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

BoolTensor all(const BoolTensor& x, const Dims& axes, bool keepdim) {
  const auto plan = plan_reduction(x, axes, keepdim, "all");
  BoolTensor out = empty<bool>(plan.shape);
  kernels::all(plan.source.data(), plan.geometry, out.mutable_data());
  return out;
}

BoolTensor any(const BoolTensor& x, const Dims& axes, bool keepdim) {
  const auto plan = plan_reduction(x, axes, keepdim, "any");
  BoolTensor out = empty<bool>(plan.shape);
  kernels::any(plan.source.data(), plan.geometry, out.mutable_data());
  return out;
}

int64_t count_nonzero(const BoolTensor& x) {
  const BoolTensor dense = x.contiguous();
  return kernels::count_nonzero(dense.data(), dense.numel());
}

#define LT_INSTANTIATE_NUMBER(T)                                                               \
  template Reduction<T> plan_reduction(const BasicTensor<T>&, const Dims&, bool, const char*); \
  template BasicTensor<T> sum(const BasicTensor<T>&, const Dims&, bool);                       \
  template BasicTensor<T> sum_to(const BasicTensor<T>&, const Shape&);
#define LT_INSTANTIATE_FLOATING(T)                                                                      \
  template BasicTensor<T> mean(const BasicTensor<T>&, const Dims&, bool);                               \
  template BasicTensor<T> var(const BasicTensor<T>&, const Dims&, bool, bool);                          \
  template std::pair<BasicTensor<T>, BasicTensor<T>> var_mean(const BasicTensor<T>&, const Dims&, bool, \
                                                              bool);                                    \
  template BasicTensor<T> stddev(const BasicTensor<T>&, const Dims&, bool, bool);                       \
  template BasicTensor<T> norm(const BasicTensor<T>&, const Dims&, bool);
template Reduction<bool> plan_reduction(const BoolTensor&, const Dims&, bool, const char*);
LT_INSTANTIATE_NUMBER(float)
LT_INSTANTIATE_NUMBER(double)
LT_INSTANTIATE_NUMBER(int64_t)
LT_INSTANTIATE_FLOATING(float)
LT_INSTANTIATE_FLOATING(double)
#undef LT_INSTANTIATE_NUMBER
#undef LT_INSTANTIATE_FLOATING

}  // namespace lt
