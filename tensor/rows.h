#pragma once

// Private to tensor/: an op along one axis as an op on contiguous rows.

#include <libtensor/tensor/tensor.h>

namespace lt::inline v0 {

// x contiguous, with `axis` (0 <= axis, normalized) moved last. shapes: (..., n, ...) -> (results, n); a
// scalar has one row of one number.
template <typename T>
BasicTensor<T> rows_along(const BasicTensor<T>& x, int axis);
// The reverse: rows as a contiguous tensor of rank `shape.size()` whose sizes off
// `axis` are those of `shape`.
template <typename T>
BasicTensor<T> from_rows(const BasicTensor<T>& rows, const Shape& shape, int axis);

// `shape` without `axis`, or with size 1 there; a scalar stays one.
Shape drop_axis(const Shape& shape, int axis, Flag keepdim);

}  // namespace lt::inline v0
