#pragma once

// The product of two matrices, C = A B + bias.

#include <cstdint>

namespace lt::kernels {

// A matrix as it lies in memory: element (i, j) at data[i * row_stride + j * column_stride]. Strides are
// free: a transposed matrix has them swapped, and 0 repeats a row or a column.
template <typename T>
struct MatrixRef {
  const T* data;
  int64_t rows, columns;
  int64_t row_stride, column_stride;

  const T* at(int64_t i, int64_t j) const { return data + i * row_stride + j * column_stride; }
  // The part whose first element is (i, j).
  MatrixRef block(int64_t i, int64_t j, int64_t block_rows, int64_t block_columns) const {
    return {at(i, j), block_rows, block_columns, row_stride, column_stride};
  }
  MatrixRef transposed() const { return {data, columns, rows, column_stride, row_stride}; }
};

// c = a @ b, with bias added to every row.
//   shapes: a (m, k), b (k, n), c (m, n) with element (i, j) at c[i * c_row_stride + j]; bias (n) or null
//   c must not overlap the others.
// Every element sums over k in the same order whatever its place and the number of threads. k = 0 gives zeros
// (and the bias). T is float, double or int64_t, which wraps.
template <typename T>
void matmul(const MatrixRef<T>& a, const MatrixRef<T>& b, T* c, int64_t c_row_stride,
            const T* bias = nullptr);

// B (rows, columns), copied for many products with it.
template <typename T>
struct PackedMatrix {
  const T* data;
  int64_t rows, columns;
};
// How many T pack_matrix() writes.
template <typename T>
int64_t packed_size(int64_t rows, int64_t columns);
template <typename T>
PackedMatrix<T> pack_matrix(const MatrixRef<T>& b, T* to);
// c = a @ (the first a.columns rows and `columns` columns of b), or added to what c holds; on this thread
// alone, for products that stay in its caches.
template <typename T>
void multiply_packed(const MatrixRef<T>& a, const PackedMatrix<T>& b, int64_t columns, T* c,
                     int64_t c_row_stride, bool accumulate);

}  // namespace lt::kernels
