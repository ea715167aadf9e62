#pragma once

// Plain loops that the kernels are checked against. They sum in the order that one would write first, in
// double where the kernel works in float.

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
      for (int64_t p = 0; p < k; ++p) {
        c[static_cast<size_t>(i * n + j)] +=
            static_cast<double>(a[i * a_row + p * a_col]) * static_cast<double>(b[p * b_row + j * b_col]);
      }
    }
  }
  return c;
}

}  // namespace lt::reference
