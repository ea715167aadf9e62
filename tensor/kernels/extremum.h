#pragma once

// Where the largest and the smallest number of each row are: the first of equals; the first NaN, if there is
// one.

#include <cstdint>

namespace lt::kernels {

// shapes: x (rows, n), n >= 1; places (rows)
template <typename T>
void find_largest(const T* x, int64_t rows, int64_t n, int64_t* places);
template <typename T>
void find_smallest(const T* x, int64_t rows, int64_t n, int64_t* places);

}  // namespace lt::kernels
