#pragma once

// Batch normalisation, column by column of dense matrices (rows, n); what holds for a column is an array (n).
// T is float or double; nothing may overlap.

#include <cstdint>

namespace lt::kernels {

// values = (x - center) * inverse_std;  y = values * weight + bias
template <typename T>
void normalize_columns(const T* x, const T* center, const T* inverse_std, const T* weight, const T* bias,
                       T* values, T* y, int64_t rows, int64_t n);

// dx = scale * (dy - shift - values * slope)
template <typename T>
void normalize_columns_backward(const T* values, const T* dy, const T* scale, const T* shift, const T* slope,
                                T* dx, int64_t rows, int64_t n);

}  // namespace lt::kernels
