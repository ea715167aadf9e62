// Rows of up to kShort vectors live in registers from load to store: maximum, exponentials and sum never meet
// memory, and the last vector is masked. Where the logarithm of the sum is wanted, one vector of logarithms
// serves a block of rows. Longer rows go through in chunks that stay in L1: a chunk's maximum, then its
// exponentials, which are added to a sum that is rescaled whenever the maximum has grown; so memory is read
// once, and the next chunk is fetched while this one's exponentials are computed. Softmax keeps those
// exponentials and a second pass scales them by what their chunk lacked.
// Threads share the rows; a row's arithmetic depends on n alone.

#include "tensor/kernels/softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tensor/kernels/parallel.h"
#include "tensor/kernels/vector_math.h"

namespace lt::kernels {
namespace {

// Four vectors of a row, their exponentials and the constants of exp fit 32 registers.
constexpr int kShort = 4;

// An exponential costs about four simple operations.
constexpr int64_t kWorkPerElement = 4;

template <typename T>
constexpr T kMinusInf = -std::numeric_limits<T>::infinity();

// A row of 1 to Vectors * kLanes numbers in registers; lanes beyond it hold -inf, whose exponential is 0.
template <typename T, int Vectors>
struct ShortRow {
  Vec<T> v[Vectors];
  T max;

  ShortRow() = default;
  ShortRow(const T* x, const Tail<T>& tail) {
    unroll<Vectors - 1>([&](auto i) { v[i] = load(x + i * kLanes<T>); });
    const T* last = x + (Vectors - 1) * kLanes<T>;
    v[Vectors - 1] = tail.select(tail.load(last), broadcast(kMinusInf<T>));
    Vec<T> largest = v[Vectors - 1];
    unroll<Vectors - 1>([&](auto i) { largest = kernels::max(v[i], largest); });
    max = reduce_max<T>(largest);
  }

  // v -> v - shift
  void shift(T by) {
    unroll<Vectors>([&](auto i) { v[i] -= broadcast(by); });
  }

  // v -> e^v. Returns their sum.
  T exponentiate() {
    Vec<T> total{};
    unroll<Vectors>([&](auto i) { total += v[i] = exp(v[i]); });
    return reduce_add<T>(total);
  }

  // exponentiate(), but what lies below e^least counts as 0.
  T exponentiate_from(T least) {
    Vec<T> total{};
    const Vec<T> floor = broadcast(least);
    unroll<Vectors>([&](auto i) {
      const Vec<T> e = exp(kernels::max(floor, v[i]));  // in this order NaN stays
      total += v[i] = v[i] < floor ? Vec<T>{} : e;
    });
    return reduce_add<T>(total);
  }

  T sum_of_exponentials() const {
    Vec<T> total{};
    unroll<Vectors>([&](auto i) { total += exp(v[i]); });
    return reduce_add<T>(total);
  }

  void scale(T by) {
    unroll<Vectors>([&](auto i) { v[i] *= broadcast(by); });
  }

  // v[index] -> v[index] - by
  void shift_one(int64_t index, T by) {
    const auto at = static_cast<typename IntOf<T>::type>(index);
    unroll<Vectors>([&](auto i) { v[i] = lane_numbers<T>() + i * kLanes<T> == at ? v[i] - by : v[i]; });
  }

  void store_to(T* y, const Tail<T>& tail) const {
    unroll<Vectors - 1>([&](auto i) { store(y + i * kLanes<T>, v[i]); });
    tail.store(y + (Vectors - 1) * kLanes<T>, v[Vectors - 1]);
  }
};

// A row of any length in chunks.
template <typename T>
class LongRow {
 public:
  T max = kMinusInf<T>;
  T sum = 0;

  // Reads x once; writes each chunk's e^(x - the maximum so far) to e unless e is null.
  LongRow(const T* x, int64_t n, T* e) : n_(n) {
    // 4 KB, so that x and e are in L1 when they are needed again, or as much more as leaves kChunks of them.
    constexpr int64_t kChunk = 4096 / sizeof(T);
    chunk_ = std::max(kChunk, (n / kChunks + kLanes<T>) / kLanes<T> * kLanes<T>);
    for (int64_t c = 0; c * chunk_ < n; ++c) add_chunk(x, c, e);
  }

  // e -> softmax: undoes each chunk's own maximum, and divides by the sum.
  void finish(T* e, T scale) const {
    for (int64_t c = 0; c * chunk_ < n_; ++c) {
      const T factor = std::exp(maxima_[c] - max) / sum * scale;
      T* part = e + c * chunk_;
      map(part, part, length(c), [factor](Vec<T> v) { return v * factor; });
    }
  }

 private:
  static constexpr int64_t kChunks = 64;

  int64_t length(int64_t c) const { return std::min(chunk_, n_ - c * chunk_); }

  void add_chunk(const T* x, int64_t c, T* e) {
    const T* part = x + c * chunk_;
    const int64_t n = length(c);
    const T largest = std::max(max, largest_of(part, n));
    // e^(-inf - -inf) would be NaN; a row that is -inf so far has the sum 0 whatever is subtracted.
    const T shift = largest == kMinusInf<T> ? T{0} : largest;
    if (largest > max) sum *= std::exp(max - shift);
    max = largest;
    maxima_[c] = largest;
    Vec<T> total{};
    const Vec<T> shifts = broadcast(shift);
    const auto exponential = [&](Vec<T> v) { return exp(v - shifts); };
    int64_t i = 0;
    for (; i + kLanes<T> <= n; i += kLanes<T>) {
      const Vec<T> v = exponential(load(part + i));
      total += v;
      __builtin_prefetch(part + n + i);  // of the next chunk, or row
      if (e) store(e + c * chunk_ + i, v);
    }
    if (i < n) {
      const Tail<T> tail(n - i);
      const Vec<T> v = tail.select(exponential(tail.load(part + i)), Vec<T>{});
      total += v;
      if (e) tail.store(e + c * chunk_ + i, v);
    }
    sum += reduce_add<T>(total);
  }

  static T largest_of(const T* x, int64_t n) {
    constexpr int kSums = 4;  // as many as a comparison takes cycles
    Vec<T> largest[kSums];
    for (auto& v : largest) v = broadcast(kMinusInf<T>);
    int64_t i = 0;
    for (; i + kSums * kLanes<T> <= n; i += kSums * kLanes<T>) {
      unroll<kSums>([&](auto s) { largest[s] = kernels::max(load(x + i + s * kLanes<T>), largest[s]); });
    }
    for (; i < n; i += kLanes<T>) {
      const Tail<T> tail(std::min<int64_t>(n - i, kLanes<T>));
      largest[0] = kernels::max(tail.select(tail.load(x + i), largest[0]), largest[0]);
    }
    unroll<kSums>([&](auto s) { largest[0] = kernels::max(largest[s], largest[0]); });
    return reduce_max<T>(largest[0]);
  }

  int64_t n_, chunk_ = 0;
  T maxima_[kChunks + 1];
};

// Calls on_short(begin, end, vectors) with the vectors that a short row fills, a constant, or
// on_long(row number) for every longer row, over threads.
template <typename T, typename RangeF, typename LongF>
void each_row(int64_t rows, int64_t n, RangeF on_short, LongF on_long) {
  if (n == 0) return;
  parallel_for(rows, n * kWorkPerElement, [&](int64_t begin, int64_t end) {
    static_assert(kShort == 4);
    switch ((n - 1) / kLanes<T>) {
      case 0:
        return on_short(begin, end, std::integral_constant<int, 1>());
      case 1:
        return on_short(begin, end, std::integral_constant<int, 2>());
      case 2:
        return on_short(begin, end, std::integral_constant<int, 3>());
      case 3:
        return on_short(begin, end, std::integral_constant<int, 4>());
      default:
        for (int64_t r = begin; r < end; ++r) on_long(r);
    }
  });
}

// Calls on_short(row number, ShortRow, Tail) or on_long(row number) for every row, over threads.
template <typename T, typename ShortF, typename LongF>
void each_row_alone(const T* x, int64_t rows, int64_t n, ShortF on_short, LongF on_long) {
  const auto range = [=](int64_t begin, int64_t end, auto vectors) {
    const Tail<T> tail(n - (vectors - 1) * kLanes<T>);
    for (int64_t r = begin; r < end; ++r) on_short(r, ShortRow<T, vectors>(x + r * n, tail), tail);
  };
  each_row<T>(rows, n, range, on_long);
}

// The same for what needs a logarithm for each row: the blocks of rows are as high as a vector is wide.
//   first(row number, ShortRow&, Tail)      returns what to take the logarithm of
//   second(row number, ShortRow&, Tail, the logarithm)
template <typename T, typename FirstF, typename SecondF, typename LongF>
void each_row_with_log(const T* x, int64_t rows, int64_t n, FirstF first, SecondF second, LongF on_long) {
  const auto range = [=](int64_t begin, int64_t end, auto vectors) {
    const Tail<T> tail(n - (vectors - 1) * kLanes<T>);
    for (int64_t block = begin; block < end; block += kLanes<T>) {
      const int64_t block_end = std::min(block + kLanes<T>, end);
      ShortRow<T, vectors> row[kLanes<T>];
      T sums[kLanes<T>] = {};
      for (int64_t r = block; r < block_end; ++r) {
        row[r - block] = ShortRow<T, vectors>(x + r * n, tail);
        sums[r - block] = first(r, row[r - block], tail);
      }
      store(sums, log(load(sums)));
      for (int64_t r = block; r < block_end; ++r) second(r, row[r - block], tail, sums[r - block]);
    }
  };
  each_row<T>(rows, n, range, on_long);
}

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
  each_row_alone(
      x, rows, n,
      [=](int64_t r, auto row, const Tail<T>& tail) {
        row.shift(row.max);
        row.scale(1 / row.exponentiate());
        row.store_to(y + r * n, tail);
      },
      [=](int64_t r) { LongRow<T>(x + r * n, n, y + r * n).finish(y + r * n, 1); });
}

template <typename T>
void log_softmax_rows(const T* x, T* y, int64_t rows, int64_t n) {
  each_row_with_log(
      x, rows, n,
      [](int64_t, auto& row, const Tail<T>&) {
        row.shift(row.max);
        return row.sum_of_exponentials();
      },
      [=](int64_t r, auto& row, const Tail<T>& tail, T log_sum) {
        row.shift(log_sum);
        row.store_to(y + r * n, tail);
      },
      [=](int64_t r) {
        const LongRow<T> row(x + r * n, n, nullptr);
        const T log_sum = std::log(row.sum);
        map(x + r * n, y + r * n, n, [&](Vec<T> v) { return (v - row.max) - log_sum; });
      });
}

template <typename T>
void logsumexp_rows(const T* x, T* y, int64_t rows, int64_t n) {
  // Where the maximum is infinite it is the answer, unless a NaN is in the sum.
  const auto finish = [](T max, T log_sum) {
    return std::isinf(max) && !std::isnan(log_sum) ? max : max + log_sum;
  };
  if (n == 0) std::fill_n(y, rows, kMinusInf<T>);
  each_row_with_log(
      x, rows, n,
      [](int64_t, auto& row, const Tail<T>&) {
        if (!std::isinf(row.max)) row.shift(row.max);
        return row.sum_of_exponentials();
      },
      [=](int64_t r, auto& row, const Tail<T>&, T log_sum) { y[r] = finish(row.max, log_sum); },
      [=](int64_t r) {
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
  const auto ignore = [=](int64_t r) {
    losses[r] = 0;
    if (dx) std::fill_n(dx + r * n, n, T{0});
  };
  each_row_with_log(
      x, rows, n,
      [=](int64_t r, auto& row, const Tail<T>& tail) {
        if (targets[r] == ignored) {
          ignore(r);
          return T{1};
        }
        losses[r] = row.max - x[r * n + targets[r]];
        row.shift(row.max);
        const T sum = row.exponentiate_from(least);
        if (dx) {
          row.scale(scale / sum);
          row.shift_one(targets[r], scale);
          row.store_to(dx + r * n, tail);
        }
        return sum;
      },
      [=](int64_t r, auto&, const Tail<T>&, T log_sum) { losses[r] += log_sum; },
      [=](int64_t r) {
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
