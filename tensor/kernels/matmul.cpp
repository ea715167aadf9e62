// The matrix product in the BLIS manner (Van Zee and van de Geijn 2015): five loops around a micro-kernel.
//
//   for each NC columns
//     for each KC of k
//       pack B, where it pays                       in parallel
//       for each macro-block of C                   in parallel: some rows by some micro-panels
//         pack A, where it pays
//         for each micro-panel of B                 matmul_packing.h
//           for each micro-tile of rows             matmul_microkernel.h
//
// matmul_blocking.h says how large these are, and what is packed. Where C is small and k deep (a weight
// gradient over a large batch), k is divided into slices instead, by the sizes alone, whose products are
// added in order. What the micro-kernel suits badly goes other ways: matmul() at the end of this file asks
// for each.

#include <libtensor/tensor/kernels/matmul.h>

#include <algorithm>
#include <type_traits>

#include <libtensor/tensor/kernels/matmul_blocking.h>
#include <libtensor/tensor/kernels/matmul_microkernel.h>
#include <libtensor/tensor/kernels/matmul_packing.h>
#include <libtensor/tensor/kernels/matmul_remainder.h>
#include <libtensor/tensor/kernels/matmul_skinny.h>
#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/transpose.h>
#include <libtensor/tensor/kernels/workspace.h>

namespace lt::kernels {
namespace {

struct Range {
  int64_t begin, end;
  int64_t size() const { return end - begin; }
};

// Part t of `parts`, each thing in which stands for `unit` of `count`.
Range part(const Partition& parts, int64_t t, int64_t unit, int64_t count) {
  return {parts.start(t) * unit, std::min(parts.start(t + 1) * unit, count)};
}

// Some rows and columns of C and a block of k: the first adds the bias, later ones add to what it wrote.
template <typename T>
Gemm<T> block_of(const Gemm<T>& x, Range rows, Range columns, Range k) {
  return {x.a.block(rows.begin, k.begin, rows.size(), k.size()),
          x.b.block(k.begin, columns.begin, k.size(), columns.size()),
          x.c + rows.begin * x.c_row_stride + columns.begin,
          x.c_row_stride,
          x.bias && k.begin == 0 ? x.bias + columns.begin : nullptr,
          k.begin > 0};
}

template <typename T>
Gemm<T> rows_of(const Gemm<T>& x, Range rows) {
  Gemm<T> y = x;
  y.a = x.a.block(rows.begin, 0, rows.size(), x.k());
  y.c += rows.begin * x.c_row_stride;
  return y;
}

// A micro-panel of B times all rows of A, in place or packed.
template <typename T>
void multiply_panel(const Gemm<T>& x, const Partition& tiles, const MicroPanel<T>& panel, const T* packed_a) {
  TileColumn<T> column;  // field by field: clearing it first would show in small products
  column.b = panel.b;
  column.c = x.c + panel.first;
  column.c_row_stride = x.c_row_stride;
  column.bias = x.bias ? x.bias + panel.first : nullptr;
  column.accumulate = x.accumulate;
  column.ahead = reinterpret_cast<const char*>(panel.b.at(panel.b.rows, 0));
  column.ahead_step = panel.next_follows ? bytes<T>(1, panel.b.row_stride) / tiles.parts : 0;
  int64_t i = 0;
  const auto multiply = [&](int64_t count, int64_t rows) {
    if (count == 0) return;
    column.a =
        packed_a ? MatrixRef<T>{packed_a + i * x.k(), rows, x.k(), 1, rows} : x.a.block(i, 0, rows, x.k());
    column.a_tile_stride = packed_a ? rows * x.k() : rows * x.a.row_stride;
    column.count = count;
    micro_kernel<T>(rows, panel.vectors, panel.is_masked())(column);
    column.c += count * rows * column.c_row_stride;
    column.ahead += count * x.k() * column.ahead_step;
    i += count * rows;
  };
  multiply(tiles.extra, tiles.least + 1);
  multiply(tiles.parts - tiles.extra, tiles.least);
}

// A macro-block: rows of C times some panels of B, one block of k. packs_b: each panel when its turn comes.
template <typename T>
void multiply_block(const Gemm<T>& x, const PanelsOfB<T>& panels, Range some, bool packs_a, bool packs_b) {
  Partition tiles = micro_tiles<T>(x.m(), kMaxTileVectors);
  int64_t vectors = kMaxTileVectors;
  const T* const packed_a = packs_a ? pack_a(x.a, tiles) : nullptr;
  for (int64_t t = some.begin; t < some.end; ++t) {
    const MicroPanel<T> panel = packs_b ? panels.pack_one(t) : panels[t];
    if (!packed_a && panel.vectors != vectors) tiles = micro_tiles<T>(x.m(), vectors = panel.vectors);
    multiply_panel(x, tiles, panel, packed_a);
  }
}

template <typename T>
void multiply_blocked(const Gemm<T>& x) {
  const Blocking plan = blocking(x);
  if (x.k() <= kKc<T> && x.n() <= columns_at_once() && plan.row_blocks == 1 && plan.column_groups == 1) {
    const PanelsOfB<T> panels(x.b, false);  // divisions and copies would show in small products
    return multiply_block(x, panels, {0, panels.count()}, false,
                          plan.pack_b);  // an A that is packed has several blocks of rows
  }
  const Partition columns(divide_up(x.n(), kLanes<T>), divide_up(x.n(), columns_at_once()));
  const Partition depths(x.k(), std::max<int64_t>(divide_up(x.k(), kKc<T>), 1));
  const Partition rows(x.m(), plan.row_blocks);
  for (int64_t slab = 0; slab < columns.parts * depths.parts; ++slab) {
    const Gemm<T> y = block_of(x, {0, x.m()}, part(columns, slab / depths.parts, kLanes<T>, x.n()),
                               part(depths, slab % depths.parts, 1, x.k()));
    const PanelsOfB<T> panels(y.b, plan.pack_b);
    const Partition groups(panels.count(), plan.column_groups);
    const int64_t blocks = rows.parts * groups.parts;
    parallel_for(blocks, y.work() / blocks, [&](int64_t begin, int64_t end) {
      for (int64_t block = begin; block < end; ++block) {
        const Range i = part(rows, block / groups.parts, 1, x.m());
        multiply_block(rows_of(y, i), panels, part(groups, block % groups.parts, 1, panels.count()),
                       plan.pack_a, false);
      }
    });
  }
}

// Slices of k, each a product of its own into scratch memory, added up in order.
template <typename T>
void multiply_slices(const Gemm<T>& x, int64_t count) {
  const int64_t m = x.m(), n = x.n();
  T* const partial = workspace<T>(Workspace::kPartialSums, count * m * n);
  const Partition slices(x.k(), count);
  parallel_for(count, m * n * slices.least / kLanes<T>, [&](int64_t begin, int64_t end) {
    for (int64_t s = begin; s < end; ++s) {
      const Range k = part(slices, s, 1, x.k());
      const Gemm<T> slice{x.a.block(0, k.begin, m, k.size()), x.b.block(k.begin, 0, k.size(), n),
                          partial + s * m * n, n};
      is_skinny(slice) ? multiply_skinny(slice) : multiply_blocked(slice);
    }
  });
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      T sum = x.bias ? x.bias[j] : T{0};
      for (int64_t s = 0; s < count; ++s) sum += partial[(s * m + i) * n + j];
      x.c[i * x.c_row_stride + j] = sum;
    }
  }
}

// C^T = B^T A^T, and C from it.
template <typename T>
void multiply_swapped(const Gemm<T>& x) {
  const int64_t m = x.m(), n = x.n();
  T* const ct = workspace<T>(Workspace::kPartialSums, n * m);
  multiply_blocked(Gemm<T>{x.b.transposed(), x.a.transposed(), ct, m});
  for (int64_t j = 0; j < n; j += kLanes<T>) {
    transpose_block(ct + j * m, m, m, std::min<int64_t>(kLanes<T>, n - j), x.c + j, x.c_row_stride);
  }
  for (int64_t i = 0; x.bias && i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) x.c[i * x.c_row_stride + j] += x.bias[j];
  }
}

// A plain loop, for tiny products and for whole numbers. These are exact in any order, and unsigned here,
// where overflow wraps as PyTorch's does. (With pointers that step along k GCC fuses no product with its sum,
// which gives other bits.)
template <typename T>
void multiply_plain(const MatrixRef<T>& a, const MatrixRef<T>& b, T* c, int64_t c_row_stride, const T* bias) {
  using Sum = std::conditional_t<std::is_integral_v<T>, uint64_t, T>;
  for (int64_t i = 0; i < a.rows; ++i) {
    for (int64_t j = 0; j < b.columns; ++j) {
      Sum sum = 0;
      for (int64_t p = 0; p < a.columns; ++p) {
        sum += static_cast<Sum>(*a.at(i, p)) * static_cast<Sum>(*b.at(p, j));
      }
      if (bias) sum += static_cast<Sum>(bias[j]);
      c[i * c_row_stride + j] = static_cast<T>(sum);
    }
  }
}

// So few multiplications are done before the loops around a tile are set up.
constexpr int64_t kTinyProduct = 16;

// How many slices k is divided into: of 4096 at least, where C is too small for threads to share.
template <typename T>
int64_t slices_of(const Gemm<T>& x) {
  constexpr int64_t kSlice = 4096;
  return x.m() * x.n() <= 16 * kLanes<T> * kLanes<T> ? std::clamp<int64_t>(x.k() / kSlice, 1, 16) : 1;
}

}  // namespace

template <typename T>
void matmul(const MatrixRef<T>& a, const MatrixRef<T>& b, T* c, int64_t c_row_stride, const T* bias) {
  if (std::is_integral_v<T> || a.rows * b.columns * a.columns <= kTinyProduct) {
    return multiply_plain(a, b, c, c_row_stride, bias);
  }
  if constexpr (!std::is_integral_v<T>) {
    Gemm<T> x{a, b, c, c_row_stride, bias};
    if (x.n() == 1) x.b.column_stride = 1;  // one column is contiguous whatever its stride
    if (const int64_t slices = slices_of(x); slices > 1) return multiply_slices(x, slices);
    if (is_skinny(x)) return multiply_skinny(x);
    if (is_better_swapped(x)) return multiply_swapped(x);
    if (const int64_t columns = remainder_columns(x)) {
      multiply_remainder(x, columns);
      x.b.columns -= columns;
    }
    multiply_blocked(x);
  }
}

template <typename T>
int64_t packed_size(int64_t rows, int64_t columns) {
  return rows * divide_up(columns, kLanes<T>) * kLanes<T>;
}

template <typename T>
PackedMatrix<T> pack_matrix(const MatrixRef<T>& b, T* to) {
  PanelsOfB<T>(b, false).pack(to);
  return {to, b.rows, b.columns};
}

template <typename T>
void multiply_packed(const MatrixRef<T>& a, const PackedMatrix<T>& b, int64_t columns, T* c,
                     int64_t c_row_stride, bool accumulate) {
  const Gemm<T> x{a, {b.data, b.rows, b.columns, 0, 0}, c, c_row_stride, nullptr, accumulate};
  const PanelsOfB<T> panels(x.b, b.data);
  for (int64_t t = 0; t < panels.count(); ++t) {
    MicroPanel<T> panel = panels[t];
    if (panel.first >= columns) return;
    panel.b.columns = std::min(panel.b.columns, columns - panel.first);
    panel.vectors = divide_up(panel.b.columns, kLanes<T>);
    multiply_panel<T>(x, micro_tiles<T>(a.rows, panel.vectors), panel, nullptr);
  }
}

#define LT_INSTANTIATE(T)                                        \
  template int64_t packed_size<T>(int64_t, int64_t);             \
  template PackedMatrix<T> pack_matrix(const MatrixRef<T>&, T*); \
  template void multiply_packed(const MatrixRef<T>&, const PackedMatrix<T>&, int64_t, T*, int64_t, bool);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE
template void matmul(const MatrixRef<float>&, const MatrixRef<float>&, float*, int64_t, const float*);
template void matmul(const MatrixRef<double>&, const MatrixRef<double>&, double*, int64_t, const double*);
template void matmul(const MatrixRef<int64_t>&, const MatrixRef<int64_t>&, int64_t*, int64_t, const int64_t*);

}  // namespace lt::kernels
