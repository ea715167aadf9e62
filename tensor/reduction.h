#pragma once

// For tensor/*.cpp alone: how the axes of a reduction become the lines of kernels/reduce.h, and how an op
// along one axis becomes an op on dense rows.

#include <libtensor/tensor/kernels/reduce.h>
#include <libtensor/tensor/tensor.h>

namespace lt {

// Results are computed densely, one for each position of the axes that are kept.
template <typename T>
struct Reduction {
  BasicTensor<T> source;  // x, or a dense copy where x's strides do not make lines
  kernels::Lines lines;   // of source.data()
  Shape shape;            // of the result, with size 1 for reduced axes under keepdim
};

// No axes means all of them.
//   throws: IndexError for an axis out of range, ShapeError for one named twice
template <typename T>
Reduction<T> plan_reduction(const BasicTensor<T>& x, const Dims& axes, bool keepdim, const char* op);

// x dense, with `axis` (0 <= axis, normalized) moved last. shapes: (..., n, ...) -> (results, n); a scalar
// has one row of one number.
template <typename T>
BasicTensor<T> rows_along(const BasicTensor<T>& x, int axis);
// The reverse: rows as a dense tensor of rank `shape.size()` whose sizes off `axis` are those of `shape`.
template <typename T>
BasicTensor<T> from_rows(const BasicTensor<T>& rows, const Shape& shape, int axis);

// `shape` without `axis`, or with size 1 there; a scalar stays one.
Shape drop_axis(const Shape& shape, int axis, bool keepdim);

}  // namespace lt
