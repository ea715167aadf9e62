#include <libtensor/tensor/moments.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/reduce.h>

// Mean, variance and what is the root of a sum of squares: reductions in the order of reduce.cpp. Numbers
// whose sums would overflow, vanish or blur are taken again, scaled or shifted; all others keep their bits.

namespace lt::inline v0 {
namespace {

template <typename T>
BasicTensor<T> sum_of(const ReductionPlan<T>& plan) {
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

template <typename T>
struct Moments {
  BasicTensor<T> mean;
  BasicTensor<T> squares;  // sums of (x - mean)^2
};

// Two passes: the squares of what is left after taking the mean off do not cancel.
template <typename T>
Moments<T> moments(const ReductionPlan<T>& plan) {
  Moments<T> m{divide_each(sum_of(plan), plan.geometry.n), empty<T>(plan.shape)};
  kernels::sum_of_squared_deviations(plan.source.data(), plan.geometry, m.mean.data(),
                                     m.squares.mutable_data());
  return m;
}

// Blurred results again, from the distances to the first number, which are exact.
template <typename T>
Moments<T> sharpened(const Moments<T>& plain, const BasicTensor<T>& x, const Dims& axes, Flag keepdim,
                     const char* op) {
  const Shape kept = plan_reduction(x, axes, true, op).shape;
  const int64_t n = x.numel() / numel(kept);
  BoolTensor blurred = empty<bool>(plain.mean.shape());
  std::transform(plain.mean.data(), plain.mean.data() + plain.mean.numel(), plain.squares.data(),
                 blurred.mutable_data(), [n](T mean, T squares) { return is_blurred(mean, squares, n); });
  if (!any(blurred).item()) return plain;
  BasicTensor<T> first = x;
  for (int i = 0; i < x.dim(); ++i) first = first.narrow(i, 0, kept[i]);
  const auto [distance, squares] = moments(plan_reduction(x - first, axes, keepdim, op));
  const BoolTensor exact = blurred & isfinite(distance);  // not from an infinity
  return {where(exact, distance + first.reshape(distance.shape()), plain.mean),
          where(exact, squares, plain.squares)};
}

template <typename T>
std::pair<BasicTensor<T>, BasicTensor<T>> variance_and_mean(const BasicTensor<T>& x, const Dims& axes,
                                                            Flag unbiased, Flag keepdim, const char* op) {
  const auto plan = plan_reduction(x, axes, keepdim, op);
  const int64_t n = plan.geometry.n;
  Moments<T> m = moments(plan);
  if (n > 1 && m.mean.numel() > 0) m = sharpened(m, x, axes, keepdim, op);
  return {divide_each(std::move(m.squares), std::max<int64_t>(n - (unbiased ? 1 : 0), 0)), m.mean};
}

// A power of two near the largest number of each result, or 1: numbers divided by it have squares that
// neither overflow nor vanish, and lose no digit.
template <typename T>
BasicTensor<T> magnitude(const BasicTensor<T>& x, const Dims& axes) {
  return transform_each(amax(abs(x), axes, true), [](T most) {
    return most > 0 && std::isfinite(most) ? std::exp2(static_cast<T>(std::ilogb(most))) : T{1};
  });
}

// root(x), the roots of sums of squares: again from scaled numbers where a sum overflowed or lost digits.
template <typename T, typename F>
BasicTensor<T> root_in_range(const BasicTensor<T>& x, const Dims& axes, F root) {
  // Of the results that kept their digits: 1e-18 for float, 1e-153 for double.
  const T least = std::sqrt(std::numeric_limits<T>::min()) * 10;
  BasicTensor<T> plain = root(x);
  const T* const roots = plain.data();
  const auto fits = [least](T r) { return r > least && r <= std::numeric_limits<T>::max(); };
  if (x.numel() == 0 || std::all_of(roots, roots + plain.numel(), fits)) return plain;
  const BasicTensor<T> scale = magnitude(x, axes);
  return where((plain > least) & isfinite(plain), plain, root(x / scale) * scale.reshape(plain.shape()));
}

}  // namespace

template <Floating T>
BasicTensor<T> mean(const BasicTensor<T>& x, const Dims& axes, Flag keepdim) {
  const auto plan = plan_reduction(x, axes, keepdim, "mean");
  return divide_each(sum_of(plan), plan.geometry.n);
}

template <Floating T>
BasicTensor<T> var(const BasicTensor<T>& x, const Dims& axes, Flag unbiased, Flag keepdim) {
  return variance_and_mean(x, axes, unbiased, keepdim, "var").first;
}

template <Floating T>
std::pair<BasicTensor<T>, BasicTensor<T>> var_mean(const BasicTensor<T>& x, const Dims& axes, Flag unbiased,
                                                   Flag keepdim) {
  return variance_and_mean(x, axes, unbiased, keepdim, "var_mean");
}

template <Floating T>
BasicTensor<T> stddev(const BasicTensor<T>& x, const Dims& axes, Flag unbiased, Flag keepdim) {
  return root_in_range(x, axes, [&](const BasicTensor<T>& numbers) {
    return root_of_each(variance_and_mean(numbers, axes, unbiased, keepdim, "stddev").first);
  });
}

template <Floating T>
BasicTensor<T> norm(const BasicTensor<T>& x, const Dims& axes, Flag keepdim) {
  return root_in_range(x, axes, [&](const BasicTensor<T>& numbers) {
    const auto plan = plan_reduction(numbers, axes, keepdim, "norm");
    BasicTensor<T> out = empty<T>(plan.shape);
    kernels::sum_of_squares(plan.source.data(), plan.geometry, out.mutable_data());
    return root_of_each(std::move(out));
  });
}

#define LT_INSTANTIATE(T)                                                                               \
  template BasicTensor<T> mean(const BasicTensor<T>&, const Dims&, Flag);                               \
  template BasicTensor<T> var(const BasicTensor<T>&, const Dims&, Flag, Flag);                          \
  template std::pair<BasicTensor<T>, BasicTensor<T>> var_mean(const BasicTensor<T>&, const Dims&, Flag, \
                                                              Flag);                                    \
  template BasicTensor<T> stddev(const BasicTensor<T>&, const Dims&, Flag, Flag);                       \
  template BasicTensor<T> norm(const BasicTensor<T>&, const Dims&, Flag);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
