#pragma once

// Online softmax (Milakov and Gimelshein 2018, arXiv:1805.02867): maximum and sum of exponentials of a row of
// any length, in chunks that stay in L1. A chunk's maximum is taken, then its exponentials, which are added
// to a sum that is rescaled whenever the maximum has grown; so memory is read once, and the next chunk is
// prefetched while this one's exponentials are computed. Softmax keeps those exponentials, and a second pass
// scales them by what their chunk lacked.

#include <algorithm>
#include <cmath>
#include <limits>

#include <libtensor/tensor/kernels/simd.h>
#include <libtensor/tensor/kernels/simd_math.h>

namespace lt::kernels {

template <typename T>
class OnlineSoftmax {
 public:
  T max = -std::numeric_limits<T>::infinity();
  T sum = 0;

  // Reads x once; writes each chunk's e^(x - the maximum so far) to e unless e is null.
  OnlineSoftmax(const T* x, int64_t n, T* e) : n_(n) {
    // 4 KB, so that x and e are in L1 when they are needed again, or as much more as leaves kChunks of them.
    constexpr int64_t kChunk = 4096 / sizeof(T);
    chunk_ = std::max(kChunk, (n / kChunks + kLanes<T>) / kLanes<T> * kLanes<T>);
    for (int64_t c = 0; c * chunk_ < n; ++c) add_chunk(x, c, e);
  }

  // e -> softmax: undoes each chunk's own maximum, and divides by the sum.
  void finish(T* e, T scale) const {
    for (int64_t c = 0; c * chunk_ < n_; ++c) {
      const T factor = std::exp(maxima_[c] - max) / sum * scale;
      T* part = e + c * chunk_;
      map(part, part, length(c), [factor](Vec<T> v) { return v * factor; });
    }
  }

 private:
  static constexpr int64_t kChunks = 64;

  int64_t length(int64_t c) const { return std::min(chunk_, n_ - c * chunk_); }

  void add_chunk(const T* x, int64_t c, T* e) {
    const T* part = x + c * chunk_;
    const int64_t n = length(c);
    const T largest = std::max(max, largest_of(part, n));
    // e^(-inf - -inf) would be NaN; a row that is -inf so far has the sum 0 whatever is subtracted.
    const T shift = largest == -std::numeric_limits<T>::infinity() ? T{0} : largest;
    if (largest > max) sum *= std::exp(max - shift);
    max = largest;
    maxima_[c] = largest;
    Vec<T> total{};
    const Vec<T> shifts = broadcast(shift);
    const auto exponential = [&](Vec<T> v) { return exp(v - shifts); };
    int64_t i = 0;
    for (; i + kLanes<T> <= n; i += kLanes<T>) {
      const Vec<T> v = exponential(load(part + i));
      total += v;
      __builtin_prefetch(part + n + i);  // of the next chunk, or row
      if (e) store(e + c * chunk_ + i, v);
    }
    if (i < n) {
      const Tail<T> tail(n - i);
      const Vec<T> v = tail.select(exponential(tail.load(part + i)), Vec<T>{});
      total += v;
      if (e) tail.store(e + c * chunk_ + i, v);
    }
    sum += reduce_add<T>(total);
  }

  static T largest_of(const T* x, int64_t n) {
    constexpr int kMaxima = 4;  // as many as a comparison takes cycles
    Vec<T> largest[kMaxima];
    for (auto& v : largest) v = broadcast(-std::numeric_limits<T>::infinity());
    int64_t i = 0;
    for (; i + kMaxima * kLanes<T> <= n; i += kMaxima * kLanes<T>) {
      unroll<kMaxima>([&](auto a) { largest[a] = kernels::max(load(x + i + a * kLanes<T>), largest[a]); });
    }
    for (; i < n; i += kLanes<T>) {
      const Tail<T> tail(std::min<int64_t>(n - i, kLanes<T>));
      largest[0] = kernels::max(tail.select(tail.load(x + i), largest[0]), largest[0]);
    }
    unroll<kMaxima>([&](auto a) { largest[0] = kernels::max(largest[a], largest[0]); });
    return reduce_max<T>(largest[0]);
  }

  int64_t n_, chunk_ = 0;
  T maxima_[kChunks + 1];
};

}  // namespace lt::kernels
