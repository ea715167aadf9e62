#include <libtensor/tensor/kernels/batch_norm.h>

// Each pass over the matrices goes by blocks of columns: what belongs to them is loaded once and stays in
// registers while rows pass by, and so do their sums. Threads share rows, or sum_columns's blocks of them.

namespace lt::kernels {
namespace {

constexpr int64_t kNormCost = 3;  // two reads, a write and four operations an element

// Vectors of a column block: with two sums each, additions in flight for most of their latency, and five
// numbers for each column still fit the registers.
constexpr int kNormVectors = kVectorBytes == 64 ? 4 : 2;

// Calls f(std::integral_constant<int, Vectors>, lanes, j) for blocks of so many vectors that begin at column
// j and cover the n columns; lanes is FullVector or, for the last vector, a Tail.
template <typename T, typename F>
[[gnu::always_inline]] inline void each_column_block(int64_t n, const F& f) {
  int64_t j = 0;
  for (; j + kNormVectors * kLanes<T> <= n; j += kNormVectors * kLanes<T>) {
    f(std::integral_constant<int, kNormVectors>(), FullVector<T>(), j);
  }
  for (; j < n; j += kLanes<T>) {
    f(std::integral_constant<int, 1>(), Tail<T>(std::min<int64_t>(n - j, kLanes<T>)), j);
  }
}

// The same for short runs of rows, over threads, as f(vectors, lanes, j, first row, last row): all columns of
// a run are done while its cache lines are close.
template <typename T, typename F>
void parallel_blocks(const NormInput<T>& input, const F& f) {
  constexpr int64_t kRun = 16;
  parallel_for(input.rows, input.n * kNormCost, [&](int64_t begin, int64_t end) {
    for (int64_t first = begin; first < end; first += kRun) {
      const int64_t last = std::min(first + kRun, end);
      each_column_block<T>(
          input.n, [&](auto vectors, const auto& lanes, int64_t j) { f(vectors, lanes, j, first, last); });
    }
  });
}

// One number for each column of a block.
template <int Vectors, typename T>
struct ColumnNumbers {
  Vec<T> v[Vectors];

  template <typename Lanes>
  ColumnNumbers(const T* p, const Lanes& lanes) {
    unroll<Vectors>([&](auto i) { v[i] = lanes.load(p + i * kLanes<T>); });
  }
  Vec<T> operator[](int i) const { return v[i]; }
};

template <typename T>
void sum_rows(const NormInput<T>& input, const T* dy, int64_t first, int64_t last, T* d_weight, T* d_bias) {
  each_column_block<T>(input.n, [&](auto vectors, const auto& lanes, int64_t j) {
    const ColumnNumbers<vectors, T> mean(input.mean + j, lanes);
    const ColumnNumbers<vectors, T> inverse_std(input.inverse_std + j, lanes);
    Vec<T> plain[vectors] = {};
    Vec<T> weighted[vectors] = {};
    for (int64_t i = first; i < last; ++i) {
      unroll<vectors>([&](auto v) {
        const int64_t at = i * input.n + j + v * kLanes<T>;
        const Vec<T> d = lanes.load(dy + at);
        plain[v] += d;
        weighted[v] += d * ((lanes.load(input.x + at) - mean[v]) * inverse_std[v]);
      });
    }
    unroll<vectors>([&](auto v) {
      lanes.store(d_bias + j + v * kLanes<T>, plain[v]);
      lanes.store(d_weight + j + v * kLanes<T>, weighted[v]);
    });
  });
}

}  // namespace

template <typename T>
void batch_norm(const NormInput<T>& input, const T* weight, const T* bias, T* y) {
  parallel_blocks(input, [&](auto vectors, const auto& lanes, int64_t j, int64_t first, int64_t last) {
    const ColumnNumbers<vectors, T> mean(input.mean + j, lanes);
    const ColumnNumbers<vectors, T> inverse_std(input.inverse_std + j, lanes);
    const ColumnNumbers<vectors, T> w(weight + j, lanes);
    const ColumnNumbers<vectors, T> b(bias + j, lanes);
    for (int64_t i = first; i < last; ++i) {
      unroll<vectors>([&](auto v) {
        const int64_t at = i * input.n + j + v * kLanes<T>;
        lanes.store(y + at, (lanes.load(input.x + at) - mean[v]) * inverse_std[v] * w[v] + b[v]);
      });
    }
  });
}

template <typename T>
void batch_norm_backward(const NormInput<T>& input, const T* weight, int64_t divisor, const T* dy, T* dx,
                         T* d_weight, T* d_bias) {
  sum_columns(input.rows, input.n, input.n * kNormCost, d_weight, d_bias,
              [&](int64_t first, int64_t last, T* weighted, T* plain) {
                sum_rows(input, dy, first, last, weighted, plain);
              });
  const T count = static_cast<T>(input.rows);
  const T divided_by = static_cast<T>(divisor);
  parallel_blocks(input, [&](auto vectors, const auto& lanes, int64_t j, int64_t first, int64_t last) {
    const ColumnNumbers<vectors, T> mean(input.mean + j, lanes);
    const ColumnNumbers<vectors, T> inverse_std(input.inverse_std + j, lanes);
    ColumnNumbers<vectors, T> scale(weight + j, lanes);
    ColumnNumbers<vectors, T> mean_dy(d_bias + j, lanes);
    ColumnNumbers<vectors, T> slope(d_weight + j, lanes);
    unroll<vectors>([&](auto v) {
      scale.v[v] *= inverse_std[v];
      mean_dy.v[v] /= count;
      slope.v[v] /= divided_by;
    });
    for (int64_t i = first; i < last; ++i) {
      unroll<vectors>([&](auto v) {
        const int64_t at = i * input.n + j + v * kLanes<T>;
        const Vec<T> normalized = (lanes.load(input.x + at) - mean[v]) * inverse_std[v];
        lanes.store(dx + at, scale[v] * (lanes.load(dy + at) - mean_dy[v] - normalized * slope[v]));
      });
    }
  });
}

#define LT_INSTANTIATE(T)                                                \
  template void batch_norm(const NormInput<T>&, const T*, const T*, T*); \
  template void batch_norm_backward(const NormInput<T>&, const T*, int64_t, const T*, T*, T*, T*);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::kernels
