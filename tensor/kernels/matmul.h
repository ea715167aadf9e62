#pragma once

// c = a @ b for one pair of matrices.

#include <cstdint>

#include <libtensor/tensor/activation.h>

namespace lt::kernels {

// c = activation(a @ b + bias), or c = activation(c + a @ b + bias).
//   a: (m, k), element (i, p) at a[i * a_row + p * a_col]
//   b: (k, n), element (p, j) at b[p * b_row + j * b_col]
//   c: (m, n), element (i, j) at c[i * c_row + j]; must not overlap a, b or bias
//   bias: n numbers added to every row, or null
// Strides are free: a transposed operand is its matrix with the strides swapped, and 0 repeats a row or
// column. Every element sums over k in the same order whatever its place and the number of threads. k = 0
// gives zeros (and the bias). T is float, double or int64_t; whole numbers have no activation.
template <typename T>
void matmul(const T* a, int64_t a_row, int64_t a_col, const T* b, int64_t b_row, int64_t b_col, T* c,
            int64_t c_row, int64_t m, int64_t n, int64_t k, const T* bias = nullptr, bool accumulate = false,
            Activation activation = Activation::none);

}  // namespace lt::kernels
