#pragma once

// A block of short rows, at most as many as a vector has lanes, for what needs a maximum, a sum or a
// logarithm for each row: one vector holds that of all rows. So a pass over the rows has no row wait for
// another, the vectors of all rows are combined in half the shuffles that one after the other would take, and
// a division or logarithm serves the block. Each pass reads the rows again, from L1.

#include <algorithm>
#include <limits>

#include <libtensor/tensor/kernels/simd.h>

namespace lt::kernels {

// Rows of `Vectors` vectors, the last of which is masked. Lanes beyond a row hold -inf, whose exponential is
// 0.
template <typename T, int Vectors>
class ShortRows {
 public:
  static constexpr int kVectors = Vectors;

  // x: `count` rows of n numbers, 1 <= count <= kLanes<T>
  ShortRows(const T* x, int64_t n, int64_t count)
      : x_(x), n_(n), count_(count), tail_(n - (Vectors - 1) * kLanes<T>) {}

  int64_t count() const { return count_; }

  // Vector i of row r.
  Vec<T> at(int64_t r, int i) const {
    const T* from = x_ + r * n_ + i * kLanes<T>;
    if (i < Vectors - 1) return load(from);
    return tail_.select(tail_.load(from), broadcast(-std::numeric_limits<T>::infinity()));
  }

  // Lane r is the largest number of row r; where one is NaN, either that or the largest of the others.
  Vec<T> maxima() const {
    return each_row(
        [this](int64_t r) {
          Vec<T> largest = at(r, Vectors - 1);
          unroll<Vectors - 1>([&](auto i) { largest = max(at(r, i), largest); });
          return largest;
        },
        [](Vec<T> a, Vec<T> b) { return max(a, b); });
  }

  // Lane r is the sum of all lanes of f(r, i) over the vectors i of row r.
  template <typename F>
  Vec<T> sums(F f) const {
    return each_row(
        [&f](int64_t r) {
          Vec<T> total{};
          unroll<Vectors>([&](auto i) { total += f(r, i); });
          return total;
        },
        [](Vec<T> a, Vec<T> b) { return a + b; });
  }

  // Row r of y is f(0), f(1)...
  template <typename F>
  void write(int64_t r, T* y, F f) const {
    T* const to = y + r * n_;
    unroll<Vectors - 1>([&](auto i) { store(to + i * kLanes<T>, f(i)); });
    tail_.store(to + (Vectors - 1) * kLanes<T>, f(Vectors - 1));
  }

 private:
  template <typename F, typename Combine>
  Vec<T> each_row(F f, Combine combine) const {
    if (count_ == 1) return reduce<T>(f(0), combine);  // as when one character is sampled: no need to join
    Vec<T> parts[kLanes<T>] = {};
    for (int64_t r = 0; r < count_; ++r) parts[r] = f(r);
    return reduce_each<T>(parts, combine);
  }

  const T* x_;
  int64_t n_, count_;
  Tail<T> tail_;
};

// Calls f(number of the first row, ShortRows) for each block of rows [begin, end) of x, which have n numbers
// each.
template <typename T, int Vectors, typename F>
void each_block(const T* x, int64_t begin, int64_t end, int64_t n, F f) {
  for (int64_t r = begin; r < end; r += kLanes<T>) {
    f(r, ShortRows<T, Vectors>(x + r * n, n, std::min<int64_t>(kLanes<T>, end - r)));
  }
}

}  // namespace lt::kernels
