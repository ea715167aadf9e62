#pragma once

// A batch of short rows, at most as many as a vector has lanes, for what needs a maximum, a sum or a
// logarithm of each row: one vector holds that of all rows. So a pass over the rows has no row wait for
// another, the vectors of all rows are combined in half the shuffles that one after the other would take, and
// a division or logarithm serves the batch. Each pass reads the rows again, from L1.

#include <algorithm>
#include <limits>

#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/simd.h>

namespace lt::kernels {

// Rows of `Vectors` vectors, the last of which is masked. Lanes past a row's end hold -inf: e^-inf is 0.
template <typename T, int Vectors>
class RowBatch {
 public:
  static constexpr int kRowVectors = Vectors;

  // x: `count` rows of n numbers, 1 <= count <= kLanes<T>
  RowBatch(const T* x, int64_t n, int64_t count)
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

// One number for each row of a batch.
template <typename T>
struct RowValues {
  T of[kLanes<T>];

  RowValues(Vec<T> v) { store(of, v); }  // NOLINT: implicit, it is the same thing in memory
  Vec<T> operator[](int64_t r) const { return broadcast(of[r]); }
};

// One vector for each of a batch's own.
template <typename T, typename Batch>
using BatchVectors = Vec<T>[kLanes<T>][Batch::kRowVectors];

// For rows of up to four vectors (then what a batch keeps of them is 4 KB and stays in L1), calls
// on_batch(number of the first row, RowBatch); for longer ones, on_row(number of the row). Threads share
// rows; a row is treated in the same way whatever rows are beside it.
//   shapes: x (rows, n)
template <typename T, typename OnBatch, typename OnRow>
void each_row_batch(const T* x, int64_t rows, int64_t n, OnBatch on_batch, OnRow on_row) {
  constexpr int64_t kWorkPerElement = 4;  // an exponential costs about four simple operations
  if (n == 0) return;
  parallel_for(rows, n * kWorkPerElement, [&](int64_t begin, int64_t end) {
    const auto batches_of = [&](auto vectors) {
      for (int64_t r = begin; r < end; r += kLanes<T>) {
        on_batch(r, RowBatch<T, vectors>(x + r * n, n, std::min<int64_t>(kLanes<T>, end - r)));
      }
    };
    switch ((n - 1) / kLanes<T>) {
      case 0:
        return batches_of(std::integral_constant<int, 1>());
      case 1:
        return batches_of(std::integral_constant<int, 2>());
      case 2:
        return batches_of(std::integral_constant<int, 3>());
      case 3:
        return batches_of(std::integral_constant<int, 4>());
      default:
        for (int64_t r = begin; r < end; ++r) on_row(r);
    }
  });
}

}  // namespace lt::kernels
