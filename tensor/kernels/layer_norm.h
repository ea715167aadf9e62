#pragma once

// Layer normalisation of the rows of a matrix; weight, bias and their gradients are arrays (n).

#include <libtensor/tensor/kernels/normalization.h>

namespace lt::kernels {

// y = x^ * weight + bias with each row's mean and inverse_std = 1 / sqrt(variance + eps), which are written
// too; the variance is the biased one.
//   shapes: x, y (rows, n); mean, inverse_std (rows)
template <typename T>
void layer_norm(const T* x, int64_t rows, int64_t n, const T* weight, const T* bias, T eps, T* y, T* mean,
                T* inverse_std);

// With g = dy * weight and means over a row, dx = inverse_std * (g - mean(g) - x^ * mean(g * x^)). Over each
// column, d_weight = sum(dy * x^) and d_bias = sum(dy).
template <typename T>
void layer_norm_backward(const NormInput<T>& input, const T* weight, const T* dy, T* dx, T* d_weight,
                         T* d_bias);

}  // namespace lt::kernels
