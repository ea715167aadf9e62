#pragma once

// The last few columns of c beyond whole vectors, which would take a tile as long as a vector of them, by
// vectors of rows: of a transposed a as they lie, of another turned in registers, a piece of k at a time.
//
//   for each kLastRows rows
//     for each number or piece of k: sums += a's columns * b's numbers     in registers
//     turn the sums into rows of c
//
// Rows and columns are always as many, and overlap others where there are fewer: these are computed twice, in
// the same bits. (32, 100, 100 takes 8 % less time; with a transposed a, 100, 100, 32 takes 11 % less, 30,
// 200, 32 takes 3 %.)

#include <algorithm>

#include <libtensor/tensor/kernels/matmul_plan.h>
#include <libtensor/tensor/kernels/pack.h>

namespace lt::kernels {

// Two vectors of each column: eight sums or more keep the multiply-adds busy.
inline constexpr int kLastVectors = 2;
template <typename T>
inline constexpr int kLastRows = kLastVectors* kLanes<T>;

// Columns that are computed at once: a piece of them, or, where a need not be turned, half a vector.
template <typename T>
constexpr int columns_at_once(int64_t left) {
  return left <= kPiece<T> ? kPiece<T> : std::max(kPiece<T>, kLanes<T> / 2);
}

// How many of c's last columns are worth it: where a quarter of the sums' vectors are saved, in a product
// that one thread does, whose a, which is read once more, lies in L2; and where k is a single block of the
// others too, so that all of c is summed in one order.
template <typename T>
int64_t last_columns(const Product<T>& x) {
  const int64_t left = x.n % kLanes<T>;
  const bool is_transposed = x.a.row == 1;
  if (left == 0 || left > kLanes<T> / (is_transposed ? 2 : 4) || x.n < kLanes<T>) return 0;
  if (x.bias || x.accumulate || x.activation != Activation::none) return 0;
  const bool fits = is_transposed
                        ? x.m >= kLanes<T> && x.k <= kLinesDepth
                        : x.a.col == 1 && x.m >= kLastRows<T> && x.k <= kDepth<T> && x.k % kPiece<T> == 0;
  const int64_t sums = divide_up(x.m, kLastRows<T>) * kLastVectors * columns_at_once<T>(left);
  const bool saves = sums * 4 <= x.m * 3;
  return fits && saves && bytes<T>(x.m, x.k) <= kBlockBytes && chunks_for(work(x), 1) == 1 ? left : 0;
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

// Turns sums of kLanes rows, a vector of each column, into rows of c.
template <typename T, int Columns>
[[gnu::always_inline]] inline void store_columns(const Vec<T>* columns, T* c, int64_t c_row) {
  constexpr int kRows = kPiece<T>;
  unroll<Columns / kRows>([&](auto g) __attribute__((always_inline)) {
    Vec<T> rows[kRows];  // lanes i, i + kRows, ... of each column
    unroll<kRows>([&](auto j) { rows[j] = columns[g * kRows + j]; });
    transpose_within_pieces<T, kLanes<T>>(rows);
    unroll<kRows>([&](auto i) {
      T lanes[kLanes<T>];
      store(lanes, rows[i]);
      unroll<kLanes<T> / kRows>(
          [&](auto q) { std::copy_n(lanes + q * kRows, kRows, c + (q * kRows + i) * c_row + g * kRows); });
    });
  });
}

// Some columns of c, a vector of rows and one that begins `second` rows below it. Step is how many of k: one
// where a is transposed, else a piece.
template <typename T, int Step, int Columns>
void multiply_last_rows(const Operand<T>& a_rows, const Operand<T>& b_columns, T* c, int64_t c_row, int64_t k,
                        int64_t second) {
  Vec<T> sum[kLastVectors][Columns] = {};
  Operand<T> a = a_rows, b = b_columns;
  for (int64_t p = 0; p < k; p += Step, a = a.at(0, Step), b = b.at(Step, 0)) {
    unroll<kLastVectors>([&](auto v) __attribute__((always_inline)) {
      Vec<T> columns[Step];
      load_columns<T, Step>(a.at(v * second, 0), columns);
      unroll<Step>([&](auto u) __attribute__((always_inline)) {
        unroll<Columns>([&](auto j) { sum[v][j] += columns[u] * broadcast(*b.at(u, j).data); });
      });
    });
  }
  unroll<kLastVectors>([&](auto v) __attribute__((always_inline)) {
    store_columns<T, Columns>(sum[v], c + v * second * c_row, c_row);
  });
}

// The last columns of c, so many at once.
template <typename T, int Step, int Columns>
void multiply_last_columns(const Product<T>& x) {
  const int64_t first = x.n - Columns;
  const int64_t second = std::min<int64_t>(kLanes<T>, x.m - kLanes<T>);
  for (int64_t end = 0; end < x.m;) {
    end = std::min(end + kLastRows<T>, x.m);
    const int64_t i = std::max<int64_t>(end - kLastRows<T>, 0);
    multiply_last_rows<T, Step, Columns>(x.a.at(i, 0), x.b.at(0, first), x.c + i * x.c_row + first, x.c_row,
                                         x.k, second);
  }
}

// The last `left` columns of c, as last_columns says.
template <typename T>
void multiply_last(const Product<T>& x, int64_t left) {
  constexpr int kFew = columns_at_once<T>(1);
  constexpr int kMore = columns_at_once<T>(kLanes<T> / 2);
  if (x.a.row != 1) return multiply_last_columns<T, kPiece<T>, kFew>(x);
  left <= kFew ? multiply_last_columns<T, 1, kFew>(x) : multiply_last_columns<T, 1, kMore>(x);
}

}  // namespace lt::kernels
