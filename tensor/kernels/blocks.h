#pragma once

// Operands of an elementwise loop as dense blocks, through small buffers where they do not lie so.

#include <algorithm>
#include <cstdint>

#include <libtensor/tensor/kernels/walk.h>

namespace lt::kernels {

// Elements of a buffer: a few of them stay in the first-level cache, and a loop over one hides its own start.
inline constexpr int64_t kBlock = 512;

// The numbers at x, x + step, ... of which blocks are seen as dense arrays: where they lie, or in a buffer.
template <typename T>
class Blocks {
 public:
  Blocks(const T* x, int64_t step, int64_t n) : x_(x), step_(step) {
    if (step == 0) std::fill_n(buffer_, std::min(n, kBlock), *x);
  }

  // The m numbers from number i on; m <= kBlock unless step is 1.
  const T* at(int64_t i, int64_t m) {
    if (step_ == 1) return x_ + i;
    for (int64_t j = 0; step_ != 0 && j < m; ++j) buffer_[j] = x_[(i + j) * step_];
    return buffer_;
  }

 private:
  const T* x_;
  int64_t step_;
  T buffer_[kBlock];
};

// Calls loop(i, m, y) for blocks of m elements from i on, whose results go to the dense y.
template <typename Out, typename Loop>
void write_blocks(Out* out, int64_t step, int64_t n, bool all_dense, const Loop& loop) {
  if (all_dense) {
    loop(0, n, out);
    return;
  }
  Out buffer[kBlock];
  for (int64_t i = 0; i < n; i += kBlock) {
    const int64_t m = std::min(kBlock, n - i);
    loop(i, m, step == 1 ? out + i : buffer);
    if (step == 1) continue;
    for (int64_t j = 0; j < m; ++j) out[(i + j) * step] = buffer[j];
  }
}

// Rows of n numbers, `step` apart, whose first are `row` apart: several are seen end to end.
template <typename T>
class ShortRows {
 public:
  static constexpr int64_t kLongest = kBlock / 4;

  ShortRows(const T* x, int64_t row, int64_t step, int64_t n) : x_(x), row_(row), step_(step), n_(n) {}

  // Rows [i, i + count), where they lie or in a buffer; count * n <= kBlock.
  const T* at(int64_t i, int64_t count) {
    if (step_ == 1 && row_ == n_) return x_ + i * n_;
    if (row_ != 0 || filled_ < count) fill(i, count);
    return buffer_;
  }

 private:
  void fill(int64_t i, int64_t count) {
    T* to = buffer_;
    for (int64_t r = i; r < i + count; ++r, to += n_) {
      const T* from = x_ + r * row_;
      if (step_ == 0) {  // a few too many, which the next row writes over
        for (int64_t j = 0; j < n_; j += kSpill) std::fill_n(to + j, kSpill, *from);
      } else {
        for (int64_t j = 0; j < n_; ++j) to[j] = from[j * step_];
      }
    }
    filled_ = count;
  }

  static constexpr int64_t kSpill = 16;
  const T* x_;
  int64_t row_, step_, n_;
  int64_t filled_ = 0;  // rows in the buffer
  T buffer_[kBlock + kSpill];
};

// Whether operand 0's rows lie end to end.
template <size_t N>
bool writes_densely(const Walk<N>& walk) {
  return walk.strides[0][1] == 1 && walk.strides[0][0] == walk.inner_size();
}

// Whether the walk is over rows that are too short for a loop each. Where operand 0's do not lie end to end,
// its numbers are written one by one, which pays up to fewer of them.
template <size_t N>
bool has_short_rows(const Walk<N>& walk) {
  constexpr int64_t kLongestApart = 16;
  const int64_t n = walk.inner_size();
  if (walk.shape.size() != 2 || n == 0) return false;
  return n <= (writes_densely(walk) ? ShortRows<float>::kLongest : kLongestApart);
}

// Calls loop(i, count, y) for rows [first, last), `count` of them from row i on, whose results go to the
// dense y: operand 0, or a buffer from which they are written there.
template <size_t N, typename Out, typename Loop>
void write_short_rows(const Walk<N>& walk, Out* out, int64_t first, int64_t last, const Loop& loop) {
  const int64_t n = walk.inner_size();
  const int64_t row = walk.strides[0][0];
  const int64_t step = walk.strides[0][1];
  const bool dense = writes_densely(walk);
  Out buffer[kBlock];
  for (int64_t i = first; i < last; i += kBlock / n) {
    const int64_t count = std::min(kBlock / n, last - i);
    loop(i, count, dense ? out + i * n : buffer);
    if (dense) continue;
    const Out* from = buffer;
    for (int64_t r = i; r < i + count; ++r) {
      for (int64_t j = 0; j < n; ++j) out[r * row + j * step] = *from++;
    }
  }
}

}  // namespace lt::kernels
