#include "tensor/kernels/reduce.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <limits>
#include <memory>
#include <type_traits>

#include "tensor/kernels/parallel.h"

// The n numbers of a result are cut into blocks of 1 KiB. In a block, lane l takes numbers l, l + kLanes, ...
// one after the other; the lanes are then folded by halves (l with l + kLanes / 2, and so on), and the blocks
// pairwise by their number. So at most 8 roundings follow each other before the error grows with the
// logarithm of n alone (Higham, "The accuracy of floating point summation", 1993).
//
// Two loops do it. Where the numbers of one result lie side by side, lanes are those of vector registers;
// where the numbers of neighbouring results do, each lane is a row of results. Anything else is packed into a
// buffer a block at a time. Threads share the blocks.

namespace lt::kernels {
namespace {

constexpr int64_t kLaneBytes =
    128;  // two of the widest registers: enough additions in flight to hide latency
constexpr int64_t kTermsPerLane =
    8;                          // a longer chain loses accuracy, a shorter one spends its time on folding
constexpr int64_t kTile = 128;  // columns at a time: their lanes fill 16 KiB, half of an L1 cache
constexpr int64_t kMinColumns =
    8;  // fewer columns than this are packed: their rows would not fill a register

template <typename T>
constexpr int64_t kLanes = kLaneBytes / static_cast<int64_t>(sizeof(T));
template <typename T>
constexpr int64_t kBlock = kLanes<T>* kTermsPerLane;

template <typename T>
struct VectorOf {
  using type [[gnu::vector_size(64)]] = T;
};

// An operation: where it starts, how it takes a number x of result i, and how it joins two partial results.
// Values are single numbers or vectors of them.

template <typename T>
struct Sum {
  static constexpr T kStart = 0;
  template <typename V>
  void take(V& total, const V& x, int64_t) const {
    total += x;
  }
  template <typename V>
  void join(V& total, const V& other) const {
    total += other;
  }
};

template <typename T>
struct SumOfSquares : Sum<T> {
  template <typename V>
  void take(V& total, const V& x, int64_t) const {
    total += x * x;
  }
};

template <typename T>
struct SumOfSquaredDeviations : Sum<T> {
  const T* center;
  explicit SumOfSquaredDeviations(const T* c) : center(c) {}
  template <typename V>
  void take(V& total, const V& x, int64_t i) const {
    const V deviation = x - center[i];
    total += deviation * deviation;
  }
};

template <typename T, bool kLargest>
struct Extreme {
  using Limits = std::numeric_limits<T>;
  static constexpr T kHighest = Limits::has_infinity ? Limits::infinity() : Limits::max();
  static constexpr T kLowest = Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
  static constexpr T kStart = kLargest ? kLowest : kHighest;
  template <typename V>
  void take(V& best, const V& x, int64_t) const {
    join(best, x);
  }
  template <typename V>
  void join(V& best, const V& other) const {
    auto better = kLargest ? other > best : other < best;
    if constexpr (std::is_floating_point_v<T>) better |= other != other;
    best = better ? other : best;
  }
};

// Of bytes that are 0 or 1: whether all are 1, or any is.
template <bool kAll>
struct Truth {
  static constexpr uint8_t kStart = kAll ? 1 : 0;
  template <typename V>
  void take(V& total, const V& x, int64_t) const {
    join(total, x);
  }
  template <typename V>
  void join(V& total, const V& other) const {
    if constexpr (kAll) {
      total &= other;
    } else {
      total |= other;
    }
  }
};

// One block of result i. shapes: x (n), 0 <= n <= kBlock
template <typename Op, typename T>
T fold_row_block(const Op& op, const T* x, int64_t n, int64_t i) {
  using Vec = typename VectorOf<T>::type;
  constexpr int kVectors = static_cast<int>(kLaneBytes / sizeof(Vec));
  alignas(64) T lanes[kLanes<T>];
  Vec total[kVectors];
  for (Vec& v : total) v = Vec{} + Op::kStart;
  int64_t j = 0;
  for (; j + kLanes<T> <= n; j += kLanes<T>) {
    for (int v = 0; v < kVectors; ++v) {
      Vec next;
      std::memcpy(&next, x + j + v * kLanes<T> / kVectors, sizeof next);
      op.take(total[v], next, i);
    }
  }
  std::memcpy(lanes, total, sizeof lanes);
  for (int64_t l = 0; j + l < n; ++l) op.take(lanes[l], x[j + l], i);
  for (int64_t half = kLanes<T> / 2; half > 0; half /= 2) {
    for (int64_t l = 0; l < half; ++l) op.join(lanes[l], lanes[l + half]);
  }
  return lanes[0];
}

// One lane of `width` results from i on: `terms` rows, `step` apart. shapes: lane (width)
template <typename Op, typename T>
void fold_column_lane(const Op& op, const T* x, int64_t step, int64_t terms, int64_t width, int64_t i,
                      T* lane) {
  if (terms == kTermsPerLane) {
    for (int64_t c = 0; c < width; ++c) {
      T total = Op::kStart;
      for (int64_t j = 0; j < kTermsPerLane; ++j) op.take(total, x[j * step + c], i + c);
      lane[c] = total;
    }
    return;
  }
  std::fill_n(lane, width, Op::kStart);
  for (int64_t j = 0; j < terms; ++j) {
    for (int64_t c = 0; c < width; ++c) op.take(lane[c], x[j * step + c], i + c);
  }
}

// One block of `width` results from i on: n rows, `stride` apart. shapes: out (width); n <= kBlock, width <=
// kTile
template <typename Op, typename T>
void fold_column_block(const Op& op, const T* x, int64_t stride, int64_t n, int64_t width, int64_t i,
                       T* out) {
  alignas(64) T lanes[kLanes<T> * kTile];
  const int64_t used = std::min(n, kLanes<T>);
  for (int64_t l = 0; l < used; ++l) {
    const int64_t terms = (n - l + kLanes<T> - 1) / kLanes<T>;
    fold_column_lane(op, x + l * stride, stride * kLanes<T>, terms, width, i, lanes + l * kTile);
  }
  // A lane that got nothing would change nothing: it is left out.
  for (auto half = static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(used)) / 2); half > 0;
       half /= 2) {
    for (int64_t l = 0; l < std::min(half, used - half); ++l) {
      T* const total = lanes + l * kTile;
      const T* const other = total + half * kTile;
      for (int64_t c = 0; c < width; ++c) op.join(total[c], other[c]);
    }
  }
  std::copy_n(lanes, width, out);
}

// shapes: out (blocks, results)
template <typename Op, typename T>
void fold_rows(const Op& op, const T* x, const Lines& lines, int64_t blocks, T* out) {
  const int64_t results = lines.results();
  parallel_for(results * blocks, std::min(lines.n, kBlock<T>), [&](int64_t begin, int64_t end) {
    T packed[kBlock<T>];
    for (int64_t item = begin; item < end; ++item) {
      const int64_t result = blocks == 1 ? item : item / blocks;
      const int64_t first = (item - result * blocks) * kBlock<T>;
      const int64_t n = std::min(lines.n - first, kBlock<T>);
      const T* block = x + result / lines.inner * lines.outer_step + result % lines.inner * lines.inner_step +
                       first * lines.stride;
      if (lines.stride != 1) {
        for (int64_t j = 0; j < n; ++j) packed[j] = block[j * lines.stride];
        block = packed;
      }
      out[(item - result * blocks) * results + result] = fold_row_block(op, block, n, result);
    }
  });
}

// shapes: out (blocks, results)
template <typename Op, typename T>
void fold_columns(const Op& op, const T* x, const Lines& lines, int64_t blocks, T* out) {
  const int64_t tiles = (lines.inner + kTile - 1) / kTile;
  const int64_t work = std::min(lines.n, kBlock<T>) * std::min(lines.inner, kTile);
  parallel_for(lines.outer * blocks * tiles, work, [&](int64_t begin, int64_t end) {
    for (int64_t item = begin; item < end; ++item) {
      const int64_t column = item % tiles * kTile;
      const int64_t block = item / tiles % blocks;
      const int64_t outer = item / tiles / blocks;
      const int64_t first = block * kBlock<T>;
      const int64_t result = outer * lines.inner + column;
      fold_column_block(op, x + outer * lines.outer_step + column + first * lines.stride, lines.stride,
                        std::min(lines.n - first, kBlock<T>), std::min(lines.inner - column, kTile), result,
                        out + block * lines.results() + result);
    }
  });
}

// Joins the blocks pairwise into the first. shapes: partial (blocks, results)
template <typename Op, typename T>
void join_blocks(const Op& op, T* partial, int64_t blocks, int64_t results) {
  parallel_for(results, blocks, [&](int64_t begin, int64_t end) {
    for (int64_t gap = 1; gap < blocks; gap *= 2) {
      for (int64_t b = 0; b + gap < blocks; b += 2 * gap) {
        T* const total = partial + b * results;
        const T* const other = total + gap * results;
        for (int64_t i = begin; i < end; ++i) op.join(total[i], other[i]);
      }
    }
  });
}

template <typename Op, typename T>
void fold(const Op& op, const T* x, const Lines& lines, T* out) {
  const int64_t results = lines.results();
  const int64_t blocks = std::max<int64_t>((lines.n + kBlock<T> - 1) / kBlock<T>, 1);
  const auto partial =
      blocks == 1 ? nullptr : std::make_unique_for_overwrite<T[]>(static_cast<size_t>(blocks * results));
  T* const first = blocks == 1 ? out : partial.get();
  const bool columns =
      lines.stride != 1 && lines.inner_step == 1 && lines.inner >= kMinColumns && lines.n > 0;
  if (columns) {
    fold_columns(op, x, lines, blocks, first);
  } else {
    fold_rows(op, x, lines, blocks, first);
  }
  if (blocks == 1) return;
  join_blocks(op, first, blocks, results);
  std::copy_n(first, results, out);
}

}  // namespace

template <typename T>
void sum(const T* x, const Lines& lines, T* out) {
  if constexpr (std::is_integral_v<T>) {  // unsigned arithmetic is the one that may wrap
    using U = std::make_unsigned_t<T>;
    fold(Sum<U>(), reinterpret_cast<const U*>(x), lines, reinterpret_cast<U*>(out));
  } else {
    fold(Sum<T>(), x, lines, out);
  }
}

template <typename T>
void sum_of_squares(const T* x, const Lines& lines, T* out) {
  fold(SumOfSquares<T>(), x, lines, out);
}

template <typename T>
void sum_of_squared_deviations(const T* x, const Lines& lines, const T* center, T* out) {
  fold(SumOfSquaredDeviations<T>(center), x, lines, out);
}

template <typename T>
void largest(const T* x, const Lines& lines, T* out) {
  fold(Extreme<T, true>(), x, lines, out);
}

template <typename T>
void smallest(const T* x, const Lines& lines, T* out) {
  fold(Extreme<T, false>(), x, lines, out);
}

// bool is a byte that is 0 or 1, and bytes may be read through uint8_t.
void all_of(const bool* x, const Lines& lines, bool* out) {
  fold(Truth<true>(), reinterpret_cast<const uint8_t*>(x), lines, reinterpret_cast<uint8_t*>(out));
}

void any_of(const bool* x, const Lines& lines, bool* out) {
  fold(Truth<false>(), reinterpret_cast<const uint8_t*>(x), lines, reinterpret_cast<uint8_t*>(out));
}

int64_t count_true(const bool* x, int64_t n) {
  std::atomic<int64_t> total{0};  // whole numbers: any order gives the same sum
  parallel_for(n, 1, [&](int64_t begin, int64_t end) {
    int64_t count = 0;
    for (int64_t i = begin; i < end; ++i) count += x[i] ? 1 : 0;
    total += count;
  });
  return total;
}

#define LT_INSTANTIATE(T)                            \
  template void sum(const T*, const Lines&, T*);     \
  template void largest(const T*, const Lines&, T*); \
  template void smallest(const T*, const Lines&, T*);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
#undef LT_INSTANTIATE
template void sum_of_squares(const float*, const Lines&, float*);
template void sum_of_squares(const double*, const Lines&, double*);
template void sum_of_squared_deviations(const float*, const Lines&, const float*, float*);
template void sum_of_squared_deviations(const double*, const Lines&, const double*, double*);

}  // namespace lt::kernels
