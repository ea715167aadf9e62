#include <libtensor/tensor/kernels/normalize.h>

#include <algorithm>

#include <libtensor/tensor/kernels/column_sums.h>
#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/simd.h>

// One pass each over the matrices, in bands of columns: what belongs to a band's columns is loaded once and
// stays in registers while rows pass by, and so do their sums. Threads share rows, or column_sums.h's blocks
// of them.

namespace lt::kernels {
namespace {

constexpr int64_t kCost = 3;  // two reads, a write and four operations an element

// Vectors of a band: with two sums each, additions in flight for most of their latency, and five numbers for
// each column still fit the registers.
constexpr int kBand = kVectorBytes == 64 ? 4 : 2;

// Calls f(std::integral_constant<int, Vectors>, j, load, store) for bands that begin at column j and cover
// the n columns; the last vector is read and written masked.
template <typename T, typename F>
[[gnu::always_inline]] inline void each_band(int64_t n, const F& f) {
  int64_t j = 0;
  for (; j + kBand * kLanes<T> <= n; j += kBand * kLanes<T>) {
    f(
        std::integral_constant<int, kBand>(), j, [](const T* p) { return load(p); },
        [](T* p, Vec<T> v) { store(p, v); });
  }
  for (; j < n; j += kLanes<T>) {
    const Tail<T> tail(std::min<int64_t>(n - j, kLanes<T>));
    f(
        std::integral_constant<int, 1>(), j, [&](const T* p) { return tail.load(p); },
        [&](T* p, Vec<T> v) { tail.store(p, v); });
  }
}

// Numbers of a band's columns.
template <int Vectors, typename T>
struct Band {
  Vec<T> lanes[Vectors];

  template <typename Load>
  Band(const T* p, Load load) {
    unroll<Vectors>([&](auto v) { lanes[v] = load(p + v * kLanes<T>); });
  }
  Vec<T> operator[](int v) const { return lanes[v]; }
};

// Calls f(first, last) for short runs of rows: all bands of a run are done while its lines are close.
template <typename F>
void each_run(int64_t first, int64_t last, const F& f) {
  constexpr int64_t kRun = 16;
  for (int64_t i = first; i < last; i += kRun) f(i, std::min(i + kRun, last));
}

template <typename T>
void sum_block(const Columns<T>& c, const T* dy, int64_t first, int64_t last, T* sum_dy, T* sum_dy_x) {
  each_band<T>(c.n, [&](auto vectors, int64_t j, auto load, auto store) {
    constexpr int kVectors = vectors;
    const Band<kVectors, T> center(c.center + j, load);
    const Band<kVectors, T> inverse_std(c.inverse_std + j, load);
    Vec<T> plain[kVectors] = {};
    Vec<T> weighted[kVectors] = {};
    for (int64_t i = first; i < last; ++i) {
      unroll<kVectors>([&](auto v) {
        const int64_t at = i * c.n + j + v * kLanes<T>;
        const Vec<T> d = load(dy + at);
        plain[v] += d;
        weighted[v] += d * ((load(c.x + at) - center[v]) * inverse_std[v]);
      });
    }
    unroll<kVectors>([&](auto v) {
      store(sum_dy + j + v * kLanes<T>, plain[v]);
      store(sum_dy_x + j + v * kLanes<T>, weighted[v]);
    });
  });
}

}  // namespace

template <typename T>
void normalize_columns(const Columns<T>& c, const T* weight, const T* bias, T* y) {
  const auto run = [&](int64_t first, int64_t last) {
    each_band<T>(c.n, [&](auto vectors, int64_t j, auto load, auto store) {
      const Band<vectors, T> center(c.center + j, load);
      const Band<vectors, T> inverse_std(c.inverse_std + j, load);
      const Band<vectors, T> w(weight + j, load);
      const Band<vectors, T> b(bias + j, load);
      for (int64_t i = first; i < last; ++i) {
        unroll<vectors>([&](auto v) {
          const int64_t at = i * c.n + j + v * kLanes<T>;
          store(y + at, (load(c.x + at) - center[v]) * inverse_std[v] * w[v] + b[v]);
        });
      }
    });
  };
  parallel_for(c.rows, c.n * kCost, [&](int64_t first, int64_t last) { each_run(first, last, run); });
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
  const auto run = [&](int64_t first, int64_t last) {
    each_band<T>(c.n, [&](auto vectors, int64_t j, auto load, auto store) {
      const Band<vectors, T> center(c.center + j, load);
      const Band<vectors, T> inverse_std(c.inverse_std + j, load);
      const Band<vectors, T> factor(scale + j, load);
      const Band<vectors, T> offset(shift + j, load);
      const Band<vectors, T> tilt(slope + j, load);
      for (int64_t i = first; i < last; ++i) {
        unroll<vectors>([&](auto v) {
          const int64_t at = i * c.n + j + v * kLanes<T>;
          const Vec<T> normalized = (load(c.x + at) - center[v]) * inverse_std[v];
          store(dx + at, factor[v] * (load(dy + at) - offset[v] - normalized * tilt[v]));
        });
      }
    });
  };
  parallel_for(c.rows, c.n * kCost, [&](int64_t first, int64_t last) { each_run(first, last, run); });
}

#define LT_INSTANTIATE(T)                                                     \
  template void normalize_columns(const Columns<T>&, const T*, const T*, T*); \
  template void sum_columns(const Columns<T>&, const T*, T*, T*);             \
  template void normalize_columns_backward(const Columns<T>&, const T*, const T*, const T*, const T*, T*);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::kernels
