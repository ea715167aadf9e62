#pragma once

// The left operand of the matrix product, copied for its tiles: one tile of rows after the other, in the
// order in which it is read.

#include <algorithm>

#include <libtensor/tensor/kernels/matmul_tile.h>
#include <libtensor/tensor/kernels/pack.h>
#include <libtensor/tensor/kernels/workspace.h>

namespace lt::kernels {

// The tiles of an a whose columns are contiguous, with `row` numbers to a row of the copy. Memory is read
// from end to end, a column at a time for all tiles, and fetched some columns ahead: the processor does not
// foresee such short runs. Lower tiles than kPackedRows are read as if they had as many, of the next tile's:
// the two have more.
template <typename T>
void pack_by_columns(const Operand<T>& a, const Deal& tiles, int64_t m, int64_t k, int64_t row, T* to) {
  constexpr int64_t kAhead = 8;
  const bool even = tiles.least == kPackedRows;  // else the last tile must not be read beyond its end
  for (int64_t p = 0; p < k; ++p) {
    for (int64_t i = 0; i < m && p + kAhead < k; i += kLine<T>) {
      __builtin_prefetch(a.at(i, p + kAhead).data);
    }
    const T* from = a.at(0, p).data;
    T* tile = to;
    const auto copy = [&](int64_t count, int64_t height) {
      for (int64_t t = 0; t < count; ++t, from += height, tile += height * row) {
        std::copy_n(from, kPackedRows, tile + p * height);  // what is too much, the next column writes over
      }
    };
    copy(tiles.extra, tiles.least + 1);
    copy(tiles.parts - tiles.extra - !even, tiles.least);
    if (!even) std::copy_n(from, tiles.least, tile + p * tiles.least);
  }
}

// The tiles of any other a, one by one: more rows at a time than a tile has are more streams than the
// processor foresees, and far apart they crowd into few sets of the caches (a row of 4096 numbers: a tenth of
// the product's time).
template <typename T>
void pack_by_tiles(const Operand<T>& a, const Deal& tiles, int64_t k, int64_t row, T* to) {
  for (int64_t t = 0; t < tiles.parts; ++t) {
    const int64_t first = tiles.start(t);
    const int64_t height = tiles.start(t + 1) - first;
    // A vector's width at a time, the last first: each write reaches into the next row's first.
    for (int64_t r = (height - 1) / kLanes<T> * kLanes<T>; r >= 0; r -= kLanes<T>) {
      pack_columns(a.at(first + r, 0).transposed(), k, std::min<int64_t>(kLanes<T>, height - r),
                   to + first * row + r, height);
    }
  }
}

// Packs a (m, k) tile by tile: rows [tiles.start(i), tiles.start(i + 1)) of a begin at start(i) * row, and in
// them element (r, p) is at p * height + r, so that a tile reads its copy from end to end.
template <typename T>
Operand<T> pack_a(const Operand<T>& a, const Deal& tiles, int64_t m, int64_t k) {
  const int64_t row = k + kLanes<T>;  // columns are packed in whole vectors, which reach beyond a tile's end
  T* const to = workspace<T>(Workspace::kPackedA, m * row);
  if (a.row == 1) {
    pack_by_columns(a, tiles, m, k, row, to);
  } else {
    pack_by_tiles(a, tiles, k, row, to);
  }
  return {to, row, 0};
}

}  // namespace lt::kernels
