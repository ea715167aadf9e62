#pragma once

// Layer normalisation, row by row of dense matrices (rows, n); weight, bias and their gradients are arrays
// (n), mean and inverse_std are arrays (rows). x^ = (x - mean) * inverse_std is computed again where it is
// needed: that takes less time than keeping it. T is float or double; nothing may overlap.

#include <cstdint>

namespace lt::kernels {

// What the forward pass keeps.
template <typename T>
struct NormalizedRows {
  const T* x;
  const T* mean;
  const T* inverse_std;
  int64_t rows, n;
};

// y = x^ * weight + bias with each row's mean and inverse_std = 1 / sqrt(variance + eps), which are written
// too; the variance is the biased one.
template <typename T>
void layer_norm_rows(const T* x, int64_t rows, int64_t n, const T* weight, const T* bias, T eps, T* y,
                     T* mean, T* inverse_std);

// Where dx is not null, the gradient of x: with g = dy * weight, inverse_std * (g - mean(g) - x^ * mean(g
// x^)). Where sum_dy and sum_dy_x are not null (both or neither), the sums over each column of dy, and of dy
// * x^.
template <typename T>
void layer_norm_rows_backward(const NormalizedRows<T>& rows, const T* weight, const T* dy, T* dx, T* sum_dy,
                              T* sum_dy_x);

}  // namespace lt::kernels
