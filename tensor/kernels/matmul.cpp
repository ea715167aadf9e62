// The matrix product in the BLIS manner: loops around one register tile (matmul_tile.h).
//
//   for each cell of c, kRows by kColumns at most      in parallel: threads own disjoint cells
//     for each block of k (kDepth)
//       pack a's block                                 stays in L2
//       for each panel of b, one tile wide
//         for each tile of rows: multiply_tile, and pack a slice of the next panel
//
// Packing makes every load sequential and keeps power-of-two strides from landing in the same few cache sets.
// b is packed as it is used: while one panel is multiplied the next is packed, a slice after each tile, whose
// lines the tile has fetched as it went along; so b comes from memory behind the arithmetic, and so does c.
// Packing costs a pass over the operand: those that are used only a few times, or that fit in L2 as they lie,
// are read in place through their strides; only the columns of b must be contiguous for that. A product that
// is small in c and deep in k (a weight gradient over a large batch) is cut along k instead, into slices that
// depend on the sizes alone, whose partial products are added in order.

#include "tensor/kernels/matmul.h"

#include <algorithm>

#include "tensor/kernels/matmul_tile.h"
#include "tensor/kernels/pack.h"
#include "tensor/kernels/parallel.h"
#include "tensor/kernels/workspace.h"

namespace lt::kernels {
namespace {

// A tile of 14 rows by 384 floats is 21 KB, under half of L1, and a panel of b 48 KB. Shorter sums read and
// write c more often; longer ones leave a's block too few rows: 1024 by 256 is 3 to 6 % slower than 384 by
// 512.
constexpr int64_t kDepth = 384;

// Rows of a in a block: 512 x 384 floats are 768 KB, which leaves half of L2 to panels of b and to c where it
// has 2 MB. b is packed once for each such block.
template <typename T>
constexpr int64_t kRows = 2048 / static_cast<int64_t>(sizeof(T));

// Columns of a cell: a is packed once for each, 2 % of the product at 1024.
constexpr int64_t kColumns = 2048;

template <typename T>
struct Product {
  Operand<T> a, b;
  T* c;
  int64_t c_row;
  int64_t m, n, k;
  const T* bias;
  bool accumulate;
};

// How the columns of b are dealt to panels, in vectors.
template <typename T>
Deal deal_panels(int64_t n) {
  const int64_t vectors = divide_up(n, kLanes<T>);
  return {vectors, divide_up(vectors, kTileVectors)};
}

// Columns [first, first + columns) of b and c, in whole vectors but for the last.
template <typename T>
struct Panel {
  int64_t first, vectors, columns;

  Panel(const Deal& panels, int64_t t, int64_t n)
      : first(panels.start(t) * kLanes<T>),
        vectors(panels.start(t + 1) - panels.start(t)),
        columns(std::min(vectors * kLanes<T>, n - first)) {}
  int last() const { return static_cast<int>(columns - (vectors - 1) * kLanes<T>); }
};

// Elements of a cache line.
template <typename T>
constexpr int64_t kLine = 64 / static_cast<int64_t>(sizeof(T));

// Rows [p, p_end) of a panel of b.
template <typename T>
struct Slice {
  Operand<T> b;  // the panel's first column
  Panel<T> panel;
  int64_t p, p_end;

  // The v-th line of each row; of a transposed b, whose lines run down, the first of each v-th run of
  // columns.
  Lines<T> lines(int64_t v) const {
    if (b.col == 1) return {b.at(p, v * kLanes<T>).data, b.row, p_end - p};
    return {b.at(p, v * kLanes<T>).data, b.col, p < p_end ? kLanes<T> : 0};
  }

  // `to` holds a row of whole vectors for each row of the panel; lanes beyond the columns hold anything.
  void pack(T* to) const {
    const int64_t width = panel.vectors * kLanes<T>;
    for (int64_t j = 0; j < panel.columns; j += kLanes<T>) {
      pack_columns(b.at(p, j), p_end - p, std::min<int64_t>(kLanes<T>, panel.columns - j), to + p * width + j,
                   width);
    }
  }
};

// A copy of a block of a, row by row whatever its strides. A cache line of padding puts neighbouring rows in
// different cache sets.
template <typename T>
Operand<T> pack_a(Operand<T> a, int64_t m, int64_t k) {
  const int64_t stride = divide_up(k, kLine<T>) * kLine<T> + kLine<T>;
  T* const to = workspace<T>(Workspace::kPackedA, m * stride);
  if (a.col == 1) {
    for (int64_t i = 0; i < m; ++i) {
      const T* row = a.at(i, 0).data;
      // Each line fetches one of the next row: processors do not fetch ahead beyond a page, which a row often
      // is.
      const int64_t next = i + 1 < m ? a.row : 0;
      for (int64_t p = 0; p < k; p += kLine<T>) {
        __builtin_prefetch(row + p + next);
        std::copy_n(row + p, std::min(kLine<T>, k - p), to + i * stride + p);
      }
    }
  } else {
    for (int64_t p = 0; p < k; p += kLanes<T>) {
      pack_columns(a.at(0, p), m, std::min<int64_t>(kLanes<T>, k - p), to + p, stride);
    }
  }
  return {to, stride, 1};
}

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
  // Four blocks of rows, more where there are more than 4 * kRows, but none so low that packing for it shows;
  // then blocks of columns.
  const int64_t least_rows = plan.pack_b ? kRows<T> / 2 : 2 * kTileRows[0];
  const int64_t least_columns = plan.pack_a ? kColumns / 2 : kUses * kTileVectors * kLanes<T>;
  const auto blocks = [](int64_t count, int64_t most, int64_t least, int64_t want) {
    return std::max({divide_up(count, most), std::min(count / least, want), int64_t{1}});
  };
  plan.row_blocks = blocks(x.m, kRows<T>, least_rows, std::min<int64_t>(wanted, x.b.col == 1 ? 4 : 2));
  plan.column_blocks = blocks(x.n, kColumns, least_columns, std::min<int64_t>(wanted / plan.row_blocks, 4));
  return plan;
}

// One panel of b, as `tile` has it, times all rows of a. Packs the panel `next` to `to` meanwhile, if there
// is one.
template <typename T>
void multiply_panel(Tile<T> tile, const Product<T>& x, const Panel<T>& panel, const Slice<T>* next, T* to) {
  const Deal rows(x.m, divide_up(x.m, tile_rows(panel.vectors)));
  const bool masked = tile.last < kLanes<T>;
  const TileKernel<T> low = rows.least ? tile_kernel<T>(rows.least, panel.vectors, masked, next) : nullptr;
  const TileKernel<T> high =
      rows.extra ? tile_kernel<T>(rows.least + 1, panel.vectors, masked, next) : nullptr;
  // A transposed b in slices of whole lines, lest one be fetched twice.
  const int64_t unit = x.b.col == 1 ? 1 : kLine<T>;
  const Deal slices = next ? Deal(divide_up(x.k, unit), rows.parts) : Deal(0, 1);
  Lines<T> ahead[2 * kTileVectors];
  tile.ahead = ahead;
  for (int64_t i = 0; i < rows.parts; ++i) {
    const TileKernel<T> kernel = i < rows.extra ? high : low;
    if (!next) {
      kernel(tile);
    } else {
      Slice<T> slice = *next;
      slice.p = slices.start(i) * unit;
      slice.p_end = std::min(slices.start(i + 1) * unit, x.k);
      tile.ahead_count = 0;
      for (int64_t v = 0; v < panel.vectors; ++v) {
        ahead[tile.ahead_count++] = {tile.c + v * kLanes<T>, x.c_row, rows.least};
      }
      for (int64_t v = 0; v < slice.panel.vectors; ++v) ahead[tile.ahead_count++] = slice.lines(v);
      kernel(tile);
      slice.pack(to);
    }
    const int64_t height = rows.least + (i < rows.extra);
    tile.a += height * tile.a_row;
    tile.c += height * x.c_row;
  }
}

// One cell of c and one block of k.
template <typename T>
void multiply_block(const Product<T>& x, const Plan& plan) {
  const Operand<T> a = plan.pack_a ? pack_a(x.a, x.m, x.k) : x.a;
  const Deal panels = deal_panels<T>(x.n);
  const auto slice = [&](int64_t t) {
    const Panel<T> panel(panels, t, x.n);
    return Slice<T>{x.b.at(0, panel.first), panel, 0, x.k};
  };
  T* packed[2] = {};
  if (plan.pack_b) {
    const int64_t room = x.k * kTileVectors * kLanes<T>;
    packed[0] = workspace<T>(Workspace::kPackedB, 2 * room);
    packed[1] = packed[0] + room;
    slice(0).pack(packed[0]);
  }
  Tile<T> tile{a.data, a.row,   a.col,        nullptr, x.b.row, nullptr, x.c_row,
               x.k,    nullptr, x.accumulate, 0,       nullptr, 0};
  for (int64_t t = 0; t < panels.parts; ++t) {
    const Panel<T> panel(panels, t, x.n);
    tile.b = plan.pack_b ? packed[t % 2] : x.b.data + panel.first;
    if (plan.pack_b) tile.b_row = panel.vectors * kLanes<T>;
    tile.c = x.c + panel.first;
    tile.bias = x.bias ? x.bias + panel.first : nullptr;
    tile.last = panel.last();
    if (plan.pack_b && t + 1 < panels.parts) {
      const Slice<T> next = slice(t + 1);
      multiply_panel(tile, x, panel, &next, packed[(t + 1) % 2]);
    } else {
      multiply_panel<T>(tile, x, panel, nullptr, nullptr);
    }
  }
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
    multiply_block(part, plan);
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
      Product<T> part{x.a.at(0, p), x.b.at(p, 0), partial + s * x.m * x.n, x.n,
                      x.m,          x.n,          slices.start(s + 1) - p, nullptr,
                      false};
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
            int64_t c_row, int64_t m, int64_t n, int64_t k, const T* bias, bool accumulate) {
  if (m == 0 || n == 0) return;
  Product<T> x{{a, a_row, a_col}, {b, b_row, b_col}, c, c_row, m, n, k, bias, accumulate};
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
                     int64_t, int64_t, const float*, bool);
template void matmul(const double*, int64_t, int64_t, const double*, int64_t, int64_t, double*, int64_t,
                     int64_t, int64_t, int64_t, const double*, bool);
template void matmul(const int64_t*, int64_t, int64_t, const int64_t*, int64_t, int64_t, int64_t*, int64_t,
                     int64_t, int64_t, int64_t, const int64_t*, bool);

}  // namespace lt::kernels
