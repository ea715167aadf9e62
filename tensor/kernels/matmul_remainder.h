#pragma once

// The remainder of C's columns beyond whole vectors, where it is so narrow that a tile would leave three
// quarters of its lanes empty: up to a 128-bit lane of columns, by vectors along the rows. (With 32 rows of A
// and a k of 100, 100 columns take 8 % less time so.)
//
//   for each two vectors of rows
//     for each row of B, or four of them:  sums += columns of A * broadcast numbers of B     in registers
//     transpose the sums into rows of C
//
// The columns of a plain A are transposed in registers, those of a transposed one are vectors as they lie.
// As many rows and columns are always computed; where there are fewer, some twice, to the same bits.

#include <algorithm>

#include <libtensor/tensor/kernels/matmul_blocking.h>
#include <libtensor/tensor/kernels/transpose.h>

namespace lt::kernels {

// Two vectors of each column: eight sums keep the multiply-adds busy.
inline constexpr int kRemainderVectors = 2;

// How many of C's last columns are worth it, all beyond whole vectors or none: where k is one block, so that
// all of C is summed in one order, and A, which is read once more, lies in L2.
template <typename T>
int64_t remainder_columns(const Gemm<T>& x) {
  const int64_t columns = x.n() % kLanes<T>;
  if (columns == 0 || columns > kLane128<T> || kLane128<T> * 4 > kLanes<T> || x.n() < kLanes<T>) return 0;
  const int64_t rows = kRemainderVectors * kLanes<T>;
  if (x.m() < rows) return 0;
  const bool fits = x.a.row_stride == 1 || (x.a.column_stride == 1 && x.k() % kLane128<T> == 0);
  // Not where the last rows are mostly computed twice, nor where threads would share the product.
  const bool saves = divide_up(x.m(), rows) * rows * 3 <= x.m() * 4;
  return fits && saves && x.k() <= kKc<T> && !x.bias && bytes<T>(x.m(), x.k()) <= block_of_a_bytes() &&
                 chunks_for(x.work(), 1) == 1
             ? columns
             : 0;
}

// `Step` columns of A from a on, a vector of each.
template <typename T, int Step>
[[gnu::always_inline]] inline void load_columns(const T* a, const MatrixRef<T>& layout, Vec<T>* columns) {
  if constexpr (Step == 1) {
    columns[0] = load(a);
  } else {
    const int64_t stride = layout.row_stride;
    unroll<Step>([&](auto i) __attribute__((always_inline)) {
      columns[i] = load_lanes128<T, kLanes<T>, 0>([&](int first) { return a + (first + i) * stride; });
    });
    transpose_lanes128<T>(columns);
  }
}

// Two vectors of rows from row i on, the last kLane128 columns. Step (of k): 1 of a
// transposed A, or kLane128.
template <typename T, int Step>
void multiply_remainder_rows(const Gemm<T>& x, int64_t i) {
  constexpr int kColumns = kLane128<T>;
  const int64_t j = x.n() - kColumns;
  Vec<T> sum[kRemainderVectors][kColumns] = {};
  for (int64_t p = 0; p < x.k(); p += Step) {
    unroll<kRemainderVectors>([&](auto v) __attribute__((always_inline)) {
      Vec<T> a[Step];
      load_columns<T, Step>(x.a.at(i + v * kLanes<T>, p), x.a, a);
      unroll<Step>([&](auto s) __attribute__((always_inline)) {
        unroll<kColumns>([&](auto c) { sum[v][c] += a[s] * broadcast(*x.b.at(p + s, j + c)); });
      });
    });
  }
  unroll<kRemainderVectors>([&](auto v) __attribute__((always_inline)) {
    transpose_lanes128<T>(sum[v]);  // number r of lane q of sum[v][s] is column r of row q * kColumns + s
    unroll<kColumns>([&](auto s) {
      T lanes[kLanes<T>];
      store(lanes, sum[v][s]);
      for (int q = 0; q < kLanes<T> / kColumns; ++q) {
        T* const row = x.c + (i + v * kLanes<T> + q * kColumns + s) * x.c_row_stride + j;
        std::copy_n(lanes + q * kColumns, kColumns, row);
      }
    });
  });
}

template <typename T>
void multiply_remainder(const Gemm<T>& x) {
  constexpr int64_t kRemainderRows = kRemainderVectors * kLanes<T>;
  for (int64_t end = 0; end < x.m();) {
    end = std::min(end + kRemainderRows, x.m());
    x.a.row_stride == 1 ? multiply_remainder_rows<T, 1>(x, end - kRemainderRows)
                        : multiply_remainder_rows<T, kLane128<T>>(x, end - kRemainderRows);
  }
}

}  // namespace lt::kernels
