#pragma once

// Batch normalisation, column by column of dense matrices (rows, n); what holds for a column is an array (n).
// x^ = (x - center) * inverse_std is computed again where it is needed: that takes less time than keeping it.
// T is float or double; nothing may overlap.

#include <cstdint>

namespace lt::kernels {

template <typename T>
struct Columns {
  const T* x;
  const T* center;
  const T* inverse_std;
  int64_t rows, n;
};

// y = x^ * weight + bias
template <typename T>
void normalize_columns(const Columns<T>& columns, const T* weight, const T* bias, T* y);

// The sums over each column of dy, and of dy * x^.
template <typename T>
void sum_columns(const Columns<T>& columns, const T* dy, T* sum_dy, T* sum_dy_x);

// dx = scale * (dy - shift - x^ * slope)
template <typename T>
void normalize_columns_backward(const Columns<T>& columns, const T* dy, const T* scale, const T* shift,
                                const T* slope, T* dx);

}  // namespace lt::kernels
