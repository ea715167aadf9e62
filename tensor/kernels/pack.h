#pragma once

// Copies of blocks of a matrix in the order in which the product reads them.

#include <algorithm>

#include "tensor/kernels/vector.h"

namespace lt::kernels {

// A matrix as it lies in memory: element (i, j) at data[i * row + j * col]. Transposing swaps the strides.
template <typename T>
struct Operand {
  const T* data;
  int64_t row, col;

  Operand at(int64_t i, int64_t j) const { return {data + i * row + j * col, row, col}; }
};

// Tile t of `count` things dealt to `tiles` tiles as evenly as can be starts here.
inline int64_t tile_start(int64_t t, int64_t tiles, int64_t count) { return t * count / tiles; }

inline int64_t divide_up(int64_t count, int64_t by) { return (count + by - 1) / by; }

// N numbers, a part of a register.
template <typename T, int N>
struct PartOf {
  using type [[gnu::vector_size(N * sizeof(T))]] = T;
};

// The numbers that 16 bytes hold: vectors are made of such pieces, and shuffles within them are the cheap
// ones.
template <typename T>
inline constexpr int kPiece = 16 / static_cast<int>(sizeof(T));

// Vector of N numbers whose piece g is at(First + g * kPiece).
template <typename T, int N, int First, typename F>
[[gnu::always_inline]] inline typename PartOf<T, N>::type load_pieces(F at) {
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
template <typename T, bool Upper>
inline Vec<T> interleave(Vec<T> a, Vec<T> b) {
  constexpr int kFrom = Upper ? kPiece<T> / 2 : 0;
  return [&]<size_t... I>(std::index_sequence<I...>) {
    return __builtin_shufflevector(
        a, b,
        (static_cast<int>(I) / kPiece<T> * kPiece<T> + kFrom + static_cast<int>(I) % kPiece<T> / 2 +
         static_cast<int>(I) % 2 * kLanes<T>)...);
  }
  (std::make_index_sequence<kLanes<T>>());
}

// to[i * to_row + j] = columns[j][i] for kPiece rows i and kLanes columns j: pieces of the columns are loaded
// so that transposing within pieces, in log2(kPiece) rounds of interleaving, is all that remains.
template <typename T>
inline void transpose_pieces(const T* const* columns, int64_t offset, T* to, int64_t to_row) {
  constexpr int kRows = kPiece<T>;
  Vec<T> rows[kRows];
  unroll<kRows>([&](auto i) {
    rows[i] = load_pieces<T, kLanes<T>, 0>([&](int j) { return columns[j + i] + offset; });
  });
  for (int round = 1; round < kRows; round *= 2) {
    Vec<T> before[kRows];
    unroll<kRows>([&](auto i) { before[i] = rows[i]; });
    unroll<kRows / 2>([&](auto i) {
      rows[2 * i] = interleave<T, false>(before[i], before[i + kRows / 2]);
      rows[2 * i + 1] = interleave<T, true>(before[i], before[i + kRows / 2]);
    });
  }
  unroll<kRows>([&](auto i) { store(to + i * to_row, rows[i]); });
}

// to[p * to_row + j] = from(p, j) for k rows and `columns` <= kLanes columns; columns beyond repeat the last
// one, for lanes do not meet and theirs are never stored.
template <typename T>
inline void pack_columns(Operand<T> from, int64_t k, int64_t columns, T* to, int64_t to_row) {
  constexpr int kLane = kLanes<T>;
  int64_t p = 0;
  const T* column[kLane];
  for (int64_t j = 0; j < kLane; ++j) column[j] = from.at(0, std::min(j, columns - 1)).data;
  if (from.col == 1) {
    const Tail<T> tail(columns);
    for (; p < k; ++p) store(to + p * to_row, tail.load(from.data + p * from.row));
  } else if (from.row == 1) {
    for (; p + kPiece<T> <= k; p += kPiece<T>) transpose_pieces(column, p, to + p * to_row, to_row);
  }
  for (; p < k; ++p) {
    for (int64_t j = 0; j < kLane; ++j) to[p * to_row + j] = column[j][p * from.row];
  }
}

}  // namespace lt::kernels
