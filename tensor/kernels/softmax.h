#pragma once

// softmax and log-softmax of dense rows; stable for any finite numbers.

#include <cstdint>

namespace lt::kernels {

// T: float, double. shapes: x, y (rows, n), which do not overlap
template <typename T>
void softmax_rows(const T* x, T* y, int64_t rows, int64_t n);
template <typename T>
void log_softmax_rows(const T* x, T* y, int64_t rows, int64_t n);

}  // namespace lt::kernels
