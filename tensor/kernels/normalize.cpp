#include "tensor/kernels/normalize.h"

#include "tensor/kernels/parallel.h"

// One pass each over the matrices, row by row, where the compiler vectorises along the columns (__restrict:
// it need not ask whether they overlap); threads share the rows.

namespace lt::kernels {
namespace {

constexpr int64_t kCost = 3;  // two reads, two writes and four operations an element

template <typename T>
void normalize_row(const T* __restrict x, const T* __restrict center, const T* __restrict inverse_std,
                   const T* __restrict weight, const T* __restrict bias, T* __restrict values,
                   T* __restrict y, int64_t n) {
  for (int64_t j = 0; j < n; ++j) {
    const T value = (x[j] - center[j]) * inverse_std[j];
    values[j] = value;
    y[j] = value * weight[j] + bias[j];
  }
}

template <typename T>
void normalize_row_backward(const T* __restrict values, const T* __restrict dy, const T* __restrict scale,
                            const T* __restrict shift, const T* __restrict slope, T* __restrict dx,
                            int64_t n) {
  for (int64_t j = 0; j < n; ++j) dx[j] = scale[j] * (dy[j] - shift[j] - values[j] * slope[j]);
}

}  // namespace

template <typename T>
void normalize_columns(const T* x, const T* center, const T* inverse_std, const T* weight, const T* bias,
                       T* values, T* y, int64_t rows, int64_t n) {
  parallel_for(rows, n * kCost, [=](int64_t first, int64_t last) {
    for (int64_t i = first * n; i < last * n; i += n) {
      normalize_row(x + i, center, inverse_std, weight, bias, values + i, y + i, n);
    }
  });
}

template <typename T>
void normalize_columns_backward(const T* values, const T* dy, const T* scale, const T* shift, const T* slope,
                                T* dx, int64_t rows, int64_t n) {
  parallel_for(rows, n * kCost, [=](int64_t first, int64_t last) {
    for (int64_t i = first * n; i < last * n; i += n) {
      normalize_row_backward(values + i, dy + i, scale, shift, slope, dx + i, n);
    }
  });
}

template void normalize_columns(const float*, const float*, const float*, const float*, const float*, float*,
                                float*, int64_t, int64_t);
template void normalize_columns(const double*, const double*, const double*, const double*, const double*,
                                double*, double*, int64_t, int64_t);
template void normalize_columns_backward(const float*, const float*, const float*, const float*, const float*,
                                         float*, int64_t, int64_t);
template void normalize_columns_backward(const double*, const double*, const double*, const double*,
                                         const double*, double*, int64_t, int64_t);

}  // namespace lt::kernels
