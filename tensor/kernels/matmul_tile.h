#pragma once

// The innermost part of the matrix product: one tile of c, at most kTileRows x kTileVectors vectors, held in
// registers while k runs. A step loads a row of the tile's columns of b, broadcasts one element for each of
// its rows of a, and multiplies them into Rows * Vectors accumulators. Edges are tiles with fewer rows, fewer
// vectors, or a masked last vector: the same code with smaller constants, so no padding enters a sum.

#include <array>

#include "tensor/kernels/vector.h"

namespace lt::kernels {

// The accumulators, a row of b and one broadcast must fit the registers: 14 * 2 + 2 + 1 of 32 with AVX-512
// and NEON, 6 * 2 + 2 + 1 of 16 elsewhere. Two fused multiply-adds start each cycle and take four, so 8
// accumulators are the least that keep them busy; wide and flat tiles load more a step than they multiply.
#if defined(__AVX512F__) || defined(__aarch64__)
inline constexpr int kTileRows = 14;
#else
inline constexpr int kTileRows = 6;
#endif
inline constexpr int kTileVectors = 2;

// One tile's operands: c (rows, columns), a (rows, k), b (k, columns).
template <typename T>
struct Tile {
  const T* a;  // element (i, p) at a[i * a_row + p * a_col]
  int64_t a_row, a_col;
  const T* b;  // element (p, j) at b[p * b_row + j]
  int64_t b_row;
  T* c;  // element (i, j) at c[i * c_row + j]
  int64_t c_row;
  int64_t k;
  const T* bias;    // added to every row, or null
  bool accumulate;  // added to what c holds
  int last;         // columns of the last vector, 1 to kLanes<T>
};

template <typename T>
using TileKernel = void (*)(const Tile<T>&);

// Masked says that t.last < kLanes<T>.
template <typename T, int Rows, int Vectors, bool Masked>
void multiply_tile(const Tile<T>& t) {
  constexpr int kLane = kLanes<T>;
  const Tail<T> tail(t.last);
  const auto load_vector = [&tail](const T* row, auto v) {
    return Masked && v == Vectors - 1 ? tail.load(row + v * kLane) : load(row + v * kLane);
  };
  unroll<Rows>([&](auto i) {
    unroll<Vectors>([&](auto v) { __builtin_prefetch(t.c + i * t.c_row + v * kLane, 1); });
  });

  Vec<T> sum[Rows][Vectors] = {};
  // Three rows share a pointer: processors address p, p + row and p + 2 * row for free.
  constexpr int kGroups = (Rows + 2) / 3;
  const T* a[kGroups];
  unroll<kGroups>([&](auto g) { a[g] = t.a + 3 * g * t.a_row; });
  const T* b = t.b;
  for (int64_t p = 0; p < t.k; ++p, b += t.b_row) {
    Vec<T> b_row[Vectors];
    unroll<Vectors>([&](auto v) { b_row[v] = load_vector(b, v); });
    unroll<Rows>([&](auto i) {
      const Vec<T> x = broadcast(a[i / 3][i % 3 * t.a_row]);
      unroll<Vectors>([&](auto v) { sum[i][v] += x * b_row[v]; });
    });
    unroll<kGroups>([&](auto g) { a[g] += t.a_col; });
  }

  if (t.bias) {
    unroll<Vectors>([&](auto v) {
      const Vec<T> bias = load_vector(t.bias, v);
      unroll<Rows>([&](auto i) { sum[i][v] += bias; });
    });
  }
  if (t.accumulate) {
    unroll<Rows>(
        [&](auto i) { unroll<Vectors>([&](auto v) { sum[i][v] += load_vector(t.c + i * t.c_row, v); }); });
  }
  unroll<Rows>([&](auto i) {
    unroll<Vectors>([&](auto v) {
      T* to = t.c + i * t.c_row + v * kLane;
      if constexpr (Masked && v == Vectors - 1) {
        tail.store(to, sum[i][v]);
      } else {
        store(to, sum[i][v]);
      }
    });
  });
}

// The kernel for a tile of this many rows (1 to kTileRows) and vectors (1 to kTileVectors).
template <typename T>
TileKernel<T> tile_kernel(int rows, int vectors, bool masked) {
  constexpr auto kKernels = []<int... I>(std::integer_sequence<int, I...>) {
    return std::array<TileKernel<T>, sizeof...(I)>{
        multiply_tile<T, I / 2 / kTileVectors + 1, I / 2 % kTileVectors + 1, I % 2 == 1>...};
  }
  (std::make_integer_sequence<int, kTileRows * kTileVectors * 2>());
  return kKernels[static_cast<size_t>(((rows - 1) * kTileVectors + vectors - 1) * 2 + masked)];
}

}  // namespace lt::kernels
