#include "tensor/kernels/reduce.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <numeric>
#include <type_traits>

#include "tensor/kernels/parallel.h"
#include "tensor/kernels/reduce_lanes.h"
#include "tensor/kernels/reduce_ops.h"
#include "tensor/kernels/vector.h"
#include "tensor/kernels/workspace.h"

// The n numbers of a result are cut into blocks of 1 KiB. A block is summed in chains side by side: chain c
// takes numbers c, c + kChains, ... one after the other; the chains are then folded by halves (c with c +
// kChains / 2, and so on), and the blocks pairwise by their number. So at most 8 roundings follow each other
// before the error grows with the logarithm of n alone (Higham, "The accuracy of floating point summation",
// 1993).
//
// Two loops do it. Where the numbers of one result lie side by side, chains are lanes of vector registers;
// where the numbers of neighbouring results do, each chain is a row of results. Anything else is packed into
// a buffer a block at a time. Threads share the blocks.

namespace lt::kernels {
namespace {

// Two of the widest registers side by side: enough additions in flight to hide their latency.
constexpr int64_t kChainBytes = 128;
// A longer chain loses accuracy, a shorter one spends its time on folding.
constexpr int64_t kTermsPerChain = 8;
// Columns at a time: their chains fill 16 KiB, half of an L1 cache.
constexpr int64_t kTile = 128;
// Fewer columns than this are packed: their rows would not fill a register.
constexpr int64_t kMinColumns = 8;

template <typename T>
constexpr int64_t kChains = kChainBytes / static_cast<int64_t>(sizeof(T));
template <typename T>
constexpr int64_t kBlock = kChains<T>* kTermsPerChain;

// The last `count` < kChains numbers of a block, a vector at a time.
template <typename Op, typename T, int kVectors>
void take_rest(const Op& op, Vec<T> (&total)[kVectors], const T* x, int64_t count, int64_t i) {
  if constexpr (std::is_floating_point_v<T>) {
    unroll<kVectors>([&](auto v) {
      const Tail<T> here(std::clamp<int64_t>(count - v * kLanes<T>, 0, kLanes<T>));
      Vec<T> taken = total[v];
      op.take(taken, here.load(x + v * kLanes<T>), i);
      total[v] = here.select(taken, total[v]);
    });
  } else {
    alignas(kChainBytes) T padded[kChains<T>];
    std::fill_n(std::copy_n(x, count, padded), kChains<T> - count, Op::kStart);
    unroll<kVectors>([&](auto v) { op.take(total[v], load(padded + v * kLanes<T>), i); });
  }
}

// One block of result i. shapes: x (n), 0 <= n <= kBlock
template <typename Op, typename T>
T fold_row_block(const Op& op, const T* x, int64_t n, int64_t i) {
  constexpr int kVectors = kChainBytes / kVectorBytes;
  Vec<T> total[kVectors];
  for (Vec<T>& v : total) v = broadcast(Op::kStart);
  int64_t j = 0;
  for (; j + kChains<T> <= n; j += kChains<T>) {
    unroll<kVectors>([&](auto v) { op.take(total[v], load(x + j + v * kLanes<T>), i); });
  }
  if (j < n) take_rest(op, total, x + j, n - j, i);
  for (int half = kVectors / 2; half > 0; half /= 2) {
    for (int v = 0; v < half; ++v) op.join(total[v], total[v + half]);
  }
  return reduce<T>(total[0], [&op](Vec<T> a, Vec<T> b) {
    op.join(a, b);
    return a;
  })[0];
}

// One chain of `width` results from i on: `terms` rows, `step` apart. shapes: chain (width)
template <typename Op, typename T>
void fold_column_chain(const Op& op, const T* x, int64_t step, int64_t terms, int64_t width, int64_t i,
                       T* chain) {
  if (terms == kTermsPerChain) {
    for (int64_t c = 0; c < width; ++c) {
      T total = Op::kStart;
      for (int64_t j = 0; j < kTermsPerChain; ++j) op.take(total, x[j * step + c], i + c);
      chain[c] = total;
    }
    return;
  }
  std::fill_n(chain, width, Op::kStart);
  for (int64_t j = 0; j < terms; ++j) {
    for (int64_t c = 0; c < width; ++c) op.take(chain[c], x[j * step + c], i + c);
  }
}

// A few vectors of neighbouring results.
template <typename T, int Vectors>
struct Band {
  Vec<T> v[Vectors];
};

// A band of results from i on, in registers: the chain that starts at row 0 of x, joined with those that
// start 1, 2, ... times Distance after it, as fold_column_block joins them. shapes: x (n, Vectors * lanes)
template <int Vectors, int64_t Distance, typename Op, typename T, typename Load>
Band<T, Vectors> fold_column_band(const Op& op, const T* x, int64_t stride, int64_t n, int64_t i, Load load) {
  if constexpr (Distance == kChains<T>) {
    Band<T, Vectors> total;
    unroll<Vectors>([&](auto v) { total.v[v] = broadcast(Op::kStart); });
    for (int64_t j = 0; j < n; j += kChains<T>) {
      unroll<Vectors>([&](auto v) {
        const int64_t column = v * kLanes<T>;
        op.take_lanes(total.v[v], load(x + j * stride + column), i + column, load);
      });
    }
    return total;
  } else {
    auto total = fold_column_band<Vectors, 2 * Distance>(op, x, stride, n, i, load);
    if (Distance < n) {
      const T* other = x + Distance * stride;
      const auto joined = fold_column_band<Vectors, 2 * Distance>(op, other, stride, n - Distance, i, load);
      unroll<Vectors>([&](auto v) { op.join(total.v[v], joined.v[v]); });
    }
    return total;
  }
}

// One block of `width` results from i on: n rows, `stride` apart. shapes: out (width); n <= kBlock, width <=
// kTile
template <typename Op, typename T>
void fold_column_block(const Op& op, const T* x, int64_t stride, int64_t n, int64_t width, int64_t i,
                       T* out) {
  if constexpr (std::is_floating_point_v<T>) {
    // Rows often lie on a page each: a band takes several lines of a page, so that fewer are looked up.
    constexpr int kVectors = 4;
    int64_t c = 0;
    for (; c + kVectors * kLanes<T> <= width; c += kVectors * kLanes<T>) {
      const auto whole = [](const T* p) { return load(p); };
      const auto band = fold_column_band<kVectors, 1>(op, x + c, stride, n, i + c, whole);
      unroll<kVectors>([&](auto v) { store(out + c + v * kLanes<T>, band.v[v]); });
    }
    for (; c < width; c += kLanes<T>) {
      const Tail<T> here(std::min<int64_t>(width - c, kLanes<T>));
      const auto part = [&here](const T* p) { return here.load(p); };
      here.store(out + c, fold_column_band<1, 1>(op, x + c, stride, n, i + c, part).v[0]);
    }
    return;
  }
  alignas(64) T chains[kChains<T> * kTile];
  const int64_t used = std::min(n, kChains<T>);
  for (int64_t l = 0; l < used; ++l) {
    const int64_t terms = (n - l + kChains<T> - 1) / kChains<T>;
    fold_column_chain(op, x + l * stride, stride * kChains<T>, terms, width, i, chains + l * kTile);
  }
  // A chain that got nothing would change nothing: it is left out.
  for (auto half = static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(used)) / 2); half > 0;
       half /= 2) {
    for (int64_t l = 0; l < std::min(half, used - half); ++l) {
      T* const total = chains + l * kTile;
      const T* const other = total + half * kTile;
      for (int64_t c = 0; c < width; ++c) op.join(total[c], other[c]);
    }
  }
  std::copy_n(chains, width, out);
}

template <typename T>
const T* start_of_line(const T* x, const Lines& lines, int64_t result) {
  if (lines.outer == 1) return x + result * lines.inner_step;
  return x + result / lines.inner * lines.outer_step + result % lines.inner * lines.inner_step;
}

// shapes: out (blocks, results)
template <typename Op, typename T>
void fold_rows(const Op& op, const T* x, const Lines& lines, int64_t blocks, T* out) {
  const int64_t results = lines.results();
  parallel_for(results * blocks, std::min(lines.n, kBlock<T>), [&](int64_t begin, int64_t end) {
    T packed[kBlock<T>];
    int64_t result = begin / blocks;
    int64_t block = begin % blocks;
    const T* line = start_of_line(x, lines, result);
    for (int64_t item = begin; item < end; ++item) {
      const int64_t n = std::min(lines.n - block * kBlock<T>, kBlock<T>);
      const T* numbers = line + block * kBlock<T> * lines.stride;
      if (lines.stride != 1) {
        for (int64_t j = 0; j < n; ++j) packed[j] = numbers[j * lines.stride];
        numbers = packed;
      }
      out[block * results + result] = fold_row_block(op, numbers, n, result);
      if (++block == blocks) {
        block = 0;
        line = start_of_line(x, lines, ++result);
      }
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
  T* const first = blocks == 1 ? out : workspace<T>(Workspace::kPartialSums, blocks * results);
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
  const auto* const bytes = reinterpret_cast<const uint8_t*>(x);
  std::atomic<int64_t> total{0};  // whole numbers: any order gives the same sum
  parallel_for(n, 1, [&](int64_t begin, int64_t end) {
    total += std::accumulate(bytes + begin, bytes + end, int64_t{0});
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
