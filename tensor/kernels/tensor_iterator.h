#pragma once

// How elementwise ops visit several strided operands of one shape together (PyTorch's TensorIterator): axes
// are sorted and collapsed first, so that most tensors become one long axis; the last two axes are then
// divided into blocks, small enough that an operand which is not contiguous there is gathered into a buffer.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <libtensor/tensor/shape.h>

namespace lt::kernels {

// N operands of one shape. A stride of 0 repeats an element (broadcasting).
template <size_t N>
struct TensorIterator {
  using Index = std::array<int64_t, kMaxRank>;  // a position along each axis
  using Offsets = std::array<int64_t, N>;       // where it is in each operand

  Shape shape;
  std::array<Strides, N> strides;

  int64_t size() const { return numel(shape); }

  // Calls f(index, offsets) for the positions first <= p < last of all axes, in row-major order.
  template <typename F>
  void for_each(int64_t first, int64_t last, const F& f) const {
    visit(first, last, &f, [](const void* function, const Index& index, const Offsets& offsets) {
      (*static_cast<const F*>(function))(index, offsets);
    });
  }

 private:
  using Visitor = void (*)(const void* function, const Index& index, const Offsets& offsets);
  void visit(int64_t first, int64_t last, const void* function, Visitor visitor) const;
};

// The same elements with fewer axes: those of size 1 are dropped, the others sorted by operand 0's strides,
// largest first, and merged where one continues the next in every operand.
template <size_t N>
TensorIterator<N> collapse_axes(const Shape& shape, const std::array<Strides, N>& strides);

// Blocks with transposed operands: each cache line of floats is then read once.
inline constexpr int64_t kTransposedRows = 16;
inline constexpr int64_t kTransposedColumns = 64;
// The most elements of a block that is gathered into a buffer.
inline constexpr int64_t kStagingSize = kTransposedRows * kTransposedColumns;

// How the blocks lie in one operand: element (i, j) of a block is x[i * row + j * column].
struct BlockLayout {
  int64_t row, column;
  int64_t width;       // columns of a whole block, and so the row stride of one that was gathered
  bool flat;           // loops take all rows of a block as one
  bool in_place;       // rows (of a flat block, the block) are contiguous
  bool is_scalar;      // each row (the block) is one element repeated
  bool is_transposed;  // columns are contiguous, rows are not: gathered by a blocked transpose
};

// The collapsed axes of elementwise operands, operand 0 being the result, in blocks of the last two.
template <size_t N>
struct BlockGrid {
  TensorIterator<N> blocks;           // its positions are blocks, its offsets those of their first elements
  int64_t rows, columns;              // sizes of the last two axes
  int64_t block_rows, block_columns;  // of a whole block
  std::array<BlockLayout, N> layouts;

  struct Sizes {
    int64_t rows, columns;
  };
  // Of a block: those at the edges are smaller.
  Sizes sizes_at(const typename TensorIterator<N>::Index& index) const {
    const auto last = static_cast<size_t>(blocks.shape.size());
    const int64_t row = last > 1 ? index[last - 2] * block_rows : 0;
    const int64_t column = last > 0 ? index[last - 1] * block_columns : 0;
    return {std::min(block_rows, rows - row), std::min(block_columns, columns - column)};
  }
};

// N is 2, 3 or 4; no size is 0. Without loops that take scalars, these are gathered as any other operand.
template <size_t N>
BlockGrid<N> make_block_grid(const Shape& shape, const std::array<Strides, N>& strides, bool takes_scalars);

}  // namespace lt::kernels
