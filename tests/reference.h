#pragma once

// Plain loops that the kernels are checked against. They sum in the order that one would write first, in
// double where the kernel works in float.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace lt::reference {

// c = a @ b with the strides of kernels::matmul; c is dense (m, n).
template <typename T>
std::vector<double> matmul(const T* a, int64_t a_row, int64_t a_col, const T* b, int64_t b_row, int64_t b_col,
                           int64_t m, int64_t n, int64_t k) {
  std::vector<double> c(static_cast<size_t>(m * n), 0.0);
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      double sum = 0;
      for (int64_t p = 0; p < k; ++p) {
        sum += static_cast<double>(a[i * a_row + p * a_col]) * static_cast<double>(b[p * b_row + j * b_col]);
      }
      c[static_cast<size_t>(i * n + j)] = sum;
    }
  }
  return c;
}

// log sum e^x of one row, as PyTorch has it: an infinite maximum is the answer, NaN where there is one.
// Long double, so that large logits leave a double's accuracy to what is subtracted from them.
template <typename T>
long double logsumexp(const T* x, int64_t n) {
  long double max = -std::numeric_limits<long double>::infinity();
  for (int64_t i = 0; i < n; ++i) {
    if (std::isnan(x[i])) return std::numeric_limits<long double>::quiet_NaN();
    max = std::max(max, static_cast<long double>(x[i]));
  }
  if (std::isinf(max)) return max;
  long double sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += std::exp(static_cast<long double>(x[i]) - max);
  return max + std::log(sum);
}

// x - log sum e^x of one row. An infinite sum gives inf - inf: NaN for the whole row, as in PyTorch.
template <typename T>
std::vector<double> log_softmax(const T* x, int64_t n) {
  const long double sum = logsumexp(x, n);
  std::vector<double> y(static_cast<size_t>(n), std::numeric_limits<double>::quiet_NaN());
  for (int64_t i = 0; i < n && std::isfinite(sum); ++i) {
    y[static_cast<size_t>(i)] = static_cast<double>(static_cast<long double>(x[i]) - sum);
  }
  return y;
}

}  // namespace lt::reference
