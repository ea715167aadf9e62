#pragma once

// Elementwise loops over operands whose rows lie across memory, as those of a transposed matrix do:
// neighbours differ in the axis before the last. A cache line then holds numbers of many rows, and would be
// gone before the next row wants it; so the walk goes tile by tile, and reads each line once.

#include <algorithm>
#include <array>
#include <cstdint>
#include <type_traits>

#include <libtensor/tensor/kernels/matmul_blocking.h>
#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/transpose.h>
#include <libtensor/tensor/kernels/walk.h>

namespace lt::kernels {

// A tile of an operand, each row of it dense: where it lies or in a buffer.
template <typename T>
class CrossedTile {
 public:
  static constexpr int64_t kRows = 16;  // a cache line of floats
  static constexpr int64_t kColumns = 64;

  // Its element (i, j) is x[i * row + j * step], for at most kRows rows and kColumns columns.
  CrossedTile(const T* x, int64_t row, int64_t step, int64_t rows, int64_t columns)
      : at_(step == 1 ? x : buffer_), row_(step == 1 ? row : kColumns) {
    if (step == 0) {
      for (int64_t i = 0; i < rows; ++i) std::fill_n(buffer_ + i * kColumns, columns, x[i * row]);
    } else if (step != 1) {
      if (row == 1) fetch(x + kColumns * step, step, rows, columns);
      for (int64_t j = 0; j < columns; j += kWidth) {
        copy(x + j * step, row, step, rows, std::min(kWidth, columns - j), buffer_ + j);
      }
    }
  }
  CrossedTile(const CrossedTile&) = delete;  // it may point to its own buffer
  CrossedTile& operator=(const CrossedTile&) = delete;

  const T* row(int64_t i) const { return at_ + i * row_; }

 private:
  // Numbers move by their size, as floating-point ones.
  using Same = std::conditional_t<sizeof(T) == sizeof(float), float, double>;
  static constexpr int64_t kWidth = kLanes<Same>;

  // The next tile's lines, of which the processor foresees none: a tenth to a quarter off large transposes.
  static void fetch(const T* x, int64_t step, int64_t rows, int64_t columns) {
    for (int64_t j = 0; j < columns; ++j) {
      for (int64_t i = 0; i < rows; i += kCacheLine<T>) __builtin_prefetch(x + j * step + i, 0, 2);
    }
  }

  static void copy(const T* x, int64_t row, int64_t step, int64_t rows, int64_t columns, T* to) {
    if constexpr (sizeof(T) == sizeof(Same)) {
      if (row == 1) {
        return transpose_block(reinterpret_cast<const Same*>(x), step, rows, columns,
                               reinterpret_cast<Same*>(to), kColumns);
      }
    }
    for (int64_t j = 0; j < columns; ++j) {
      for (int64_t i = 0; i < rows; ++i) to[i * kColumns + j] = x[i * row + j * step];
    }
  }

  const T* at_;
  int64_t row_;
  alignas(64) T buffer_[kRows * kColumns];
};

// Whether rows of some operand but 0 lie across memory, and those of operand 0 are dense.
template <size_t N>
bool is_crossed(const Walk<N>& walk) {
  constexpr int64_t kLeast = 16;  // rows and columns
  const int last = walk.shape.size() - 1;
  if (last < 1 || walk.strides[0][last] != 1) return false;
  if (walk.shape[last] < kLeast || walk.shape[last - 1] < kLeast) return false;
  for (size_t k = 1; k < N; ++k) {
    if (walk.strides[k][last - 1] == 1 && walk.strides[k][last] > 1) return true;
  }
  return false;
}

// f(offset, rows, columns) for tiles of the last two axes, offset[k] being that of the first number of
// operand k, in parallel.
template <size_t N, typename F>
void for_each_tile(const Walk<N>& walk, F f) {
  constexpr int64_t kRows = CrossedTile<float>::kRows;
  constexpr int64_t kColumns = CrossedTile<float>::kColumns;
  const int last = walk.shape.size() - 1;
  const int64_t rows = walk.shape[last - 1];
  const int64_t columns = walk.shape[last];
  Walk<N> matrices;  // each an element
  for (int axis = 0; axis <= last; ++axis) {
    if (axis == last - 1) continue;
    matrices.shape.push_back(axis < last ? walk.shape[axis] : 1);
    for (size_t k = 0; k < N; ++k) matrices.strides[k].push_back(walk.strides[k][axis]);
  }
  const int64_t bands = (rows + kRows - 1) / kRows;
  parallel_for(matrices.outer_count() * bands, kRows * columns, [&](int64_t band, int64_t end) {
    for (; band < end; ++band) {
      for_each_outer(matrices, band / bands, band / bands + 1, [&](std::array<int64_t, N> offset) {
        const int64_t i = band % bands * kRows;
        for (size_t k = 0; k < N; ++k) offset[k] += i * walk.strides[k][last - 1];
        for (int64_t j = 0; j < columns; j += kColumns) {
          f(offset, std::min(kRows, rows - i), std::min(kColumns, columns - j));
          for (size_t k = 0; k < N; ++k) offset[k] += kColumns * walk.strides[k][last];
        }
      });
    }
  });
}

}  // namespace lt::kernels
