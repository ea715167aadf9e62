#pragma once

// Copies of blocks of a matrix in the order in which the product reads them.

#include <algorithm>
#include <array>

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

// lanes[i][j] becomes lanes[j][i], in log2(kLanes) rounds; each interleaves the upper half with the lower.
template <typename T>
inline void transpose_lanes(std::array<Vec<T>, kLanes<T>>& lanes) {
  constexpr int kHalf = kLanes<T> / 2;
  constexpr auto interleave = []<int From, size_t... I>(Vec<T> a, Vec<T> b, std::integral_constant<int, From>,
                                                        std::index_sequence<I...>) {
    return __builtin_shufflevector(a, b, (From + static_cast<int>(I / 2 + I % 2 * kLanes<T>))...);
  };
  constexpr auto kEach = std::make_index_sequence<kLanes<T>>();
  for (int round = 1; round < kLanes<T>; round *= 2) {
    const auto before = lanes;
    unroll<kHalf>([&](auto i) {
      lanes[2 * i] = interleave(before[i], before[i + kHalf], std::integral_constant<int, 0>(), kEach);
      lanes[2 * i + 1] =
          interleave(before[i], before[i + kHalf], std::integral_constant<int, kHalf>(), kEach);
    });
  }
}

// to[p * to_row + j] = from(p, j) for k rows and `columns` <= kLanes columns, zeros up to kLanes.
template <typename T>
inline void pack_columns(Operand<T> from, int64_t k, int64_t columns, T* to, int64_t to_row) {
  constexpr int kLane = kLanes<T>;
  int64_t p = 0;
  if (from.col == 1) {
    const Tail<T> tail(columns);
    for (; p < k; ++p) store(to + p * to_row, tail.load(from.data + p * from.row));
  } else if (from.row == 1) {
    for (; p < k; p += kLane) {
      const int64_t depth = std::min<int64_t>(kLane, k - p);
      const Tail<T> tail(depth);
      std::array<Vec<T>, kLane> lanes{};
      for (int64_t j = 0; j < columns; ++j) lanes[static_cast<size_t>(j)] = tail.load(from.at(p, j).data);
      transpose_lanes<T>(lanes);
      for (int64_t i = 0; i < depth; ++i) store(to + (p + i) * to_row, lanes[static_cast<size_t>(i)]);
    }
  } else {
    for (; p < k; ++p) {
      for (int64_t j = 0; j < kLane; ++j) to[p * to_row + j] = j < columns ? *from.at(p, j).data : T{0};
    }
  }
}

}  // namespace lt::kernels
