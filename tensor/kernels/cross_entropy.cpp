#include <libtensor/tensor/kernels/cross_entropy.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <libtensor/tensor/kernels/online_softmax.h>
#include <libtensor/tensor/kernels/row_batch.h>
#include <libtensor/tensor/kernels/simd_math.h>

// As softmax.cpp: short rows in batches, longer ones in chunks. A row's gradient is its softmax less one at
// the target, over the number of rows that count.

namespace lt::kernels {
namespace {

// The mean of the losses that count, summed in eight interleaved sums: the order depends on the rows alone.
template <typename T>
T mean_loss(const T* losses, int64_t rows, int64_t counted) {
  double sums[8] = {};
  for (int64_t r = 0; r < rows; ++r) sums[r % 8] += static_cast<double>(losses[r]);
  double total = 0;
  for (const double sum : sums) total += sum;
  return static_cast<T>(total / static_cast<double>(counted));
}

}  // namespace

template <typename T>
T cross_entropy(const T* x, const int64_t* targets, int64_t ignored, T* losses, T* dx, int64_t rows,
                int64_t n) {
  const int64_t counted = rows - std::count(targets, targets + rows, ignored);
  if (counted == 0) {
    std::fill_n(losses, rows, T{0});
    if (dx) std::fill_n(dx, rows * n, T{0});
    return std::numeric_limits<T>::quiet_NaN();
  }
  const T scale = 1 / static_cast<T>(counted);
  // A probability that scale could take below the normal numbers is a gradient of 0: each operation on a
  // subnormal number, here and in the products that follow, costs as much as a hundred others.
  const T least = std::log(std::numeric_limits<T>::min()) + std::log(static_cast<T>(counted * n));
  const auto exp_from_least = [least](Vec<T> v) {
    const Vec<T> floor = broadcast(least);
    const Vec<T> e = exp(kernels::max(floor, v));  // in this order NaN stays
    return v < floor ? Vec<T>{} : e;
  };
  const auto ignore = [=](int64_t r) {
    losses[r] = 0;
    if (dx) std::fill_n(dx + r * n, n, T{0});
  };
  const auto on_batch = [=](int64_t first, const auto& batch) {
    const RowValues<T> max = batch.maxima();
    BatchVectors<T, std::decay_t<decltype(batch)>> e;
    const Vec<T> sums =
        batch.sums([&](int64_t r, int i) { return e[r][i] = exp_from_least(batch.at(r, i) - max[r]); });
    const RowValues<T> log_sum = log(sums);
    const RowValues<T> factor = scale / sums;
    for (int64_t r = 0; r < batch.count(); ++r) {
      const int64_t target = targets[first + r];
      if (target == ignored) {
        ignore(first + r);
        continue;
      }
      losses[first + r] = max.of[r] - x[(first + r) * n + target] + log_sum.of[r];
      if (!dx) continue;
      batch.write(r, dx + first * n, [&](int i) {
        const Vec<T> v = e[r][i] * factor[r];
        const auto lane = static_cast<typename IntOf<T>::type>(target - i * kLanes<T>);
        return lane_numbers<T>() == lane ? v - scale : v;
      });
    }
  };
  const auto on_row = [=](int64_t r) {
    if (targets[r] == ignored) return ignore(r);
    const T target = x[r * n + targets[r]];
    const OnlineSoftmax<T> row(x + r * n, n, dx ? dx + r * n : nullptr);
    losses[r] = std::log(row.sum) - (target - row.max);
    if (!dx) return;
    row.finish(dx + r * n, scale);
    dx[r * n + targets[r]] -= scale;
  };
  each_row_batch(x, rows, n, on_batch, on_row);
  return mean_loss(losses, rows, counted);
}

#define LT_INSTANTIATE(T) \
  template T cross_entropy(const T*, const int64_t*, int64_t, T*, T*, int64_t, int64_t);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::kernels
