#pragma once

// Private to tensor/: the shapes that batch_norm and layer_norm have in common.

#include <libtensor/tensor/tensor.h>

namespace lt::inline v0::detail {

// The rows of x as one dense matrix. throws: ShapeError for an empty x, or one of fewer axes
template <typename T>
BasicTensor<T> channel_rows(const BasicTensor<T>& x, int least_dim, const char* op);

// weight or bias, dense: `value` for each channel of x where it is undefined.
//   throws: ShapeError for another shape than (channels)
template <typename T>
BasicTensor<T> channel_numbers(const BasicTensor<T>& affine, T value, const BasicTensor<T>& x, const char* op,
                               const char* name);

}  // namespace lt::inline v0::detail
