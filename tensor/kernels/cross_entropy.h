#pragma once

// The loss of logits against the classes that should have been, and its gradient. T is float or double.

#include <cstdint>

namespace lt::kernels {

// The mean of -log_softmax(x)[target] over the rows whose target is not `ignored` (NaN where there is none),
// and, in the same pass over x, its gradient.
//   shapes: x (rows, n), targets (rows), each `ignored` or in 0..n-1; losses (rows), one a row, 0 where
//   ignored; dx (rows, n) or null, may be x
template <typename T>
T cross_entropy(const T* x, const int64_t* targets, int64_t ignored, T* losses, T* dx, int64_t rows,
                int64_t n);

}  // namespace lt::kernels
