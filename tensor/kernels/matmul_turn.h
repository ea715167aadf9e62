#pragma once

// Products that take less time turned, as c^T = b^T a^T; the order of a sum stays the same, though its blocks
// of k may end elsewhere:
//
// - where b is transposed, as a layer's weight (out, in) beside a small batch: a is packed in its stead,
//   and c turned back;
// - where a is transposed and c has few columns, as the gradient of a layer of few outputs: its rows fill
//   vectors better, and a is read from end to end.

#include <libtensor/tensor/kernels/activation.h>
#include <libtensor/tensor/kernels/matmul_plan.h>
#include <libtensor/tensor/kernels/pack.h>

namespace lt::kernels {

// The largest c^T, scratch memory that a thread keeps: with one of 2 MB (128, 4096) turning still saves a
// fifth.
inline constexpr int64_t kTurnedBytes = 4 << 20;

// Whether turning pays: by a sixteenth at least, since it is estimated.
template <typename T>
bool is_better_turned(const Product<T>& x) {
  const bool turns_a = x.a.row == 1 && x.a.col != 1 && x.n < x.m && x.n <= few_columns<T>();
  // For c of less than a vector of rows it does not pay.
  const bool turns_b = x.b.row == 1 && x.b.col != 1 && x.a.col == 1 && x.m >= kLanes<T>;
  if (!(turns_a || turns_b) || x.accumulate || bytes<T>(x.m, x.n) > kTurnedBytes) return false;
  // A bias would be added after all of k, not after the first block of it.
  if (x.bias && x.k > (turns_a ? kLinesDepth : kDepth<T>)) return false;
  // Else a would be read a line at a time, since it is not packed for few columns, and c more than once.
  if (turns_a && x.k > kLinesDepth && bytes<T>(x.m, x.k) > kSlowA) return true;
  // In eighths of a cycle: half a cycle for a vector multiply-add, 3/8 for a number that is packed, 5/8 for
  // one that is turned back.
  const auto time = [&x](int64_t m, int64_t n) { return x.k * m * divide_up(n, kLanes<T>) * 4; };
  const int64_t now = time(x.m, x.n) + (x.b.col != 1 ? x.k * x.n * 3 : 0);
  const int64_t turned = time(x.n, x.m) + (turns_b ? x.k * x.m * 3 : 0) + x.m * x.n * 5;
  return turned * 16 < now * 15;
}

// The transpose of c, (n, m) and dense, at `to`; without what is added and applied to each number of c.
template <typename T>
Product<T> turned(const Product<T>& x, T* to) {
  return {x.b.transposed(), x.a.transposed(), to, x.m, x.n, x.m, x.k, nullptr, false, Activation::none};
}

// c from its transpose.
template <typename T>
void turn_back(const Product<T>& x, const T* from) {
  const int64_t tail = x.n / kLanes<T> * kLanes<T>;
  // The columns beyond whole vectors. Exactly kPiece of them: by pieces. Where c is dense: in vectors that
  // reach into the next rows, which are written after. What is left: one number at a time.
  int64_t i = 0;
  if (x.n - tail == kPiece<T>) {
    for (; i + kPiece<T> <= x.m; i += kPiece<T>) {
      const T* column = from + tail * x.m + i;
      transpose_pieces<T, kPiece<T>>([&](int, int j) { return column + j * x.m; }, x.c + i * x.c_row + tail,
                                     x.c_row);
    }
  } else if (x.c_row == x.n && x.n - tail > 3) {
    i = std::max<int64_t>((x.m * x.n - tail - kLanes<T>) / x.n, 0);
    pack_columns(Operand<T>{from + tail * x.m, 1, x.m}, i, x.n - tail, x.c + tail, x.n);
  }
  for (; i < x.m; ++i) {
    for (int64_t j = tail; j < x.n; ++j) x.c[i * x.c_row + j] = from[j * x.m + i];
  }
  for (int64_t j = 0; j < tail; j += kLanes<T>) {
    pack_columns(Operand<T>{from + j * x.m, 1, x.m}, x.m, kLanes<T>, x.c + j, x.c_row);
  }
  for (i = 0; x.bias && i < x.m; ++i) {
    for (int64_t j = 0; j < x.n; ++j) x.c[i * x.c_row + j] += x.bias[j];
  }
  activate(x.activation, x.c, x.c_row, x.m, x.n);
}

}  // namespace lt::kernels
