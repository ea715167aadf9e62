// The matrix product in the BLIS manner: loops around one register tile (matmul_tile.h).
//
//   for each cell of c                                 in parallel: threads own disjoint cells
//     for each block of k (kDepth)
//       for each block of rows (kRows)                 matmul_block.h
//         for each panel of b, one tile wide
//           for each tile of rows: multiply_tile, and pack what comes next
//
// Packing makes every load sequential and keeps power-of-two strides from landing in the same few cache sets;
// a packed block of a stays in L2. It costs a pass over the operand: those that are used only a few times, or
// that fit in L2 as they lie, are read in place through their strides; only the columns of b must be
// contiguous for that. A product that is small in c and deep in k (a weight gradient over a large batch) is
// cut along k instead, into slices that depend on the sizes alone, whose partial products are added in order.

#include "tensor/kernels/matmul.h"

#include <algorithm>
#include <optional>

#include "tensor/kernels/matmul_block.h"
#include "tensor/kernels/parallel.h"
#include "tensor/kernels/workspace.h"

namespace lt::kernels {
namespace {

// A tile of 14 rows by 384 floats is 21 KB, under half of L1, and a panel of b 48 KB. Shorter sums read and
// write c more often; longer ones leave a's block too few rows: 1024 by 256 is 3 to 6 % slower than 384 by
// 512.
constexpr int64_t kDepth = 384;

// Rows of a in a block: 512 x 384 floats are 768 KB, which leaves half of L2 to panels of b and to c where it
// has 2 MB.
template <typename T>
constexpr int64_t kRows = 2048 / static_cast<int64_t>(sizeof(T));

// A cell has so many blocks of rows at most, which share a packed b, and so many columns: its part of b, 3 MB
// a block of k, stays in the last cache.
constexpr int64_t kCellBlocks = 4;
constexpr int64_t kCellColumns = 2048;

// How a product is cut, from its sizes and strides alone.
struct Plan {
  bool pack_a, pack_b;
  int64_t row_blocks, column_blocks;
};

template <typename T>
Plan plan(const Product<T>& x) {
  // 256 KB, in L2 as they lie.
  constexpr int64_t kInPlace = 262144 / sizeof(T);
  // An operand is worth packing when this many tiles read it.
  constexpr int64_t kUses = 4;
  Plan plan{};
  plan.pack_b = x.b.col != 1 || (x.k * x.n > kInPlace && x.m > kUses * kTileRows[0]);
  plan.pack_a = x.k * x.m > kInPlace && x.n > kUses * kTileVectors * kLanes<T>;
  // A vector multiply-add counts as one simple operation.
  const int64_t wanted = chunks_for(int64_t{1} << 20, x.m * x.n * x.k / kLanes<T>);
  // Up to four blocks of columns, and so many of rows that there are four, but two at least; none so small
  // that packing for it shows. A transposed b costs most to pack, so its rows are cut in two.
  const int64_t least_rows = plan.pack_b ? kRows<T> / 2 : 2 * kTileRows[0];
  const int64_t least_columns = plan.pack_a ? kCellColumns / 2 : kUses * kTileVectors * kLanes<T>;
  const auto blocks = [](int64_t count, int64_t most, int64_t least, int64_t want) {
    const int64_t needed = std::max<int64_t>(divide_up(count, most), 1);
    return want <= needed ? needed : std::max(needed, std::min(count / least, want));
  };
  plan.column_blocks = blocks(x.n, kCellColumns, least_columns, std::min<int64_t>(wanted / 2, 4));
  const int64_t rows_wanted = x.b.col == 1 && plan.column_blocks < 2 ? 4 : 2;
  plan.row_blocks = blocks(x.m, kCellBlocks * kRows<T>, least_rows, std::min(wanted, rows_wanted));
  return plan;
}

// One cell of c: all of k in order, a block at a time; later blocks add to what the first wrote.
template <typename T>
void multiply_cell(const Product<T>& x, const Plan& plan) {
  const Deal depths(x.k, std::max<int64_t>(divide_up(x.k, kDepth), 1));
  for (int64_t d = 0; d < depths.parts; ++d) {
    const int64_t p = depths.start(d);
    Product<T> part = x;
    part.k = depths.start(d + 1) - p;
    part.a = x.a.at(0, p);
    part.b = x.b.at(p, 0);
    part.bias = d == 0 ? x.bias : nullptr;
    part.accumulate = x.accumulate || d > 0;
    part.activation = d + 1 == depths.parts ? x.activation : Activation::none;
    const Deal blocks(x.m, divide_up(x.m, kRows<T>));
    std::optional<PackedB<T>> b;
    if (plan.pack_b) b.emplace(part.b, x.n, part.k, blocks.parts > 1);
    for (int64_t r = 0; r < blocks.parts; ++r) {
      Product<T> rows = part;
      rows.m = blocks.start(r + 1) - blocks.start(r);
      rows.a = part.a.at(blocks.start(r), 0);
      rows.c = part.c + blocks.start(r) * x.c_row;
      multiply_block(rows, plan.pack_a, b ? &*b : nullptr);
    }
  }
}

template <typename T>
void multiply(const Product<T>& x) {
  const Plan cut = plan(x);
  const Deal rows(x.m, cut.row_blocks);
  const Deal columns(x.n, cut.column_blocks);
  const int64_t cells = rows.parts * columns.parts;
  parallel_for(cells, x.m * x.n * x.k / kLanes<T> / cells, [&](int64_t begin, int64_t end) {
    for (int64_t cell = begin; cell < end; ++cell) {
      const int64_t i = cell / columns.parts;
      const int64_t j = cell % columns.parts;
      Product<T> part = x;
      part.m = rows.start(i + 1) - rows.start(i);
      part.n = columns.start(j + 1) - columns.start(j);
      part.a = x.a.at(rows.start(i), 0);
      part.b = x.b.at(0, columns.start(j));
      part.c = x.c + rows.start(i) * x.c_row + columns.start(j);
      part.bias = x.bias ? x.bias + columns.start(j) : nullptr;
      multiply_cell(part, cut);
    }
  });
}

// Cuts k into slices, each a product of its own into scratch memory, and adds them up in order.
template <typename T>
void multiply_slices(const Product<T>& x, int64_t count) {
  T* partial = workspace<T>(Workspace::kPartialSums, count * x.m * x.n);
  const Deal slices(x.k, count);
  parallel_for(count, x.m * x.n * slices.least / kLanes<T>, [&](int64_t begin, int64_t end) {
    for (int64_t s = begin; s < end; ++s) {
      const int64_t p = slices.start(s);
      Product<T> part{
          x.a.at(0, p), x.b.at(p, 0), partial + s * x.m * x.n, x.n, x.m, x.n, slices.start(s + 1) - p,
          nullptr,      false,        Activation::none};
      multiply(part);
    }
  });
  for (int64_t i = 0; i < x.m; ++i) {
    for (int64_t j = 0; j < x.n; ++j) {
      T sum = x.bias ? x.bias[j] : T{0};
      for (int64_t s = 0; s < count; ++s) sum += partial[(s * x.m + i) * x.n + j];
      T& to = x.c[i * x.c_row + j];
      to = x.accumulate ? to + sum : sum;
    }
    activate(x.activation, x.c + i * x.c_row, x.c_row, 1, x.n);
  }
}

// Whole numbers: exact in any order, so a plain loop. Unsigned, where overflow wraps as PyTorch's does.
void multiply(const Product<int64_t>& x) {
  for (int64_t i = 0; i < x.m; ++i) {
    for (int64_t j = 0; j < x.n; ++j) {
      int64_t& c = x.c[i * x.c_row + j];
      uint64_t sum =
          static_cast<uint64_t>(x.bias ? x.bias[j] : 0) + static_cast<uint64_t>(x.accumulate ? c : 0);
      for (int64_t p = 0; p < x.k; ++p) {
        sum += static_cast<uint64_t>(*x.a.at(i, p).data) * static_cast<uint64_t>(*x.b.at(p, j).data);
      }
      c = static_cast<int64_t>(sum);
    }
  }
}

}  // namespace

template <typename T>
void matmul(const T* a, int64_t a_row, int64_t a_col, const T* b, int64_t b_row, int64_t b_col, T* c,
            int64_t c_row, int64_t m, int64_t n, int64_t k, const T* bias, bool accumulate,
            Activation activation) {
  if (m == 0 || n == 0) return;
  Product<T> x{{a, a_row, a_col}, {b, b_row, b_col}, c, c_row, m, n, k, bias, accumulate, activation};
  if constexpr (std::is_same_v<T, int64_t>) {
    multiply(x);
  } else {
    if (n == 1) x.b.col = 1;  // one column is contiguous whatever its stride
    // Slices of at least kSlice of k, where c is too small to be shared by threads.
    constexpr int64_t kSlice = 4096;
    const int64_t slices = m * n <= kLanes<T> * kLanes<T> * 16 ? std::clamp<int64_t>(k / kSlice, 1, 16) : 1;
    slices > 1 ? multiply_slices(x, slices) : multiply(x);
  }
}

template void matmul(const float*, int64_t, int64_t, const float*, int64_t, int64_t, float*, int64_t, int64_t,
                     int64_t, int64_t, const float*, bool, Activation);
template void matmul(const double*, int64_t, int64_t, const double*, int64_t, int64_t, double*, int64_t,
                     int64_t, int64_t, int64_t, const double*, bool, Activation);
template void matmul(const int64_t*, int64_t, int64_t, const int64_t*, int64_t, int64_t, int64_t*, int64_t,
                     int64_t, int64_t, int64_t, const int64_t*, bool, Activation);

}  // namespace lt::kernels
