#pragma once

// softmax and its relatives over dense rows, in the way that PyTorch has it: stable for logits of any size; a
// row that holds NaN, +inf or nothing but -inf gives NaN. T is float or double.

#include <cstdint>

namespace lt::kernels {

// y = e^x / sum e^x of each row. shapes: x, y (rows, n); y may be x
template <typename T>
void softmax_rows(const T* x, T* y, int64_t rows, int64_t n);
// y = x - log sum e^x of each row. shapes: x, y (rows, n); y may be x
template <typename T>
void log_softmax_rows(const T* x, T* y, int64_t rows, int64_t n);
// y = log sum e^x of each row; inf and -inf are sums like any other here. shapes: x (rows, n), y (rows)
template <typename T>
void logsumexp_rows(const T* x, T* y, int64_t rows, int64_t n);

// dx from dy and the forward result y. shapes: y, dy, dx (rows, n); dx may be dy
//   softmax: dx = y (dy - sum y dy); log_softmax: dx = dy - e^y sum dy
template <typename T>
void softmax_backward_rows(const T* y, const T* dy, T* dx, int64_t rows, int64_t n);
template <typename T>
void log_softmax_backward_rows(const T* y, const T* dy, T* dx, int64_t rows, int64_t n);

// Mean of -log_softmax(x)[target] over the rows whose target is not `ignored` (NaN where there is none), and,
// in the same pass over x, its gradient.
//   shapes: x (rows, n), targets (rows), each `ignored` or in 0..n-1; losses (rows), one a row, 0 where
//   ignored; dx (rows, n) or null, may be x
template <typename T>
T cross_entropy_rows(const T* x, const int64_t* targets, int64_t ignored, T* losses, T* dx, int64_t rows,
                     int64_t n);

}  // namespace lt::kernels
