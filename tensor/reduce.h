#pragma once

// Private to tensor/: how the axes of a reduction become the geometry of kernels/reduce.h.

#include <libtensor/tensor/kernels/reduce.h>
#include <libtensor/tensor/tensor.h>

namespace lt::inline v0 {

// Results are contiguous, one for each position of the axes that are kept.
template <typename T>
struct ReductionPlan {
  BasicTensor<T> source;                // x, or a contiguous copy where x has too many axes
  kernels::ReductionGeometry geometry;  // of source.data()
  Shape shape;                          // of the result, with size 1 for reduced axes under keepdim
};

// No axes means all of them.
//   throws: IndexError for an axis out of range, ShapeError for one named twice
template <typename T>
ReductionPlan<T> plan_reduction(const BasicTensor<T>& x, const Dims& axes, Flag keepdim, const char* op);

}  // namespace lt::inline v0
