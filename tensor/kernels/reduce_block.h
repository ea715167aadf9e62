#pragma once

// One block of a reduction. It is summed in chains side by side: chain c takes numbers c, c + kChains, ...
// one after the other; the chains are then folded by halves (c with c + kChains / 2, and so on). So at most 8
// roundings follow each other. Two loops do it: where the numbers of one result lie side by side, chains are
// lanes of vector registers; where the numbers of neighbouring results do, each chain is a row of results.

#include <algorithm>
#include <bit>
#include <type_traits>

#include <libtensor/tensor/kernels/simd.h>

namespace lt::kernels {

// Two of the widest registers side by side: enough additions in flight to hide their latency.
inline constexpr int64_t kChainBytes = 128;
// A longer chain loses accuracy, a shorter one spends its time on folding.
inline constexpr int64_t kTermsPerChain = 8;
// Columns at a time: their chains fill 16 KiB, half of an L1 cache.
inline constexpr int64_t kTile = 128;
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

}  // namespace lt::kernels
