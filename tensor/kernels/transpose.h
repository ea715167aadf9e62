#pragma once

// Transposing in registers: blocks of a matrix whose columns are contiguous become rows of a dense one. For
// the product's packing, for elementwise loops over a transposed operand, for reductions of short rows.

#include <algorithm>
#include <utility>

#include <libtensor/tensor/kernels/simd.h>

namespace lt::kernels {

// A vector of N numbers: a register, or a part of one.
template <typename T, int N>
struct PartialVector {
  using type [[gnu::vector_size(N * sizeof(T))]] = T;
};
template <typename T, int N>
using VecOf = typename PartialVector<T, N>::type;

// The numbers of a 128-bit lane: registers are made of these, and shuffles within them are the cheap ones.
template <typename T>
inline constexpr int kLane128 = 16 / static_cast<int>(sizeof(T));

// The vector of N numbers whose 128-bit lane that begins at number i is at(First + i).
template <typename T, int N, int First, typename At>
[[gnu::always_inline]] inline VecOf<T, N> load_lanes128(At at) {
#if defined(__AVX512F__)
  if constexpr (N == kLanes<T>) {
    // A masked load of a lane to all places takes no shuffle; of the plain form GCC makes three.
    const auto lane = [&](int i) {
      return _mm_loadu_ps(reinterpret_cast<const float*>(at(First + i * kLane128<T>)));
    };
    __m512 v = _mm512_castps128_ps512(lane(0));
    v = _mm512_mask_broadcast_f32x4(v, 0x00f0, lane(1));
    v = _mm512_mask_broadcast_f32x4(v, 0x0f00, lane(2));
    v = _mm512_mask_broadcast_f32x4(v, 0xf000, lane(3));
    return (Vec<T>)v;
  }
#endif
  if constexpr (N == kLane128<T>) {
    VecOf<T, N> lane;
    std::memcpy(&lane, at(First), sizeof lane);
    return lane;
  } else {
    const auto low = load_lanes128<T, N / 2, First>(at);
    const auto high = load_lanes128<T, N / 2, First + N / 2>(at);
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return __builtin_shufflevector(low, high, static_cast<int>(I)...);
    }
    (std::make_index_sequence<N>());
  }
}

// Within each 128-bit lane: a0 b0 a1 b1 of four, a0 b0 of two; or the upper half, a2 b2 a3 b3 and a1 b1.
template <typename T, bool Upper>
inline Vec<T> interleave(Vec<T> a, Vec<T> b) {
  constexpr int kLane = kLane128<T>;
  constexpr int kHalf = Upper ? kLane / 2 : 0;
  return [&]<size_t... I>(std::index_sequence<I...>) {
    return __builtin_shufflevector(
        a, b,
        (static_cast<int>(I) / kLane * kLane + kHalf + static_cast<int>(I) % kLane / 2 +
         static_cast<int>(I) % 2 * kLanes<T>)...);
  }
  (std::make_index_sequence<kLanes<T>>());
}

// Within each 128-bit lane, number j of rows[i] becomes number i of rows[j]: log2(kLane128) interleavings.
template <typename T>
[[gnu::always_inline]] inline void transpose_lanes128(Vec<T>* rows) {
  constexpr int kStep = kLane128<T>;
  Vec<T> before[kStep];
  for (int round = 1; round < kStep; round *= 2) {
    unroll<kStep>([&](auto i) { before[i] = rows[i]; });
    unroll<kStep / 2>([&](auto i) {
      rows[2 * i] = interleave<T, false>(before[i], before[i + kStep / 2]);
      rows[2 * i + 1] = interleave<T, true>(before[i], before[i + kStep / 2]);
    });
  }
}

// to[i * to_stride + j] = from[j * from_stride + i] for `rows` rows i and `columns` <= kLanes<T> columns j.
template <typename T>
inline void transpose_block(const T* from, int64_t from_stride, int64_t rows, int64_t columns, T* to,
                            int64_t to_stride) {
  constexpr int kStep = kLane128<T>;
  if (rows < kStep) {
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < columns; ++j) to[i * to_stride + j] = from[j * from_stride + i];
    }
    return;
  }
  const Tail<T> tail(columns);
  const auto transpose = [&](auto column) __attribute__((always_inline)) {
    for (int64_t step = 0; step < rows; step += kStep) {
      const int64_t i =
          std::min(step, rows - kStep);  // the last overlaps the one before where rows is no multiple
      // Lanes of the columns are loaded so that transposing within lanes is all that remains.
      Vec<T> block[kStep];
      unroll<kStep>([&](auto r) {
        block[r] = load_lanes128<T, kLanes<T>, 0>([&](int first) { return column(first, r) + i; });
      });
      transpose_lanes128<T>(block);
      unroll<kStep>([&](auto r) {
        T* const row = to + (i + r) * to_stride;
        columns == kLanes<T> ? store(row, block[r]) : tail.store(row, block[r]);
      });
    }
  };
  if (columns == kLanes<T>) {  // a few pointers, which registers hold
    const T* column[kStep];
    unroll<kStep>([&](auto r) { column[r] = from + r * from_stride; });
    transpose([&](int first, auto r) { return column[r] + first * from_stride; });
  } else {
    const T* column[kLanes<T>];  // those beyond the last are copies of it
    for (int64_t j = 0; j < kLanes<T>; ++j) column[j] = from + std::min(j, columns - 1) * from_stride;
    transpose([&](int first, auto r) { return column[first + r]; });
  }
}

}  // namespace lt::kernels
