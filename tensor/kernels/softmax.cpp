#include "tensor/kernels/softmax.h"

#include <algorithm>
#include <cmath>

#include "tensor/kernels/parallel.h"

// A row at a time: its maximum is taken off first, so that no exponential overflows and the largest is 1.
// Threads share the rows.

namespace lt::kernels {
namespace {

constexpr int64_t kWork = 10;  // an exponential costs about as much as ten reads and writes

// y = exp(x - max); returns the sum of y, added in double.
template <typename T>
double exponentials(const T* x, T* y, int64_t n, T max) {
  double total = 0;
  for (int64_t i = 0; i < n; ++i) {
    y[i] = std::exp(x[i] - max);
    total += static_cast<double>(y[i]);
  }
  return total;
}

}  // namespace

template <typename T>
void softmax_rows(const T* x, T* y, int64_t rows, int64_t n) {
  if (n == 0) return;
  parallel_for(rows, n * kWork, [&](int64_t begin, int64_t end) {
    for (const T* row = x + begin * n; row < x + end * n; row += n) {
      T* const out = y + (row - x);
      const double total = exponentials(row, out, n, *std::max_element(row, row + n));
      for (int64_t i = 0; i < n; ++i) out[i] = static_cast<T>(static_cast<double>(out[i]) / total);
    }
  });
}

template <typename T>
void log_softmax_rows(const T* x, T* y, int64_t rows, int64_t n) {
  if (n == 0) return;
  parallel_for(rows, n * kWork, [&](int64_t begin, int64_t end) {
    for (const T* row = x + begin * n; row < x + end * n; row += n) {
      T* const out = y + (row - x);
      const T max = *std::max_element(row, row + n);
      const T log_total = static_cast<T>(std::log(exponentials(row, out, n, max)));
      for (int64_t i = 0; i < n; ++i) out[i] = row[i] - max - log_total;
    }
  });
}

template void softmax_rows(const float*, float*, int64_t, int64_t);
template void softmax_rows(const double*, double*, int64_t, int64_t);
template void log_softmax_rows(const float*, float*, int64_t, int64_t);
template void log_softmax_rows(const double*, double*, int64_t, int64_t);

}  // namespace lt::kernels
