#pragma once

// The index of the largest and of the smallest element of each row: the first of equals; the first NaN, if
// there is one.

#include <cstdint>

namespace lt::kernels {

// shapes: x (rows, n), n >= 1; indices (rows)
template <typename T>
void argmax(const T* x, int64_t rows, int64_t n, int64_t* indices);
template <typename T>
void argmin(const T* x, int64_t rows, int64_t n, int64_t* indices);

}  // namespace lt::kernels
