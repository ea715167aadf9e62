#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include <libtensor/tensor/kernels/reduce.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/reduction.h>

// Sums and what is made of them. Shapes are settled here; order, arithmetic and threads in
// kernels/reduce.cpp.

namespace lt {
namespace {

template <typename T>
BasicTensor<T> sum_of(const Reduction<T>& plan) {
  BasicTensor<T> out = empty<T>(plan.shape);
  kernels::sum(plan.source.data(), plan.lines, out.mutable_data());
  return out;
}

template <typename T, typename F>
BasicTensor<T> change_each(BasicTensor<T> x, F f) {
  T* const values = x.mutable_data();
  std::transform(values, values + x.numel(), values, f);
  return x;
}

template <typename T>
BasicTensor<T> divide_each(BasicTensor<T> x, int64_t count) {
  return change_each(std::move(x), [count](T value) { return value / static_cast<T>(count); });
}

template <typename T>
BasicTensor<T> root_of_each(BasicTensor<T> x) {
  return change_each(std::move(x), [](T value) { return std::sqrt(value); });
}

// Two passes: the squares of what is left after taking the mean off do not cancel.
template <typename T>
std::pair<BasicTensor<T>, BasicTensor<T>> variance_and_mean(const BasicTensor<T>& x, const Dims& axes,
                                                            bool unbiased, bool keepdim, const char* op) {
  const auto plan = plan_reduction(x, axes, keepdim, op);
  const BasicTensor<T> center = divide_each(sum_of(plan), plan.lines.n);
  BasicTensor<T> out = empty<T>(plan.shape);
  kernels::sum_of_squared_deviations(plan.source.data(), plan.lines, center.data(), out.mutable_data());
  return {divide_each(std::move(out), std::max<int64_t>(plan.lines.n - (unbiased ? 1 : 0), 0)), center};
}

}  // namespace

template <typename T>
BasicTensor<T> sum(const BasicTensor<T>& x, const Dims& axes, bool keepdim) {
  return sum_of(plan_reduction(x, axes, keepdim, "sum"));
}

template <typename T>
BasicTensor<T> mean(const BasicTensor<T>& x, const Dims& axes, bool keepdim) {
  const auto plan = plan_reduction(x, axes, keepdim, "mean");
  return divide_each(sum_of(plan), plan.lines.n);
}

template <typename T>
BasicTensor<T> var(const BasicTensor<T>& x, const Dims& axes, bool unbiased, bool keepdim) {
  return variance_and_mean(x, axes, unbiased, keepdim, "var").first;
}

template <typename T>
std::pair<BasicTensor<T>, BasicTensor<T>> var_mean(const BasicTensor<T>& x, const Dims& axes, bool unbiased,
                                                   bool keepdim) {
  return variance_and_mean(x, axes, unbiased, keepdim, "var_mean");
}

// A float near 1e20 or 1e-23 has a square that no float holds, though the root of the mean square would fit:
// such results are computed again in double, as PyTorch computes all of them.
template <typename T>
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

template <typename T>
BasicTensor<T> norm(const BasicTensor<T>& x, const Dims& axes, bool keepdim) {
  const auto plan = plan_reduction(x, axes, keepdim, "norm");
  BasicTensor<T> out = empty<T>(plan.shape);
  kernels::sum_of_squares(plan.source.data(), plan.lines, out.mutable_data());
  return root_of_each(std::move(out));
}

template <typename T>
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
  kernels::all_of(plan.source.data(), plan.lines, out.mutable_data());
  return out;
}

BoolTensor any(const BoolTensor& x, const Dims& axes, bool keepdim) {
  const auto plan = plan_reduction(x, axes, keepdim, "any");
  BoolTensor out = empty<bool>(plan.shape);
  kernels::any_of(plan.source.data(), plan.lines, out.mutable_data());
  return out;
}

int64_t count_nonzero(const BoolTensor& x) { return kernels::count_true(x.contiguous().data(), x.numel()); }

#define LT_INSTANTIATE_NUMBER(T)                                         \
  template BasicTensor<T> sum(const BasicTensor<T>&, const Dims&, bool); \
  template BasicTensor<T> sum_to(const BasicTensor<T>&, const Shape&);
#define LT_INSTANTIATE_FLOATING(T)                                                                      \
  template BasicTensor<T> mean(const BasicTensor<T>&, const Dims&, bool);                               \
  template BasicTensor<T> var(const BasicTensor<T>&, const Dims&, bool, bool);                          \
  template std::pair<BasicTensor<T>, BasicTensor<T>> var_mean(const BasicTensor<T>&, const Dims&, bool, \
                                                              bool);                                    \
  template BasicTensor<T> stddev(const BasicTensor<T>&, const Dims&, bool, bool);                       \
  template BasicTensor<T> norm(const BasicTensor<T>&, const Dims&, bool);
LT_INSTANTIATE_NUMBER(float)
LT_INSTANTIATE_NUMBER(double)
LT_INSTANTIATE_NUMBER(int64_t)
LT_INSTANTIATE_FLOATING(float)
LT_INSTANTIATE_FLOATING(double)
#undef LT_INSTANTIATE_NUMBER
#undef LT_INSTANTIATE_FLOATING

}  // namespace lt
