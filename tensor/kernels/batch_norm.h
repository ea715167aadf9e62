#pragma once

// Batch normalisation of the columns of a matrix; weight, bias and their gradients are arrays (n).

#include <libtensor/tensor/kernels/normalization.h>

namespace lt::kernels {

// y = x^ * weight + bias
template <typename T>
void batch_norm(const NormInput<T>& input, const T* weight, const T* bias, T* y);

// Over each column, d_weight = sum(dy * x^) and d_bias = sum(dy); then
// dx = weight * inverse_std * (dy - d_bias / rows - x^ * d_weight / divisor), where `divisor` is what the sum
// of squared deviations was divided by: rows, or rows - 1.
template <typename T>
void batch_norm_backward(const NormInput<T>& input, const T* weight, int64_t divisor, const T* dy, T* dx,
                         T* d_weight, T* d_bias);

}  // namespace lt::kernels
