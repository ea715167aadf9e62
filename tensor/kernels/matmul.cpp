// The matrix product in the BLIS manner: loops around one register tile (matmul_tile.h).
//
//   for each block of k (kDepth)
//     pack b, panel by panel                shared by all threads
//     for each block of rows (kRows)        in parallel: threads own disjoint blocks of c
//       pack a                              stays in L2, this thread's own
//       for each panel of b, one tile wide, for each tile of rows: multiply_tile
//
// Packing makes every load sequential and keeps power-of-two strides from landing in the same few cache sets.
// It costs a pass over the operand, so operands that are used only a few times, or that fit in L1 as they
// lie, are read in place through their strides; only the columns of b must be contiguous for that. A product
// that is small in c and deep in k (a weight gradient over a large batch) is cut along k instead, into slices
// that depend on the sizes alone, whose partial products are added in order.

#include "tensor/kernels/matmul.h"

#include <algorithm>

#include "tensor/kernels/matmul_tile.h"
#include "tensor/kernels/pack.h"
#include "tensor/kernels/parallel.h"
#include "tensor/kernels/workspace.h"

namespace lt::kernels {
namespace {

// Long sums, because every block of k reads and writes all of c again and every tile costs a mispredicted
// exit: 1024 is 5 to 7 % faster than 512 at 1024^3, and 512 than 256, although a panel of b (1024 x 2
// vectors, 128 KB) then streams from L2.
constexpr int64_t kDepth = 1024;

// Rows of a in a block: 98 x 1024 floats are 392 KB, under half of a 1 MB L2, beside two panels of b and
// parts of c.
constexpr int64_t kRows = kTileRows * 7;

// Columns of b packed at once: 1024 x 2048 floats are 8 MB, which L3 holds for the whole pass over the rows.
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

// Panels of b as the tiles read them: columns [j, j + width) start at data + j * column, a step of k further
// is `row` elements on, or the panel's width where it was packed.
template <typename T>
struct Panels {
  const T* data;
  int64_t column, row;
  bool packed;
};

template <typename T>
int64_t panel_count(int64_t n) {
  return divide_up(divide_up(n, kLanes<T>), kTileVectors);
}

// First column of panel t.
template <typename T>
int64_t panel_start(int64_t t, int64_t n) {
  return tile_start(t, panel_count<T>(n), divide_up(n, kLanes<T>)) * kLanes<T>;
}

// Packed, a panel that starts at column j lies at to + j * k: k rows of its width in whole vectors.
template <typename T>
Panels<T> pack_b(Operand<T> b, int64_t k, int64_t n, T* to) {
  // Where rows are contiguous, 64 of them are read along all panels before the next 64: measured 3 % of the
  // product faster than a panel at a time, whose short reads lie a row apart. Where columns are, a panel goes
  // in one piece.
  const int64_t depth = b.col == 1 ? 64 : k;
  parallel_for(panel_count<T>(n), k * kTileVectors * kLanes<T>, [=](int64_t begin, int64_t end) {
    for (int64_t p = 0; p < k; p += depth) {
      for (int64_t t = begin; t < end; ++t) {
        const int64_t first = panel_start<T>(t, n);
        const int64_t width = panel_start<T>(t + 1, n) - first;
        for (int64_t j = 0; j < width; j += kLanes<T>) {
          const int64_t columns = std::min<int64_t>(kLanes<T>, n - first - j);
          pack_columns(b.at(p, first + j), std::min(depth, k - p), columns, to + first * k + p * width + j,
                       width);
        }
      }
    }
  });
  return {to, k, 0, true};
}

// A copy of a block of a: rows stay rows, and a transposed block stays transposed, so that it is copied in
// long runs. A cache line of padding puts neighbouring runs in different cache sets.
template <typename T>
Operand<T> pack_a(Operand<T> a, int64_t m, int64_t k, T* to) {
  const bool by_column = a.row == 1 && a.col != 1;
  const int64_t runs = by_column ? k : m;
  const int64_t length = by_column ? m : k;
  const int64_t stride = divide_up(length, kLanes<T>) * kLanes<T> + kLanes<T>;
  for (int64_t i = 0; i < runs; ++i) {
    const Operand<T> run = by_column ? a.at(0, i) : a.at(i, 0);
    if (by_column || a.col == 1) {
      std::copy_n(run.data, length, to + i * stride);
    } else {
      for (int64_t p = 0; p < length; ++p) to[i * stride + p] = run.data[p * a.col];
    }
  }
  return by_column ? Operand<T>{to, 1, stride} : Operand<T>{to, stride, 1};
}

// Multiplies panels [first_panel, last_panel) of b into all m rows of c.
template <typename T>
void multiply_panels(const Product<T>& x, const Panels<T>& b, int64_t first_panel, int64_t last_panel) {
  const int64_t row_tiles = divide_up(x.m, kTileRows);
  for (int64_t t = first_panel; t < last_panel; ++t) {
    const int64_t j = panel_start<T>(t, x.n);
    const int64_t end = panel_start<T>(t + 1, x.n);
    const int vectors = static_cast<int>((end - j) / kLanes<T>);
    const int last = kLanes<T> - static_cast<int>(std::max<int64_t>(0, end - x.n));
    Tile<T> tile{nullptr, x.a.row, x.a.col, b.data + j * b.column,         b.packed ? end - j : b.row,
                 nullptr, x.c_row, x.k,     x.bias ? x.bias + j : nullptr, x.accumulate,
                 last};
    for (int64_t i = 0; i < row_tiles; ++i) {
      const int64_t row = tile_start(i, row_tiles, x.m);
      const int64_t rows = tile_start(i + 1, row_tiles, x.m) - row;
      tile.a = x.a.at(row, 0).data;
      tile.c = x.c + row * x.c_row + j;
      tile_kernel<T>(static_cast<int>(rows), vectors, last < kLanes<T>)(tile);
    }
  }
}

// How a product is cut, from its sizes and strides alone.
struct Plan {
  bool pack_a, pack_b;
  int64_t row_blocks, panel_blocks;
};

template <typename T>
Plan plan(const Product<T>& x) {
  // In L1 as they lie: half of it for b, which all row tiles read again.
  constexpr int64_t kInPlace = 16384 / sizeof(T);
  // An operand is worth packing when this many tiles read it.
  constexpr int64_t kUses = 4;
  Plan plan{};
  plan.pack_b = x.b.col != 1 || (x.k * x.n > kInPlace && x.m > kUses * kTileRows);
  plan.pack_a = x.k * x.m > kInPlace && panel_count<T>(x.n) > kUses;
  // A vector multiply-add counts as one simple operation.
  const int64_t wanted = chunks_for(int64_t{1} << 20, x.m * x.n * x.k / kLanes<T>);
  plan.row_blocks = std::max(divide_up(x.m, kRows), std::min({wanted, x.m / (2 * kTileRows), int64_t{4}}));
  plan.row_blocks = std::max<int64_t>(plan.row_blocks, 1);
  plan.panel_blocks =
      std::clamp<int64_t>(wanted / plan.row_blocks, 1, std::max<int64_t>(panel_count<T>(x.n) / 4, 1));
  plan.panel_blocks = std::min<int64_t>(plan.panel_blocks, 4);
  return plan;
}

// One block of k and of columns: the part of the product that shares a packed b.
template <typename T>
void multiply_block(const Product<T>& x, const Plan& plan) {
  Panels<T> b{x.b.data, 1, x.b.row, false};
  if (plan.pack_b) {
    const int64_t padded = divide_up(x.n, kLanes<T>) * kLanes<T>;
    b = pack_b(x.b, x.k, x.n, workspace<T>(Workspace::kPackedB, padded * x.k));
  }
  const int64_t cells = plan.row_blocks * plan.panel_blocks;
  const int64_t cell_work = x.m * x.n * x.k / kLanes<T> / cells;
  parallel_for(cells, cell_work, [&](int64_t begin, int64_t end) {
    for (int64_t cell = begin; cell < end; ++cell) {
      const int64_t row = tile_start(cell / plan.panel_blocks, plan.row_blocks, x.m);
      Product<T> part = x;
      part.m = tile_start(cell / plan.panel_blocks + 1, plan.row_blocks, x.m) - row;
      part.a = x.a.at(row, 0);
      part.c = x.c + row * x.c_row;
      if (plan.pack_a) {
        const int64_t room = (std::max(part.m, x.k) + 2 * kLanes<T>)*std::max(part.m, x.k);
        part.a = pack_a(part.a, part.m, x.k, workspace<T>(Workspace::kPackedA, room));
      }
      const int64_t panels = panel_count<T>(x.n);
      const int64_t block = cell % plan.panel_blocks;
      multiply_panels(part, b, tile_start(block, plan.panel_blocks, panels),
                      tile_start(block + 1, plan.panel_blocks, panels));
    }
  });
}

// All of k in order, a block at a time; later blocks add to what the first wrote.
template <typename T>
void multiply(const Product<T>& x) {
  const Plan cut = plan(x);
  const int64_t column_blocks = std::max<int64_t>(divide_up(x.n, kColumns), 1);
  const int64_t depth_blocks = std::max<int64_t>(divide_up(x.k, kDepth), 1);
  for (int64_t j = 0; j < column_blocks; ++j) {
    const int64_t column = tile_start(j, column_blocks, x.n);
    for (int64_t d = 0; d < depth_blocks; ++d) {
      const int64_t p = tile_start(d, depth_blocks, x.k);
      Product<T> part = x;
      part.n = tile_start(j + 1, column_blocks, x.n) - column;
      part.k = tile_start(d + 1, depth_blocks, x.k) - p;
      part.a = x.a.at(0, p);
      part.b = x.b.at(p, column);
      part.c = x.c + column;
      part.bias = x.bias && d == 0 ? x.bias + column : nullptr;
      part.accumulate = x.accumulate || d > 0;
      multiply_block(part, cut);
    }
  }
}

// Cuts k into slices, each a product of its own into scratch memory, and adds them up in order.
template <typename T>
void multiply_slices(const Product<T>& x, int64_t slices) {
  T* partial = workspace<T>(Workspace::kPartialSums, slices * x.m * x.n);
  parallel_for(slices, x.m * x.n * x.k / kLanes<T> / slices, [&](int64_t begin, int64_t end) {
    for (int64_t s = begin; s < end; ++s) {
      const int64_t p = tile_start(s, slices, x.k);
      Product<T> part{x.a.at(0, p),
                      x.b.at(p, 0),
                      partial + s * x.m * x.n,
                      x.n,
                      x.m,
                      x.n,
                      tile_start(s + 1, slices, x.k) - p,
                      nullptr,
                      false};
      multiply(part);
    }
  });
  for (int64_t i = 0; i < x.m; ++i) {
    for (int64_t j = 0; j < x.n; ++j) {
      T sum = x.bias ? x.bias[j] : T{0};
      for (int64_t s = 0; s < slices; ++s) sum += partial[(s * x.m + i) * x.n + j];
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
    constexpr int64_t kSlice = 4 * kDepth;
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
