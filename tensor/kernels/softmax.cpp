// Rows of up to kShort vectors go through in blocks (short_rows.h), longer ones one by one in chunks
// (long_row.h). Threads share the rows; a row's arithmetic depends on n alone.

#include <libtensor/tensor/kernels/softmax.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <libtensor/tensor/kernels/long_row.h>
#include <libtensor/tensor/kernels/map.h>
#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/short_rows.h>
#include <libtensor/tensor/kernels/simd.h>
#include <libtensor/tensor/kernels/simd_math.h>

namespace lt::kernels {
namespace {

// The exponentials of a block of such rows are 4 KB and stay in L1.
constexpr int kShort = 4;

// An exponential costs about four simple operations.
constexpr int64_t kWorkPerElement = 4;

// Calls on_block(number of the first row, ShortRows), or on_long(row number) for every longer row, over
// threads.
template <typename T, typename BlockF, typename LongF>
void each_row(const T* x, int64_t rows, int64_t n, BlockF on_block, LongF on_long) {
  if (n == 0) return;
  parallel_for(rows, n * kWorkPerElement, [&](int64_t begin, int64_t end) {
    static_assert(kShort == 4);
    switch ((n - 1) / kLanes<T>) {
      case 0:
        return each_block<T, 1>(x, begin, end, n, on_block);
      case 1:
        return each_block<T, 2>(x, begin, end, n, on_block);
      case 2:
        return each_block<T, 3>(x, begin, end, n, on_block);
      case 3:
        return each_block<T, 4>(x, begin, end, n, on_block);
      default:
        for (int64_t r = begin; r < end; ++r) on_long(r);
    }
  });
}

// One number for each row of a block.
template <typename T>
struct PerRow {
  T of[kLanes<T>];

  PerRow(Vec<T> v) { store(of, v); }  // NOLINT: implicit, it is the same thing in memory
  Vec<T> operator[](int64_t r) const { return broadcast(of[r]); }
};

// Exponentials of a block of rows.
template <typename T, typename Rows>
using Exponentials = Vec<T>[kLanes<T>][Rows::kVectors];

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
void softmax_rows(const T* x, T* y, int64_t rows, int64_t n) {
  const auto on_block = [=](int64_t first, const auto& block) {
    const PerRow<T> max = block.maxima();
    Exponentials<T, std::decay_t<decltype(block)>> e;
    const PerRow<T> scale =
        1 / block.sums([&](int64_t r, int i) { return e[r][i] = exp(block.at(r, i) - max[r]); });
    for (int64_t r = 0; r < block.count(); ++r) {
      block.write(r, y + first * n, [&](int i) { return e[r][i] * scale[r]; });
    }
  };
  each_row(x, rows, n, on_block,
           [=](int64_t r) { LongRow<T>(x + r * n, n, y + r * n).finish(y + r * n, 1); });
}

template <typename T>
void log_softmax_rows(const T* x, T* y, int64_t rows, int64_t n) {
  const auto on_block = [=](int64_t first, const auto& block) {
    const PerRow<T> max = block.maxima();
    const PerRow<T> log_sum = log(block.sums([&](int64_t r, int i) { return exp(block.at(r, i) - max[r]); }));
    for (int64_t r = 0; r < block.count(); ++r) {
      block.write(r, y + first * n, [&](int i) { return (block.at(r, i) - max[r]) - log_sum[r]; });
    }
  };
  each_row(x, rows, n, on_block, [=](int64_t r) {
    const LongRow<T> row(x + r * n, n, nullptr);
    const T log_sum = std::log(row.sum);
    map(x + r * n, y + r * n, n, [max = row.max, log_sum](Vec<T> v) { return (v - max) - log_sum; });
  });
}

template <typename T>
void logsumexp_rows(const T* x, T* y, int64_t rows, int64_t n) {
  if (n == 0) std::fill_n(y, rows, -std::numeric_limits<T>::infinity());
  // Where the maximum is infinite it is the answer, unless a NaN is in the sum.
  const auto finish = [](T max, T log_sum) {
    return std::isinf(max) && !std::isnan(log_sum) ? max : max + log_sum;
  };
  const auto on_block = [=](int64_t first, const auto& block) {
    const PerRow<T> max = block.maxima();
    PerRow<T> shift = max;
    for (T& s : shift.of) s = std::isinf(s) ? T{0} : s;
    const PerRow<T> log_sum =
        log(block.sums([&](int64_t r, int i) { return exp(block.at(r, i) - shift[r]); }));
    for (int64_t r = 0; r < block.count(); ++r) y[first + r] = finish(max.of[r], log_sum.of[r]);
  };
  each_row(x, rows, n, on_block, [=](int64_t r) {
    const LongRow<T> row(x + r * n, n, nullptr);
    if (row.max < std::numeric_limits<T>::infinity()) {
      y[r] = finish(row.max, std::log(row.sum));
    } else {
      // inf - inf spoilt the sum: only a NaN in the row itself may.
      const bool has_nan = std::any_of(x + r * n, x + (r + 1) * n, [](T v) { return std::isnan(v); });
      y[r] = has_nan ? std::numeric_limits<T>::quiet_NaN() : row.max;
    }
  });
}

template <typename T>
void softmax_backward_rows(const T* y, const T* dy, T* dx, int64_t rows, int64_t n) {
  parallel_for(rows, n * kWorkPerElement, [=](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const T* y_row = y + r * n;
      const T* dy_row = dy + r * n;
      Vec<T> total{};
      for (int64_t i = 0; i < n; i += kLanes<T>) {
        const Tail<T> tail(std::min<int64_t>(n - i, kLanes<T>));
        total += tail.load(y_row + i) * tail.load(dy_row + i);
      }
      const Vec<T> dot = broadcast(reduce_add<T>(total));
      for (int64_t i = 0; i < n; i += kLanes<T>) {
        const Tail<T> tail(std::min<int64_t>(n - i, kLanes<T>));
        tail.store(dx + r * n + i, tail.load(y_row + i) * (tail.load(dy_row + i) - dot));
      }
    }
  });
}

template <typename T>
void log_softmax_backward_rows(const T* y, const T* dy, T* dx, int64_t rows, int64_t n) {
  parallel_for(rows, n * kWorkPerElement, [=](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      Vec<T> total{};
      for (int64_t i = 0; i < n; i += kLanes<T>) {
        total += Tail<T>(std::min<int64_t>(n - i, kLanes<T>)).load(dy + r * n + i);
      }
      const Vec<T> sum = broadcast(reduce_add<T>(total));
      for (int64_t i = 0; i < n; i += kLanes<T>) {
        const Tail<T> tail(std::min<int64_t>(n - i, kLanes<T>));
        tail.store(dx + r * n + i, tail.load(dy + r * n + i) - exp(tail.load(y + r * n + i)) * sum);
      }
    }
  });
}

template <typename T>
T cross_entropy_rows(const T* x, const int64_t* targets, int64_t ignored, T* losses, T* dx, int64_t rows,
                     int64_t n) {
  const int64_t counted = rows - std::count(targets, targets + rows, ignored);
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
  const auto on_block = [=](int64_t first, const auto& block) {
    const PerRow<T> max = block.maxima();
    Exponentials<T, std::decay_t<decltype(block)>> e;
    const Vec<T> sums =
        block.sums([&](int64_t r, int i) { return e[r][i] = exp_from_least(block.at(r, i) - max[r]); });
    const PerRow<T> log_sum = log(sums);
    const PerRow<T> factor = scale / sums;
    for (int64_t r = 0; r < block.count(); ++r) {
      const int64_t target = targets[first + r];
      if (target == ignored) {
        ignore(first + r);
        continue;
      }
      losses[first + r] = max.of[r] - x[(first + r) * n + target] + log_sum.of[r];
      if (!dx) continue;
      block.write(r, dx + first * n, [&](int i) {
        const Vec<T> v = e[r][i] * factor[r];
        const auto lane = static_cast<typename IntOf<T>::type>(target - i * kLanes<T>);
        return lane_numbers<T>() == lane ? v - scale : v;
      });
    }
  };
  each_row(x, rows, n, on_block, [=](int64_t r) {
    if (targets[r] == ignored) return ignore(r);
    const T target = x[r * n + targets[r]];
    const LongRow<T> row(x + r * n, n, dx ? dx + r * n : nullptr);
    losses[r] = std::log(row.sum) - (target - row.max);
    if (!dx) return;
    row.finish(dx + r * n, scale);
    dx[r * n + targets[r]] -= scale;
  });
  return mean_loss(losses, rows, counted);
}

template void softmax_rows(const float*, float*, int64_t, int64_t);
template void log_softmax_rows(const float*, float*, int64_t, int64_t);
template void logsumexp_rows(const float*, float*, int64_t, int64_t);
template void softmax_backward_rows(const float*, const float*, float*, int64_t, int64_t);
template void log_softmax_backward_rows(const float*, const float*, float*, int64_t, int64_t);
template float cross_entropy_rows(const float*, const int64_t*, int64_t, float*, float*, int64_t, int64_t);
template void softmax_rows(const double*, double*, int64_t, int64_t);
template void log_softmax_rows(const double*, double*, int64_t, int64_t);
template void logsumexp_rows(const double*, double*, int64_t, int64_t);
template void softmax_backward_rows(const double*, const double*, double*, int64_t, int64_t);
template void log_softmax_backward_rows(const double*, const double*, double*, int64_t, int64_t);
template double cross_entropy_rows(const double*, const int64_t*, int64_t, double*, double*, int64_t,
                                   int64_t);

}  // namespace lt::kernels
