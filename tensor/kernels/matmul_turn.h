#pragma once

// Products that take less time turned, as c^T = b^T a^T with the same sums in the same order:
//
// - whole, where b is transposed and has more numbers than a and c, as a layer's weight (out, in) beside a
//   small batch: a is packed in its stead, and c turned back;
// - the last few columns beyond whole vectors, which would take as long as a vector of them, where a is
//   transposed, so that its columns are contiguous: they are rows of the turned product.

#include "tensor/kernels/activation.h"
#include "tensor/kernels/matmul_product.h"
#include "tensor/kernels/pack.h"

namespace lt::kernels {

// The largest c^T, scratch memory that a thread keeps: with one of 2 MB (128, 4096) turning still saves a
// fifth.
inline constexpr int64_t kTurnedBytes = 4 << 20;

// Whether turning all of c pays: by a sixteenth at least, since it is estimated. For c of less than a vector
// of rows it does not. A bias would be added after all of k, not after the first block of it.
template <typename T>
bool is_better_turned(const Product<T>& x) {
  if (x.b.row != 1 || x.b.col == 1 || x.a.col != 1 || x.m < kLanes<T>) return false;
  if (x.accumulate || (x.bias && x.k > kDepth<T>)) return false;
  if (x.m * x.n * static_cast<int64_t>(sizeof(T)) > kTurnedBytes) return false;
  // In eighths of a cycle: half a cycle for a vector multiply-add, 3/8 for a number that is packed or turned.
  const auto time = [&x](int64_t m, int64_t n, int64_t copied) {
    return x.k * m * divide_up(n, kLanes<T>) * 4 + copied * 3;
  };
  return time(x.n, x.m, x.m * (x.k + x.n)) * 16 < time(x.m, x.n, x.k * x.n) * 15;
}

// How many of c's last columns are worth turning: up to a quarter of a vector, where a lies in L2, since it
// is read once more, and where k is a single block for both products.
template <typename T>
int64_t turned_columns(const Product<T>& x) {
  const int64_t left = x.n % kLanes<T>;
  const bool plain = !x.bias && !x.accumulate && x.activation == Activation::none && x.k <= kLinesDepth;
  const bool worth = x.a.row == 1 && x.n > kLanes<T> && x.m >= 2 * kLanes<T> &&
                     x.m * x.k * static_cast<int64_t>(sizeof(T)) <= kBlockBytes;
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
