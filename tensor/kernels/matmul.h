#pragma once

// Matrix product over raw pointers. Any strides: a transposed operand is taken as it lies.

#include <cstdint>

namespace lt::kernels {

// c = a b. T: float, double, int64_t (which wraps). c may not overlap a or b.
//   shapes: a (m, k), b (k, n), c (m, n), whose rows are dense and c_row apart. k may be 0: c is then zero.
template <typename T>
void matmul(const T* a, int64_t a_row, int64_t a_col, const T* b, int64_t b_row, int64_t b_col, T* c,
            int64_t c_row, int64_t m, int64_t n, int64_t k);

}  // namespace lt::kernels
