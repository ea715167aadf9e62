#include <libtensor/tensor/kernels/softmax.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <libtensor/tensor/kernels/online_softmax.h>
#include <libtensor/tensor/kernels/row_batch.h>
#include <libtensor/tensor/kernels/row_sum.h>
#include <libtensor/tensor/kernels/simd.h>
#include <libtensor/tensor/kernels/simd_math.h>

// Short rows go in batches (row_batch.h), longer ones one by one in chunks (online_softmax.h). Threads share
// the rows; a row's arithmetic depends on n alone.

namespace lt::kernels {

template <typename T>
void softmax(const T* x, T* y, int64_t rows, int64_t n) {
  const auto on_batch = [=](int64_t first, const auto& batch) {
    const RowValues<T> max = batch.maxima();
    BatchVectors<T, std::decay_t<decltype(batch)>> e;
    const RowValues<T> scale =
        1 / batch.sums([&](int64_t r, int i) { return e[r][i] = exp(batch.at(r, i) - max[r]); });
    for (int64_t r = 0; r < batch.count(); ++r) {
      batch.write(r, y + first * n, [&](int i) { return e[r][i] * scale[r]; });
    }
  };
  each_row_batch(x, rows, n, on_batch,
                 [=](int64_t r) { OnlineSoftmax<T>(x + r * n, n, y + r * n).finish(y + r * n, 1); });
}

template <typename T>
void log_softmax(const T* x, T* y, int64_t rows, int64_t n) {
  const auto on_batch = [=](int64_t first, const auto& batch) {
    const RowValues<T> max = batch.maxima();
    const RowValues<T> log_sum =
        log(batch.sums([&](int64_t r, int i) { return exp(batch.at(r, i) - max[r]); }));
    for (int64_t r = 0; r < batch.count(); ++r) {
      batch.write(r, y + first * n, [&](int i) { return (batch.at(r, i) - max[r]) - log_sum[r]; });
    }
  };
  each_row_batch(x, rows, n, on_batch, [=](int64_t r) {
    const OnlineSoftmax<T> row(x + r * n, n, nullptr);
    const T log_sum = std::log(row.sum);
    map(x + r * n, y + r * n, n, [max = row.max, log_sum](Vec<T> v) { return (v - max) - log_sum; });
  });
}

template <typename T>
void logsumexp(const T* x, T* y, int64_t rows, int64_t n) {
  if (n == 0) std::fill_n(y, rows, -std::numeric_limits<T>::infinity());
  // An infinite maximum is the answer unless a NaN is in the row; inf - inf has spoilt the sum.
  const auto finish = [=](int64_t r, T max, T log_sum) {
    const auto has_nan = [=] {
      return std::any_of(x + r * n, x + (r + 1) * n, [](T v) { return std::isnan(v); });
    };
    y[r] = std::isinf(max) && !has_nan() ? max : max + log_sum;
  };
  const auto on_batch = [=](int64_t first, const auto& batch) {
    const RowValues<T> max = batch.maxima();
    const RowValues<T> log_sum =
        log(batch.sums([&](int64_t r, int i) { return exp(batch.at(r, i) - max[r]); }));
    for (int64_t r = 0; r < batch.count(); ++r) finish(first + r, max.of[r], log_sum.of[r]);
  };
  each_row_batch(x, rows, n, on_batch, [=](int64_t r) {
    const OnlineSoftmax<T> row(x + r * n, n, nullptr);
    finish(r, row.max, std::log(row.sum));
  });
}

namespace {

// dx = f(dy, y, sum(term(dy, y))) of each row, with functions of vectors.
template <typename T, typename Term, typename F>
void backward(const T* dy, const T* y, T* dx, int64_t rows, int64_t n, Term term, F f) {
  constexpr int64_t kCost = 4;  // four reads, a write and, of log_softmax, an exponential
  parallel_for(rows, n * kCost, [=](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const T* dy_row = dy + r * n;
      const T* y_row = y + r * n;
      const auto add = [=](int64_t i, const auto& lanes, auto& total) {
        total.v[0] += term(lanes.load(dy_row + i), lanes.load(y_row + i));
      };
      const Vec<T> sum = broadcast(sum_row<T>(n, add));
      each_vector<T>(n, [=](int64_t i, const auto& lanes) {
        lanes.store(dx + r * n + i, f(lanes.load(dy_row + i), lanes.load(y_row + i), sum));
      });
    }
  });
}

}  // namespace

template <typename T>
void softmax_backward(const T* dy, const T* y, T* dx, int64_t rows, int64_t n) {
  backward(
      dy, y, dx, rows, n, [](Vec<T> d, Vec<T> p) { return p * d; },
      [](Vec<T> d, Vec<T> p, Vec<T> sum) { return p * (d - sum); });
}

template <typename T>
void log_softmax_backward(const T* dy, const T* y, T* dx, int64_t rows, int64_t n) {
  backward(
      dy, y, dx, rows, n, [](Vec<T> d, Vec<T>) { return d; },
      [](Vec<T> d, Vec<T> log_p, Vec<T> sum) { return d - exp(log_p) * sum; });
}

#define LT_INSTANTIATE(T)                                                   \
  template void softmax(const T*, T*, int64_t, int64_t);                    \
  template void log_softmax(const T*, T*, int64_t, int64_t);                \
  template void logsumexp(const T*, T*, int64_t, int64_t);                  \
  template void softmax_backward(const T*, const T*, T*, int64_t, int64_t); \
  template void log_softmax_backward(const T*, const T*, T*, int64_t, int64_t);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::kernels
