#pragma once

// Products that take less time turned, as c^T = b^T a^T:
//
// - whole, where b is transposed and has more numbers than a and c, as a layer's weight (out, in) beside a
//   small batch: a is packed in its stead, and c turned back;
// - whole, where a is transposed and c has few columns, as the gradient of such a layer's weight: each step
// of
//   k would touch a line of a for each tile, of which it needs a part; turned, a is read from end to end;
// - the last few columns beyond whole vectors, which would take as long as a vector of them, where a is
//   transposed, so that its columns are contiguous: they are rows of the turned product.
//
// Each number of c is the sum of the same products in the same order.

#include "tensor/kernels/activation.h"
#include "tensor/kernels/matmul_plan.h"
#include "tensor/kernels/pack.h"

namespace lt::kernels {

// The largest c^T, scratch memory that a thread keeps: with one of 2 MB (128, 4096) turning still saves a
// fifth.
inline constexpr int64_t kTurnedBytes = 4 << 20;

// The time that k times (m, n) takes, and copying or turning so many numbers: in eighths of a cycle, half a
// cycle for a vector multiply-add, 3/8 for a number.
template <typename T>
int64_t estimated_time(int64_t k, int64_t m, int64_t n, int64_t copied) {
  return k * m * divide_up(n, kLanes<T>) * 4 + copied * 3;
}

// Whether turning all of c pays: by a sixteenth at least, since it is estimated. A bias would be added after
// all of k, not after the first block of it.
template <typename T>
bool is_better_turned(const Product<T>& x) {
  const bool turns_a = x.a.row == 1 && x.a.col != 1 && x.n < x.m && x.n <= few_columns<T>();
  // For c of less than a vector of rows it does not pay.
  const bool turns_b = x.b.row == 1 && x.b.col != 1 && x.a.col == 1 && x.m >= kLanes<T>;
  if (!(turns_a || turns_b) || x.accumulate || (x.bias && x.k > kLinesDepth)) return false;
  if (bytes<T>(x.m, x.n) > kTurnedBytes) return false;
  if (turns_a && bytes<T>(x.m, x.k) > kSlowA) return true;
  const int64_t copied_b = x.b.col != 1 ? x.k * x.n : 0;
  const int64_t copied_a = turns_b ? x.k * x.m : 0;
  return estimated_time<T>(x.k, x.n, x.m, copied_a + x.m * x.n) * 16 <
         estimated_time<T>(x.k, x.m, x.n, copied_b) * 15;
}

// How many of c's last columns are worth turning: up to a quarter of a vector, where a lies in L2, since it
// is read once more, and where k is a single block for both products.
template <typename T>
int64_t turned_columns(const Product<T>& x) {
  const int64_t left = x.n % kLanes<T>;
  const bool plain = !x.bias && !x.accumulate && x.activation == Activation::none && x.k <= kLinesDepth;
  const bool worth =
      x.a.row == 1 && x.n > kLanes<T> && x.m >= 2 * kLanes<T> && bytes<T>(x.m, x.k) <= kBlockBytes;
  return plain && worth && left <= kLanes<T> / 4 ? left : 0;
}

// The transpose of c's columns from `first` on, (n - first, m) and dense, at `to`; without what is added and
// applied to each number of c.
template <typename T>
Product<T> turned(const Product<T>& x, int64_t first, T* to) {
  return {x.b.at(0, first).transposed(),
          x.a.transposed(),
          to,
          x.m,
          x.n - first,
          x.m,
          x.k,
          nullptr,
          false,
          Activation::none};
}

// c's columns from `first` on, from their transpose.
template <typename T>
void turn_back(const Product<T>& x, int64_t first, const T* from) {
  int64_t j = first;
  for (; j + kLanes<T> <= x.n; j += kLanes<T>, from += kLanes<T> * x.m) {
    pack_columns(Operand<T>{from, 1, x.m}, x.m, kLanes<T>, x.c + j, x.c_row);
  }
  for (; j < x.n; ++j, from += x.m) {
    for (int64_t i = 0; i < x.m; ++i) x.c[i * x.c_row + j] = from[i];
  }
  for (int64_t i = 0; x.bias && i < x.m; ++i) {
    for (j = first; j < x.n; ++j) x.c[i * x.c_row + j] += x.bias[j];
  }
  activate(x.activation, x.c + first, x.c_row, x.m, x.n - first);
}

}  // namespace lt::kernels
