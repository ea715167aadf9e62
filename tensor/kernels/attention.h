#pragma once

// Scaled dot-product attention of one head, forward and backward.

#include <cstdint>

#include <libtensor/tensor/kernels/matmul.h>

namespace lt::kernels {

// Every matrix has contiguous rows. T is float or double.
template <typename T>
struct AttentionHead {
  MatrixRef<T> q, k, v;  // (queries, d), (keys, d), (keys, d_v); none of them empty
  T scale;
  int64_t diagonal;  // query i sees the keys up to i + diagonal, of which there is one at least
  // With dropout, a row of 64-bit words a query: bit j % 64 of word j / 64 is set where key j is kept, whose
  // weight is multiplied by kept_scale. Else null, and kept_scale is 1.
  const int64_t* kept;
  T kept_scale;
};

// Rows that are written.
template <typename T>
struct RowsOut {
  T* data;
  int64_t row_stride;

  T* operator[](int64_t i) const { return data + i * row_stride; }
};

// y = dropout(softmax(scale * q @ k^T)) @ v, and of each query the logarithm of its sum of exponentials.
//   shapes: y (queries, d_v), logsumexp (queries)
template <typename T>
void attention(const AttentionHead<T>& head, RowsOut<T> y, T* logsumexp);

// The gradients of q, k and v from that of y.
//   shapes: y, dy (queries, d_v); dq, dk, dv like q, k, v
template <typename T>
void attention_backward(const AttentionHead<T>& head, const MatrixRef<T>& y, const T* logsumexp,
                        const MatrixRef<T>& dy, RowsOut<T> dq, RowsOut<T> dk, RowsOut<T> dv);

}  // namespace lt::kernels
