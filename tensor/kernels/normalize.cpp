#include "tensor/kernels/normalize.h"

#include <algorithm>

#include "tensor/kernels/column_sums.h"
#include "tensor/kernels/parallel.h"
#include "tensor/kernels/vector.h"

// One pass each over the matrices. A row is a loop over vectors of columns; sums are kept in registers, a few
// vectors of columns at a time, for each of column_sums.h's blocks. Threads share rows, or blocks of them.

namespace lt::kernels {
namespace {

constexpr int64_t kCost = 3;  // two reads, a write and four operations an element
// Sums of two kinds in so many vectors: enough additions in flight to hide their latency.
constexpr int kBand = 4;

// Calls f(j, load, store) for every vector of the n columns from j on; the last is read and written masked.
template <typename T, typename F>
[[gnu::always_inline]] inline void each_vector(int64_t n, const F& f) {
  int64_t j = 0;
  for (; j + kLanes<T> <= n; j += kLanes<T>) {
    f(
        j, [](const T* p) { return load(p); }, [](T* p, Vec<T> v) { store(p, v); });
  }
  if (j == n) return;
  const Tail<T> tail(n - j);
  f(
      j, [&](const T* p) { return tail.load(p); }, [&](T* p, Vec<T> v) { tail.store(p, v); });
}

// x^ of row i in the vector from column j on.
template <typename T, typename Load>
[[gnu::always_inline]] inline Vec<T> normalized(const Columns<T>& c, int64_t i, int64_t j, Load load) {
  return (load(c.x + i * c.n + j) - load(c.center + j)) * load(c.inverse_std + j);
}

// The sums of rows [first, last) in Vectors vectors of columns from j on.
template <int Vectors, typename T, typename Load, typename Store>
[[gnu::always_inline]] inline void sum_band(const Columns<T>& c, const T* dy, int64_t first, int64_t last,
                                            int64_t j, Load load, Store store, T* sum_dy, T* sum_dy_x) {
  Vec<T> plain[Vectors] = {};
  Vec<T> weighted[Vectors] = {};
  for (int64_t i = first; i < last; ++i) {
    unroll<Vectors>([&](auto v) {
      const Vec<T> d = load(dy + i * c.n + j + v * kLanes<T>);
      plain[v] += d;
      weighted[v] += d * normalized(c, i, j + v * kLanes<T>, load);
    });
  }
  unroll<Vectors>([&](auto v) {
    store(sum_dy + j + v * kLanes<T>, plain[v]);
    store(sum_dy_x + j + v * kLanes<T>, weighted[v]);
  });
}

template <typename T>
void sum_block(const Columns<T>& c, const T* dy, int64_t first, int64_t last, T* sum_dy, T* sum_dy_x) {
  int64_t j = 0;
  for (; j + kBand * kLanes<T> <= c.n; j += kBand * kLanes<T>) {
    sum_band<kBand>(
        c, dy, first, last, j, [](const T* p) { return load(p); }, [](T* p, Vec<T> v) { store(p, v); },
        sum_dy, sum_dy_x);
  }
  for (; j < c.n; j += kLanes<T>) {
    const Tail<T> tail(std::min<int64_t>(c.n - j, kLanes<T>));
    sum_band<1>(
        c, dy, first, last, j, [&](const T* p) { return tail.load(p); },
        [&](T* p, Vec<T> v) { tail.store(p, v); }, sum_dy, sum_dy_x);
  }
}

}  // namespace

template <typename T>
void normalize_columns(const Columns<T>& c, const T* weight, const T* bias, T* y) {
  parallel_for(c.rows, c.n * kCost, [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) {
      each_vector<T>(c.n, [&](int64_t j, auto load, auto store) {
        store(y + i * c.n + j, normalized(c, i, j, load) * load(weight + j) + load(bias + j));
      });
    }
  });
}

template <typename T>
void sum_columns(const Columns<T>& c, const T* dy, T* sum_dy, T* sum_dy_x) {
  sum_columns_in_blocks(c.rows, c.n, c.n * kCost, sum_dy, sum_dy_x,
                        [&](int64_t first, int64_t last, T* sums, T* weighted) {
                          sum_block(c, dy, first, last, sums, weighted);
                        });
}

template <typename T>
void normalize_columns_backward(const Columns<T>& c, const T* dy, const T* scale, const T* shift,
                                const T* slope, T* dx) {
  parallel_for(c.rows, c.n * kCost, [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) {
      each_vector<T>(c.n, [&](int64_t j, auto load, auto store) {
        const Vec<T> centered = load(dy + i * c.n + j) - load(shift + j);
        store(dx + i * c.n + j, load(scale + j) * (centered - normalized(c, i, j, load) * load(slope + j)));
      });
    }
  });
}

#define LT_INSTANTIATE(T)                                                     \
  template void normalize_columns(const Columns<T>&, const T*, const T*, T*); \
  template void sum_columns(const Columns<T>&, const T*, T*, T*);             \
  template void normalize_columns_backward(const Columns<T>&, const T*, const T*, const T*, const T*, T*);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::kernels
