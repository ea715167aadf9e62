#pragma once

// softmax and its relatives over dense rows, in the way that PyTorch has it: stable for logits of any size; a
// row that holds NaN, +inf or nothing but -inf gives NaN. T is float or double.

#include <cstdint>

namespace lt::kernels {

// y = e^x / sum e^x of each row. shapes: x, y (rows, n); y may be x
template <typename T>
void softmax(const T* x, T* y, int64_t rows, int64_t n);
// y = x - log sum e^x of each row. shapes: x, y (rows, n); y may be x
template <typename T>
void log_softmax(const T* x, T* y, int64_t rows, int64_t n);
// y = log sum e^x of each row; inf and -inf are sums like any other here. shapes: x (rows, n), y (rows)
template <typename T>
void logsumexp(const T* x, T* y, int64_t rows, int64_t n);

// dx from dy and the forward result y. shapes: y, dy, dx (rows, n); dx may be dy
//   softmax: dx = y (dy - sum y dy); log_softmax: dx = dy - e^y sum dy
template <typename T>
void softmax_backward(const T* dy, const T* y, T* dx, int64_t rows, int64_t n);
template <typename T>
void log_softmax_backward(const T* dy, const T* y, T* dx, int64_t rows, int64_t n);

}  // namespace lt::kernels
