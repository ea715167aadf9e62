#pragma once

// A chapter of reduce.cpp: the operations, and the reduction of one block. A block has kAccumulators
// accumulators: number c takes elements c, c + kAccumulators, ... one after the other; then they are combined
// by halves (c with c + kAccumulators / 2, and so on). So at most 8 roundings follow each other. Where the
// elements of a result are contiguous, accumulators are lanes; where those of neighbouring results are, the
// lanes are results. Integers and bools, which do not round, are taken in any order.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <libtensor/tensor/kernels/simd.h>

namespace lt::kernels {

// Two of the widest registers: enough additions in flight to hide their latency.
inline constexpr int64_t kAccumulatorBytes = 128;
// More terms lose accuracy, fewer spend the time on combining.
inline constexpr int64_t kTermsPerAccumulator = 8;
// Results of neighbouring columns that are reduced together.
inline constexpr int64_t kColumnTile = 128;
template <typename T>
constexpr int64_t kAccumulators = kAccumulatorBytes / static_cast<int64_t>(sizeof(T));
// Elements of a block: of an operation that does not round they may be as many as fit half of an L1 cache.
template <typename Op, typename T>
constexpr int64_t kReduceBlock = Op::kRounds ? kAccumulators<T>* kTermsPerAccumulator
                                             : 16384 / static_cast<int64_t>(sizeof(T));

// ---------------------------------------------------------------- operations
// combine(total, transform(x, center)) for each element, on numbers or vectors of them, from kIdentity.
// center(i) belongs to result i, centers(i, load) to those from i on.

template <typename T>
struct Sum {
  static constexpr T kIdentity = 0;
  static constexpr bool kRounds = std::is_floating_point_v<T>;
  T center(int64_t) const { return 0; }
  template <typename Load>
  Vec<T> centers(int64_t, Load) const {
    return Vec<T>{};
  }
  template <typename V>
  static V transform(V x, V) {
    return x;
  }
  template <typename V>
  static V combine(V total, V x) {
    return total + x;
  }
};

template <typename T>
struct SumOfSquares : Sum<T> {
  template <typename V>
  static V transform(V x, V) {
    return x * x;
  }
};

template <typename T>
struct SumOfSquaredDeviations : Sum<T> {
  const T* center_of_result;
  explicit SumOfSquaredDeviations(const T* center) : center_of_result(center) {}
  T center(int64_t i) const { return center_of_result[i]; }
  template <typename Load>
  Vec<T> centers(int64_t i, Load load) const {
    return load(center_of_result + i);
  }
  template <typename V>
  static V transform(V x, V center) {
    return (x - center) * (x - center);
  }
};

template <typename T, bool kLargest>
struct MinMax : Sum<T> {
  using Limits = std::numeric_limits<T>;
  static constexpr T kHighest = Limits::has_infinity ? Limits::infinity() : Limits::max();
  static constexpr T kLowest = Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
  static constexpr T kIdentity = kLargest ? kLowest : kHighest;
  static constexpr bool kRounds = false;
  template <typename V>
  static V combine(V best, V x) {
    const V better = kLargest ? max(x, best) : min(x, best);  // best where either is NaN
    if constexpr (std::is_integral_v<T>) return better;
    return x == x ? better : x;
  }
};

// Of bytes that are 0 or 1.
template <bool kAll>
struct AllOrAny : Sum<uint8_t> {
  static constexpr uint8_t kIdentity = kAll ? 1 : 0;
  static uint8_t combine(uint8_t total, uint8_t x) {
    return static_cast<uint8_t>(kAll ? total & x : total | x);
  }
};

// ---------------------------------------------------------------- contiguous elements

// One block of result i. shapes: x (n), 0 <= n <= kReduceBlock<Op, T>
template <typename Op, typename T>
T reduce_row_block(const Op& op, const T* x, int64_t n, int64_t i) {
  if constexpr (std::is_integral_v<T>) {
    T total = Op::kIdentity;
    for (int64_t j = 0; j < n; ++j) total = Op::combine(total, x[j]);
    return total;
  } else {
    constexpr int kBlockVectors = kAccumulatorBytes / kVectorBytes;
    const Vec<T> center = broadcast(op.center(i));
    Vec<T> total[kBlockVectors];
    for (Vec<T>& v : total) v = broadcast(Op::kIdentity);
    int64_t j = 0;
    for (; j + kAccumulators<T> <= n; j += kAccumulators<T>) {
      unroll<kBlockVectors>([&](auto v) {
        total[v] = Op::combine(total[v], Op::transform(load(x + j + v * kLanes<T>), center));
      });
    }
    if (j < n) {
      unroll<kBlockVectors>([&](auto v) {
        const Tail<T> rest(std::clamp<int64_t>(n - j - v * kLanes<T>, 0, kLanes<T>));
        const Vec<T> elements = rest.load(x + j + v * kLanes<T>);
        total[v] = rest.select(Op::combine(total[v], Op::transform(elements, center)), total[v]);
      });
    }
    for (int half = kBlockVectors / 2; half > 0; half /= 2) {
      for (int v = 0; v < half; ++v) total[v] = Op::combine(total[v], total[v + half]);
    }
    return reduce<T>(total[0], [](Vec<T> a, Vec<T> b) { return Op::combine(a, b); })[0];
  }
}

// ---------------------------------------------------------------- columns

// Vectors of neighbouring results.
template <typename T, int N>
struct ColumnVectors {
  Vec<T> v[N];
};

// N vectors of results from i on, in registers: the accumulators that begin 0, kDistance, 2 * kDistance, ...
// rows after x, combined as in a row. shapes: x (n, N * lanes)
template <int N, int64_t kDistance, typename Op, typename T, typename Load>
ColumnVectors<T, N> reduce_column_vectors(const Op& op, const T* x, int64_t stride, int64_t n, int64_t i,
                                          Load load) {
  if constexpr (kDistance == kAccumulators<T>) {
    ColumnVectors<T, N> total;
    unroll<N>([&](auto v) { total.v[v] = broadcast(Op::kIdentity); });
    for (int64_t j = 0; j < n; j += kDistance) {
      unroll<N>([&](auto v) {
        const int64_t column = v * kLanes<T>;
        total.v[v] = Op::combine(total.v[v],
                                 Op::transform(load(x + j * stride + column), op.centers(i + column, load)));
      });
    }
    return total;
  } else {
    auto total = reduce_column_vectors<N, 2 * kDistance>(op, x, stride, n, i, load);
    if (kDistance < n) {
      const auto other =
          reduce_column_vectors<N, 2 * kDistance>(op, x + kDistance * stride, stride, n - kDistance, i, load);
      unroll<N>([&](auto v) { total.v[v] = Op::combine(total.v[v], other.v[v]); });
    }
    return total;
  }
}

// One block of `width` results from i on: n rows, `stride` apart. shapes: out (width); n <= kReduceBlock
template <typename Op, typename T>
void reduce_column_block(const Op& op, const T* x, int64_t stride, int64_t n, int64_t width, int64_t i,
                         T* out) {
  if constexpr (std::is_integral_v<T>) {
    std::fill_n(out, width, Op::kIdentity);
    for (int64_t j = 0; j < n; ++j) {
      for (int64_t c = 0; c < width; ++c) out[c] = Op::combine(out[c], x[j * stride + c]);
    }
  } else {
    // Rows often lie on a page each: several lines of a page are taken together, so that fewer are looked up.
    constexpr int kColumnVectors = 4;
    int64_t c = 0;
    for (; c + kColumnVectors * kLanes<T> <= width; c += kColumnVectors * kLanes<T>) {
      const auto whole = [](const T* p) { return load(p); };
      const auto total = reduce_column_vectors<kColumnVectors, 1>(op, x + c, stride, n, i + c, whole);
      unroll<kColumnVectors>([&](auto v) { store(out + c + v * kLanes<T>, total.v[v]); });
    }
    for (; c < width; c += kLanes<T>) {
      const Tail<T> here(std::min<int64_t>(width - c, kLanes<T>));
      const auto part = [&here](const T* p) { return here.load(p); };
      here.store(out + c, reduce_column_vectors<1, 1>(op, x + c, stride, n, i + c, part).v[0]);
    }
  }
}

}  // namespace lt::kernels
