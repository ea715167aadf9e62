#pragma once

// Copies of blocks of a matrix in another order: for the matrix product, or transposed.

#include <algorithm>

#include <libtensor/tensor/kernels/operand.h>
#include <libtensor/tensor/kernels/simd.h>

namespace lt::kernels {

// A vector of N numbers: a register, or a part of one.
template <typename T, int N>
struct PartOf {
  using type [[gnu::vector_size(N * sizeof(T))]] = T;
};

// The numbers that 16 bytes hold: vectors are made of such pieces, and shuffles within them are the cheap
// ones.
template <typename T>
inline constexpr int kPiece = 16 / static_cast<int>(sizeof(T));

// Vector of N numbers whose piece that begins at lane i is at(First + i).
template <typename T, int N, int First, typename F>
[[gnu::always_inline]] inline typename PartOf<T, N>::type load_pieces(F at) {
#if defined(__AVX512F__)
  if constexpr (N == kLanes<T>) {
    // A masked load of a piece to all places takes no shuffle; of the plain form GCC makes three.
    const auto piece = [&](int i) {
      return _mm_loadu_ps(reinterpret_cast<const float*>(at(First + i * kPiece<T>)));
    };
    __m512 v = _mm512_castps128_ps512(piece(0));
    v = _mm512_mask_broadcast_f32x4(v, 0x00f0, piece(1));
    v = _mm512_mask_broadcast_f32x4(v, 0x0f00, piece(2));
    v = _mm512_mask_broadcast_f32x4(v, 0xf000, piece(3));
    return (Vec<T>)v;
  }
#endif
  if constexpr (N == kPiece<T>) {
    typename PartOf<T, N>::type piece;
    std::memcpy(&piece, at(First), sizeof piece);
    return piece;
  } else {
    const auto low = load_pieces<T, N / 2, First>(at);
    const auto high = load_pieces<T, N / 2, First + N / 2>(at);
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return __builtin_shufflevector(low, high, static_cast<int>(I)...);
    }
    (std::make_index_sequence<N>());
  }
}

// Within each piece: a0 b0 a1 b1 of four, a0 b0 of two; or the upper half, a2 b2 a3 b3 and a1 b1.
template <typename T, int N, bool Upper>
inline typename PartOf<T, N>::type interleave(typename PartOf<T, N>::type a, typename PartOf<T, N>::type b) {
  constexpr int kFrom = Upper ? kPiece<T> / 2 : 0;
  return [&]<size_t... I>(std::index_sequence<I...>) {
    return __builtin_shufflevector(a, b,
                                   (static_cast<int>(I) / kPiece<T> * kPiece<T> + kFrom +
                                    static_cast<int>(I) % kPiece<T> / 2 + static_cast<int>(I) % 2 * N)...);
  }
  (std::make_index_sequence<N>());
}

// Within each piece, lane j of rows[i] becomes lane i of rows[j]: log2(kPiece) rounds of interleaving.
template <typename T, int N>
[[gnu::always_inline]] inline void transpose_within_pieces(typename PartOf<T, N>::type* rows) {
  constexpr int kRows = kPiece<T>;
  typename PartOf<T, N>::type before[kRows];
  for (int round = 1; round < kRows; round *= 2) {
    unroll<kRows>([&](auto i) { before[i] = rows[i]; });
    unroll<kRows / 2>([&](auto i) {
      rows[2 * i] = interleave<T, N, false>(before[i], before[i + kRows / 2]);
      rows[2 * i + 1] = interleave<T, N, true>(before[i], before[i + kRows / 2]);
    });
  }
}

// to[i * to_row + j] = column(j)[i] for kPiece rows i and N columns j, at column(j - j % kPiece, j % kPiece):
// pieces of the columns are loaded so that transposing within pieces is all that remains.
template <typename T, int N, typename F>
[[gnu::always_inline]] inline void transpose_pieces(F column, T* to, int64_t to_row) {
  constexpr int kRows = kPiece<T>;
  typename PartOf<T, N>::type rows[kRows];
  unroll<kRows>([&](auto i) { rows[i] = load_pieces<T, N, 0>([&](int first) { return column(first, i); }); });
  transpose_within_pieces<T, N>(rows);
  unroll<kRows>([&](auto i) { std::memcpy(to + i * to_row, &rows[i], sizeof rows[i]); });
}

// pack_columns for columns that are contiguous in memory, k >= kPiece.
template <typename T>
inline void pack_transposed(Operand<T> from, int64_t k, int64_t columns, T* to, int64_t to_row) {
  constexpr int kStep = kPiece<T>;
  const T* column[kLanes<T>];
  for (int64_t j = 0; j < kLanes<T>; ++j) column[j] = from.at(0, std::min(j, columns - 1)).data;
  // A few pointers in registers, where a table of them would double the loads.
  const int64_t piece = kStep * from.col;
  const T* first[kStep];
  unroll<kStep>([&](auto i) { first[i] = column[i]; });
  for (int64_t step = 0; step < k; step += kStep) {
    const int64_t p = std::min(step, k - kStep);  // the last overlaps the one before where k is no multiple
    if (columns == kLanes<T>) {
      transpose_pieces<T, kLanes<T>>([&](int j, int i) { return first[i] + j / kStep * piece + p; },
                                     to + p * to_row, to_row);
    } else {
      transpose_pieces<T, kLanes<T>>([&](int j, int i) { return column[j + i] + p; }, to + p * to_row,
                                     to_row);
    }
  }
}

// pack_transposed for columns whose lines push each other out of the cache: a line of each is copied first,
// so that its pieces are found when they are needed.
template <typename T>
inline void pack_crowded(Operand<T> from, int64_t k, int64_t columns, T* to, int64_t to_row) {
  constexpr int64_t kRows = 64 / sizeof(T);
  alignas(64) T lines[kLanes<T> * kRows];
  int64_t p = 0;
  for (; p + kRows <= k; p += kRows) {
    for (int64_t j = 0; j < columns; ++j) std::memcpy(lines + j * kRows, from.at(p, j).data, 64);
    pack_transposed(Operand<T>{lines, 1, kRows}, kRows, columns, to + p * to_row, to_row);
  }
  // What is left, and as many rows before it as make up the least.
  p = std::min(p, k - kPiece<T>);
  pack_transposed(from.at(p, 0), k - p, columns, to + p * to_row, to_row);
}

// to[p * to_row + j] = from(p, j) for k rows and `columns` <= kLanes columns; lanes beyond hold anything, for
// lanes do not meet and theirs are never stored.
template <typename T>
inline void pack_columns(Operand<T> from, int64_t k, int64_t columns, T* to, int64_t to_row) {
  if (from.col == 1) {
    const Tail<T> tail(columns);
    for (int64_t p = 0; p < k; ++p) store(to + p * to_row, tail.load(from.at(p, 0).data));
  } else if (from.row == 1 && k >= kPiece<T>) {
    // Lines that lie a multiple of 1 KB apart share a quarter of the first cache's sets or fewer.
    const bool crowded = from.col * static_cast<int64_t>(sizeof(T)) % 1024 == 0;
    crowded ? pack_crowded(from, k, columns, to, to_row) : pack_transposed(from, k, columns, to, to_row);
  } else {
    for (int64_t p = 0; p < k; ++p) {
      for (int64_t j = 0; j < kLanes<T>; ++j) to[p * to_row + j] = *from.at(p, std::min(j, columns - 1)).data;
    }
  }
}

}  // namespace lt::kernels
