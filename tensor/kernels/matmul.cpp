// The matrix product in the BLIS manner: loops around one register tile (matmul_tile.h).
//
//   for each block of columns (kColumns)
//     for each block of k (kDepth)                          or within each cell, where a block is little work
//       pack b, where that is done as a whole               in parallel
//       for each cell, a block of rows by a few panels      in parallel, each a part of c of its own
//         for each panel of b, one tile wide                matmul_block.h
//           for each tile of rows: multiply_tile
//
// A block of rows of a stays in L2 while all of b passes by. Operands are read where they lie, through their
// strides, or packed: matmul_plan.h says when. A product that is small in c and deep in k (a weight gradient
// over a large batch) is cut along k instead, into slices that depend on the sizes alone, whose partial
// products are added in order. Some products are turned, c^T = b^T a^T (matmul_turn.h), those with few rows
// or columns are dot products (matmul_few.h), and a few columns beyond whole vectors are done by vectors of
// rows (matmul_last.h). Tiny products and those of whole numbers are a plain loop.

#include <libtensor/tensor/kernels/matmul.h>

#include <algorithm>

#include <libtensor/tensor/kernels/matmul_block.h>
#include <libtensor/tensor/kernels/matmul_few.h>
#include <libtensor/tensor/kernels/matmul_last.h>
#include <libtensor/tensor/kernels/matmul_plan.h>
#include <libtensor/tensor/kernels/matmul_turn.h>
#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/workspace.h>

namespace lt::kernels {
namespace {

struct Range {
  int64_t begin, end;
  int64_t size() const { return end - begin; }
};

// Part t of `deal`, each thing in which stands for `unit` of `count`.
Range part(const Deal& deal, int64_t t, int64_t unit, int64_t count) {
  return {deal.start(t) * unit, std::min(deal.start(t + 1) * unit, count)};
}

// Some rows and columns of c and a block of k: the first adds the bias, later ones to what the first wrote,
// and the last is activated.
template <typename T>
Product<T> part_of(const Product<T>& x, Range rows, Range columns, Range k) {
  Product<T> part = x;
  part.a = x.a.at(rows.begin, k.begin);
  part.b = x.b.at(k.begin, columns.begin);
  part.c = x.c + rows.begin * x.c_row + columns.begin;
  part.m = rows.size();
  part.n = columns.size();
  part.k = k.size();
  part.bias = x.bias && k.begin == 0 ? x.bias + columns.begin : nullptr;
  part.accumulate = x.accumulate || k.begin > 0;
  part.activation = k.end == x.k ? x.activation : Activation::none;
  return part;
}

// f(i, g) for rows i and columns g, in parallel.
template <typename F>
void for_each_cell(const Deal& rows, const Deal& groups, int64_t work, F&& f) {
  const int64_t cells = rows.parts * groups.parts;
  parallel_for(cells, work / cells, [&](int64_t begin, int64_t end) {
    for (int64_t cell = begin; cell < end; ++cell) f(cell / groups.parts, cell % groups.parts);
  });
}

template <typename T>
void multiply_cell(Product<T> x, const Panels<T>& panels, Range group, const Plan& plan) {
  x.a_packed = plan.pack_a;
  if (plan.pack_a) x.a = pack_a(x.a, deal_rows(x, kTileVectors, plan.fetch), x.m, x.k);
  multiply_block(x, panels, group.begin, group.end, plan.fetch);
}

template <typename T>
void multiply_cell(const Product<T>& x, const Plan& plan) {
  const Panels<T> panels(x.b, x.n, x.k, plan.pack_b);
  multiply_cell(x, panels, {0, panels.count()}, plan);
}

// One block of k, where b is packed for all cells.
template <typename T>
void multiply_together(const Product<T>& x, const Plan& plan) {
  const Panels<T> panels(x.b, x.n, x.k, plan.pack_b);
  const Deal rows(x.m, plan.row_blocks);
  const Deal groups(panels.count(), plan.column_groups);
  for_each_cell(rows, groups, work(x), [&](int64_t i, int64_t g) {
    const Product<T> cell = part_of(x, part(rows, i, 1, x.m), {0, x.n}, {0, x.k});
    multiply_cell(cell, panels, part(groups, g, 1, panels.count()), plan);
  });
}

// Blocks of k, all of them in one cell before the next, and each cell with what it packs.
template <typename T>
void multiply_cells(const Product<T>& x, const Deal& depths, const Plan& plan) {
  const Deal rows(x.m, plan.row_blocks);
  const Deal groups(divide_up(x.n, kLanes<T>), plan.column_groups);
  for_each_cell(rows, groups, work(x), [&](int64_t i, int64_t g) {
    const Range columns = part(groups, g, kLanes<T>, x.n);
    for (int64_t d = 0; d < depths.parts; ++d) {
      multiply_cell(part_of(x, part(rows, i, 1, x.m), columns, part(depths, d, 1, x.k)), plan);
    }
  });
}

template <typename T>
void multiply(const Product<T>& x) {
  const Plan cut = plan(x);
  const Deal depths(x.k, std::max<int64_t>(divide_up(x.k, cut.depth), 1));
  const Deal columns(divide_up(x.n, kLanes<T>), divide_up(x.n, kColumns));
  const bool whole = depths.parts == 1 && columns.parts == 1 && cut.row_blocks == 1 && cut.column_groups == 1;
  if (whole) return multiply_cell(x, cut);  // divisions and copies would show in small products
  for (int64_t b = 0; b < columns.parts; ++b) {
    const Range j = part(columns, b, kLanes<T>, x.n);
    if (cut.apart) {
      multiply_cells(part_of(x, {0, x.m}, j, {0, x.k}), depths, cut);
      continue;
    }
    for (int64_t d = 0; d < depths.parts; ++d) {
      const Product<T> block = part_of(x, {0, x.m}, j, part(depths, d, 1, x.k));
      cut.pack_b == PackB::whole ? multiply_together(block, cut)
                                 : multiply_cells(block, Deal(block.k, 1), cut);
    }
  }
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
      is_few(part) ? multiply_few(part) : multiply(part);
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

template <typename T>
void multiply_turned(const Product<T>& x) {
  T* const c = workspace<T>(Workspace::kPartialSums, x.n * x.m);
  multiply(turned(x, c));
  turn_back(x, c);
}

// So few multiplications are done before the loops around a tile are set up.
constexpr int64_t kTinyProduct = 16;

// A plain loop, for tiny products and for whole numbers. These are exact in any order, and unsigned here,
// where overflow wraps as PyTorch's does.
template <typename T>
void multiply_plain(const Product<T>& x) {
  using Sum = std::conditional_t<std::is_integral_v<T>, uint64_t, T>;
  for (int64_t i = 0; i < x.m; ++i) {
    for (int64_t j = 0; j < x.n; ++j) {
      T& c = x.c[i * x.c_row + j];
      Sum sum = 0;
      for (int64_t p = 0; p < x.k; ++p) {
        sum += static_cast<Sum>(*x.a.at(i, p).data) * static_cast<Sum>(*x.b.at(p, j).data);
      }
      if (x.bias) sum += static_cast<Sum>(x.bias[j]);
      if (x.accumulate) sum += static_cast<Sum>(c);
      c = static_cast<T>(sum);
    }
  }
  if constexpr (!std::is_integral_v<T>) activate(x.activation, x.c, x.c_row, x.m, x.n);
}

}  // namespace

template <typename T>
void matmul(const T* a, int64_t a_row, int64_t a_col, const T* b, int64_t b_row, int64_t b_col, T* c,
            int64_t c_row, int64_t m, int64_t n, int64_t k, const T* bias, bool accumulate,
            Activation activation) {
  if (m == 0 || n == 0) return;
  Product<T> x{{a, a_row, a_col}, {b, b_row, b_col}, c, c_row, m, n, k, bias, accumulate, activation};
  if (std::is_integral_v<T> || m * n * k <= kTinyProduct) return multiply_plain(x);
  if constexpr (!std::is_integral_v<T>) {
    if (n == 1) x.b.col = 1;  // one column is contiguous whatever its stride
    // Slices of at least kSlice of k, where c is too small to be shared by threads.
    constexpr int64_t kSlice = 4096;
    const int64_t slices = m * n <= kLanes<T> * kLanes<T> * 16 ? std::clamp<int64_t>(k / kSlice, 1, 16) : 1;
    if (slices > 1) return multiply_slices(x, slices);
    if (is_few(x)) return multiply_few(x);
    if (is_better_turned(x)) return multiply_turned(x);
    if (const int64_t last = last_columns(x)) {
      multiply_last(x, last);
      x.n -= last;
    }
    multiply(x);
  }
}

template void matmul(const float*, int64_t, int64_t, const float*, int64_t, int64_t, float*, int64_t, int64_t,
                     int64_t, int64_t, const float*, bool, Activation);
template void matmul(const double*, int64_t, int64_t, const double*, int64_t, int64_t, double*, int64_t,
                     int64_t, int64_t, int64_t, const double*, bool, Activation);
template void matmul(const int64_t*, int64_t, int64_t, const int64_t*, int64_t, int64_t, int64_t*, int64_t,
                     int64_t, int64_t, int64_t, const int64_t*, bool, Activation);

}  // namespace lt::kernels
