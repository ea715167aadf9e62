#pragma once

// The last few columns of c beyond whole vectors, which would take a tile as long as a vector of them, by
// vectors of rows: of a transposed a as they lie, of another turned in registers, a piece of k at a time.
//
//   for each kLastRows rows
//     for each number or piece of k: sums += a's columns * b's numbers     in registers
//     turn the sums into rows of c
//
// Rows and columns are always as many, and overlap others where there are fewer: the same bits are written
// twice. (32, 100, 100 takes 8 % less time, 100, 100, 32 with a transposed a 11 %.)

#include <algorithm>

#include "tensor/kernels/matmul_plan.h"
#include "tensor/kernels/pack.h"

namespace lt::kernels {

// Two vectors of each column: eight sums, where columns are four, keep the multiply-adds busy.
inline constexpr int kLastVectors = 2;
template <typename T>
inline constexpr int kLastRows = kLastVectors* kLanes<T>;
template <typename T>
inline constexpr int kLastColumns = kPiece<T>;

// How many of c's last columns are worth it: up to a quarter of a vector, where a lies in L2, since it is
// read once more, and where k is a single block of the others too, so that all of c is summed in one order.
template <typename T>
int64_t last_columns(const Product<T>& x) {
  const int64_t left = x.n % kLanes<T>;
  const bool plain = !x.bias && !x.accumulate && x.activation == Activation::none;
  const bool fits =
      x.m >= kLastRows<T> &&
      (x.a.row == 1 ? x.k <= kLinesDepth : x.a.col == 1 && x.k <= kDepth<T> && x.k % kPiece<T> == 0);
  const bool worth = x.n > kLanes<T> && left <= kLanes<T> / 4 && bytes<T>(x.m, x.k) <= kBlockBytes;
  return plain && fits && worth ? left : 0;
}

// So many columns of kLanes rows of a, a vector of each.
template <typename T, int Columns>
[[gnu::always_inline]] inline void load_columns(const Operand<T>& a, Vec<T>* columns) {
  if constexpr (Columns == 1) {
    columns[0] = load(a.data);
  } else {
    unroll<kPiece<T>>([&](auto i) __attribute__((always_inline)) {
      const T* const rows = a.data + i * a.row;
      columns[i] = load_pieces<T, kLanes<T>, 0>([&](int first) { return rows + first * a.row; });
    });
    transpose_within_pieces<T, kLanes<T>>(columns);
  }
}

// kLastRows rows by kLastColumns columns of c. Step is how many of k: one where a is transposed, else a
// piece.
template <typename T, int Step>
void multiply_last_rows(const Operand<T>& a_rows, const Operand<T>& b_columns, T* c, int64_t c_row,
                        int64_t k) {
  Vec<T> sum[kLastVectors][kLastColumns<T>] = {};
  Operand<T> a = a_rows, b = b_columns;
  for (int64_t p = 0; p < k; p += Step, a = a.at(0, Step), b = b.at(Step, 0)) {
    unroll<kLastVectors>([&](auto v) __attribute__((always_inline)) {
      Vec<T> columns[Step];
      load_columns<T, Step>(a.at(v * kLanes<T>, 0), columns);
      unroll<Step>([&](auto u) __attribute__((always_inline)) {
        unroll<kLastColumns<T>>([&](auto j) { sum[v][j] += columns[u] * broadcast(*b.at(u, j).data); });
      });
    });
  }
  unroll<kLastVectors>([&](auto v) __attribute__((always_inline)) {
    Vec<T> rows[kLastColumns<T>];  // lanes i, i + kLastColumns<T>, ... of each column
    unroll<kLastColumns<T>>([&](auto j) { rows[j] = sum[v][j]; });
    transpose_within_pieces<T, kLanes<T>>(rows);
    unroll<kLastColumns<T>>([&](auto i) {
      T lanes[kLanes<T>];
      store(lanes, rows[i]);
      unroll<kLanes<T> / kLastColumns<T>>([&](auto q) {
        std::copy_n(lanes + q * kLastColumns<T>, kLastColumns<T>,
                    c + (v * kLanes<T> + q * kLastColumns<T> + i) * c_row);
      });
    });
  });
}

// The last kLastColumns columns of c.
template <typename T>
void multiply_last(const Product<T>& x) {
  const int64_t first = x.n - kLastColumns<T>;
  for (int64_t end = 0; end < x.m;) {
    end = std::min(end + kLastRows<T>, x.m);
    const int64_t i = end - kLastRows<T>;
    const Operand<T> a = x.a.at(i, 0);
    const Operand<T> b = x.b.at(0, first);
    T* const c = x.c + i * x.c_row + first;
    x.a.row == 1 ? multiply_last_rows<T, 1>(a, b, c, x.c_row, x.k)
                 : multiply_last_rows<T, kPiece<T>>(a, b, c, x.c_row, x.k);
  }
}

}  // namespace lt::kernels
