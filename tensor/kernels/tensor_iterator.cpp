#include <libtensor/tensor/kernels/tensor_iterator.h>

#include <algorithm>

// Iterating is the same for every op, so it is compiled once for each number of operands.

namespace lt::kernels {
namespace {

// Elements of a block that needs no buffers: enough to hide what a call costs, few enough to divide a tensor
// evenly among threads.
constexpr int64_t kLongBlock = 16384;
// Of one that is gathered, or scattered: a few buffers of this size stay in the first-level cache.
constexpr int64_t kStagedBlock = 512;
// Rows up to this length are too short for a loop each: blocks of them are gathered, and seen as one row.
// Where the result's rows are not end to end, its elements are scattered one by one, which pays up to fewer.
constexpr int64_t kFlatRow = 128;
constexpr int64_t kFlatRowScattered = 16;

template <size_t N>
bool any_is_transposed(const BlockGrid<N>& grid) {
  if (grid.layouts[0].column != 1 || std::min(grid.rows, grid.columns) < kTransposedRows) return false;
  return std::any_of(grid.layouts.begin() + 1, grid.layouts.end(),
                     [](const BlockLayout& x) { return x.row == 1 && x.column > 1; });
}

template <size_t N>
void choose_blocks(BlockGrid<N>& grid, bool takes_scalars) {
  const int64_t rows = grid.rows;
  const int64_t columns = grid.columns;
  const bool transposed = any_is_transposed(grid);
  const BlockLayout& out = grid.layouts[0];
  const bool end_to_end = out.column == 1 && out.row == columns;
  const bool flat = !transposed && rows > 1 && columns <= (end_to_end ? kFlatRow : kFlatRowScattered);
  bool all_in_place = true;
  for (BlockLayout& x : grid.layouts) {
    x.flat = flat;
    x.in_place = x.column == 1 && (!flat || x.row == columns);
    x.is_scalar = takes_scalars && x.column == 0 && (!flat || x.row == 0);
    x.is_transposed = transposed && x.row == 1 && x.column > 1;
    all_in_place &= x.in_place || x.is_scalar;
  }
  const int64_t size = all_in_place ? kLongBlock : kStagedBlock;
  grid.block_columns = transposed ? kTransposedColumns : std::min(columns, size);
  grid.block_rows = transposed  ? kTransposedRows
                    : rows == 1 ? 1  // most often, and a division takes as long as all of this
                                : std::min(rows, size / grid.block_columns);
  for (BlockLayout& x : grid.layouts) x.width = grid.block_columns;
}

}  // namespace

template <size_t N>
void TensorIterator<N>::visit(int64_t first, int64_t last, const void* function, Visitor visitor) const {
  Index index{};
  Offsets offsets{};
  int64_t rest = first;
  for (int i = shape.size() - 1; i >= 0 && rest > 0; --i) {
    index[static_cast<size_t>(i)] = rest % shape[i];
    rest /= shape[i];
    for (size_t k = 0; k < N; ++k) offsets[k] += index[static_cast<size_t>(i)] * strides[k][i];
  }
  for (int64_t position = first; position < last; ++position) {
    visitor(function, index, offsets);
    for (int i = shape.size() - 1; i >= 0; --i) {
      int64_t& digit = index[static_cast<size_t>(i)];
      for (size_t k = 0; k < N; ++k) offsets[k] += strides[k][i];
      if (++digit < shape[i]) break;
      for (size_t k = 0; k < N; ++k) offsets[k] -= digit * strides[k][i];
      digit = 0;
    }
  }
}

template <size_t N>
TensorIterator<N> collapse_axes(const Shape& shape, const std::array<Strides, N>& strides) {
  std::array<int, kMaxRank> order{};
  int axes = 0;
  for (int i = 0; i < shape.size(); ++i) {
    if (shape[i] == 1) continue;
    // By insertion, which keeps the order of equal strides: std::stable_sort asks the heap for memory.
    int place = axes++;
    for (; place > 0 && strides[0][order[static_cast<size_t>(place - 1)]] < strides[0][i]; --place) {
      order[static_cast<size_t>(place)] = order[static_cast<size_t>(place - 1)];
    }
    order[static_cast<size_t>(place)] = i;
  }
  TensorIterator<N> it;
  for (int o = 0; o < axes; ++o) {
    const int axis = order[static_cast<size_t>(o)];
    bool merges = !it.shape.empty();
    for (size_t k = 0; merges && k < N; ++k) merges = it.strides[k].back() == strides[k][axis] * shape[axis];
    if (!merges) {
      it.shape.push_back(1);
      for (Strides& s : it.strides) s.push_back(0);
    }
    const int last = it.shape.size() - 1;
    it.shape[last] *= shape[axis];
    for (size_t k = 0; k < N; ++k) it.strides[k][last] = strides[k][axis];
  }
  return it;
}

template <size_t N>
BlockGrid<N> make_block_grid(const Shape& shape, const std::array<Strides, N>& strides, bool takes_scalars) {
  BlockGrid<N> grid{collapse_axes(shape, strides), 1, 1, 1, 1, {}};
  Shape& axes = grid.blocks.shape;
  const int last = axes.size() - 1;
  if (last >= 0) grid.columns = axes[last];
  if (last >= 1) grid.rows = axes[last - 1];
  for (size_t k = 0; k < N; ++k) {
    const Strides& own = grid.blocks.strides[k];
    grid.layouts[k].column = last >= 0 ? own[last] : 1;
    grid.layouts[k].row = last >= 1 ? own[last - 1] : 0;
  }
  choose_blocks(grid, takes_scalars);
  const auto divide = [&](int axis, int64_t by) {
    axes[axis] = axes[axis] <= by ? 1 : (axes[axis] + by - 1) / by;
    for (Strides& s : grid.blocks.strides) s[axis] *= by;
  };
  if (last >= 0) divide(last, grid.block_columns);
  if (last >= 1) divide(last - 1, grid.block_rows);
  return grid;
}

#define LT_INSTANTIATE(N)                                                                \
  template struct TensorIterator<N>;                                                     \
  template TensorIterator<N> collapse_axes(const Shape&, const std::array<Strides, N>&); \
  template BlockGrid<N> make_block_grid(const Shape&, const std::array<Strides, N>&, bool);
LT_INSTANTIATE(2)
LT_INSTANTIATE(3)
LT_INSTANTIATE(4)
#undef LT_INSTANTIATE

}  // namespace lt::kernels
