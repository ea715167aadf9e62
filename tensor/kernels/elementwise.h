#pragma once

// Elementwise loops over the walk of walk.h. `f` is written once, over dense Eigen arrays:
// [](const auto& a, const auto& b) { return a + b; }. Where an operand is not dense, the inner loop goes
// block by block through small buffers, so that one loop an op is compiled, and it is always vectorised.

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <type_traits>

#include "tensor/kernels/parallel.h"
#include "tensor/kernels/walk.h"

namespace lt::kernels {

template <typename T>
using ArrayMap = Eigen::Map<Eigen::Array<T, Eigen::Dynamic, 1>>;
template <typename T>
using ConstArrayMap = Eigen::Map<const Eigen::Array<T, Eigen::Dynamic, 1>>;

// What numbers are computed as: integers as unsigned, so that overflow wraps (as PyTorch's) and is defined.
template <typename T>
using Word = std::conditional_t<std::is_same_v<T, int64_t>, uint64_t, T>;
template <typename T>
Word<T>* words(T* numbers) {
  return reinterpret_cast<Word<T>*>(numbers);
}
template <typename T>
const Word<T>* words(const T* numbers) {
  return reinterpret_cast<const Word<T>*>(numbers);
}

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
  ConstArrayMap<T> at(int64_t i, int64_t m) {
    if (step_ == 1) return {x_ + i, m};
    for (int64_t j = 0; step_ != 0 && j < m; ++j) buffer_[j] = x_[(i + j) * step_];
    return {buffer_, m};
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

// out = f(a)
template <typename Out, typename T, typename F>
void map_unary(const Shape& shape, Out* out, const Strides& out_strides, const T* a, const Strides& a_strides,
               F f) {
  const auto walk = plan<2>(shape, {out_strides, a_strides});
  const auto step = walk.inner_strides();
  run(walk, [&](int64_t n, const std::array<int64_t, 2>& offset) {
    Blocks<T> u(a + offset[1], step[1], n);
    write_blocks(out + offset[0], step[0], n, step[0] == 1 && step[1] == 1,
                 [&](int64_t i, int64_t m, Out* y) { ArrayMap<Out>(y, m) = f(u.at(i, m)); });
  });
}

// Rows of n numbers, `step` apart, whose first are `row` apart: several are seen end to end.
template <typename T>
class ShortRows {
 public:
  static constexpr int64_t kLongest = kBlock / 4;

  ShortRows(const T* x, int64_t row, int64_t step, int64_t n) : x_(x), row_(row), step_(step), n_(n) {}

  // Rows [i, i + count), where they lie or in a buffer; count * n <= kBlock.
  ConstArrayMap<T> at(int64_t i, int64_t count) {
    if (step_ == 1 && row_ == n_) return {x_ + i * n_, count * n_};
    if (row_ != 0 || filled_ < count) fill(i, count);
    return {buffer_, count * n_};
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

// Whether the walk is over rows that are too short for a loop each, into a dense operand 0.
template <size_t N>
bool has_short_rows(const Walk<N>& walk) {
  const int64_t n = walk.inner_size();
  return walk.shape.size() == 2 && n > 0 && n <= ShortRows<float>::kLongest && walk.strides[0][1] == 1 &&
         walk.strides[0][0] == n;
}

// out = f(a, b)
template <typename Out, typename T, typename F>
void map_short_rows(const Walk<3>& walk, Out* out, const T* a, const T* b, F f) {
  const int64_t n = walk.inner_size();
  parallel_for(walk.outer_count(), n, [&](int64_t first, int64_t last) {
    ShortRows<T> u(a, walk.strides[1][0], walk.strides[1][1], n);
    ShortRows<T> v(b, walk.strides[2][0], walk.strides[2][1], n);
    for (int64_t i = first; i < last; i += kBlock / n) {
      const int64_t rows = std::min(kBlock / n, last - i);
      ArrayMap<Out>(out + i * n, rows * n) = f(u.at(i, rows), v.at(i, rows));
    }
  });
}

// out = f(a, b)
template <typename Out, typename T, typename F>
void map_binary(const Shape& shape, Out* out, const Strides& out_strides, const T* a,
                const Strides& a_strides, const T* b, const Strides& b_strides, F f) {
  const auto walk = plan<3>(shape, {out_strides, a_strides, b_strides});
  if (has_short_rows(walk)) return map_short_rows(walk, out, a, b, f);
  const auto step = walk.inner_strides();
  const bool all_dense = step[0] == 1 && step[1] == 1 && step[2] == 1;
  run(walk, [&](int64_t n, const std::array<int64_t, 3>& offset) {
    Blocks<T> u(a + offset[1], step[1], n);
    Blocks<T> v(b + offset[2], step[2], n);
    write_blocks(out + offset[0], step[0], n, all_dense,
                 [&](int64_t i, int64_t m, Out* y) { ArrayMap<Out>(y, m) = f(u.at(i, m), v.at(i, m)); });
  });
}

}  // namespace lt::kernels
