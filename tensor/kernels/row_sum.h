#pragma once

// Sums over a row by vectors, and loops over it, the last vector masked. The terms of a sum go to
// kRowAccumulators vectors in turn, at most kRowTerms to each; a longer row is halved, and the halves' sums
// are added. So the order depends on the length alone.

#include <cstdint>

#include <libtensor/tensor/kernels/simd.h>

namespace lt::kernels {

// Additions in flight that hide their latency.
inline constexpr int kRowAccumulators = 4;
// A longer chain loses accuracy, a shorter one spends its time on joining.
inline constexpr int64_t kRowTerms = 8;

// What Tail says of a row's last vector, for the others.
template <typename T>
struct FullVector {
  static Vec<T> load(const T* p) { return kernels::load(p); }
  static void store(T* p, Vec<T> v) { kernels::store(p, v); }
  static Vec<T> select(Vec<T> v, Vec<T>) { return v; }
};

// Calls f(j, lanes) for the vectors of n columns, from column j on; lanes is a FullVector, at the end a Tail.
template <typename T, typename F>
[[gnu::always_inline]] inline void each_vector(int64_t n, const F& f) {
  int64_t j = 0;
  for (; j + kLanes<T> <= n; j += kLanes<T>) f(j, FullVector<T>());
  if (j < n) f(j, Tail<T>(n - j));
}

template <typename T, int Sums>
struct Totals {
  Vec<T> v[Sums] = {};

  void add(const Totals& other) {
    unroll<Sums>([&](auto s) { v[s] += other.v[s]; });
  }
};

// The totals of columns [begin, end), at most kRowAccumulators * kRowTerms vectors: term(j, lanes, totals)
// adds those of one vector.
template <typename T, int Sums, typename Term>
[[gnu::always_inline]] inline Totals<T, Sums> sum_short(int64_t begin, int64_t end, const Term& term) {
  Totals<T, Sums> totals[kRowAccumulators];
  int64_t j = begin;
  for (; j + kRowAccumulators * kLanes<T> <= end; j += kRowAccumulators * kLanes<T>) {
    unroll<kRowAccumulators>([&](auto a) { term(j + a * kLanes<T>, FullVector<T>(), totals[a]); });
  }
  unroll<kRowAccumulators>([&](auto a) {
    const int64_t at = j + a * kLanes<T>;
    if (at + kLanes<T> <= end) {
      term(at, FullVector<T>(), totals[a]);
    } else if (at < end) {
      term(at, Tail<T>(end - at), totals[a]);
    }
  });
  totals[0].add(totals[1]);
  totals[2].add(totals[3]);
  totals[0].add(totals[2]);
  return totals[0];
}

// The same for any number of columns.
template <typename T, int Sums, typename Term>
Totals<T, Sums> sum_halves(int64_t begin, int64_t end, const Term& term) {
  const int64_t vectors = (end - begin + kLanes<T> - 1) / kLanes<T>;
  if (vectors <= kRowAccumulators * kRowTerms) return sum_short<T, Sums>(begin, end, term);
  const int64_t middle = begin + (vectors + 1) / 2 * kLanes<T>;
  Totals<T, Sums> total = sum_halves<T, Sums>(begin, middle, term);
  total.add(sum_halves<T, Sums>(middle, end, term));
  return total;
}

// For one sum over a row, the sum of its lanes.
template <typename T, typename Term>
[[gnu::always_inline]] inline T sum_row(int64_t n, const Term& term) {
  return reduce_add<T>(sum_halves<T, 1>(0, n, term).v[0]);
}

}  // namespace lt::kernels
