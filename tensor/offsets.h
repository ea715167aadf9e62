#pragma once

// Private to tensor/: where the elements that an indexing op names lie, as offsets from data().

#include <span>

#include <libtensor/tensor/kernels/gather.h>
#include <libtensor/tensor/tensor.h>

namespace lt::inline v0::detail {

// The offset of every element of a view. shapes: shape; dense
IntTensor element_offsets(const Shape& shape, const Strides& strides);

// ids * stride, negative ids counting from `size`. shapes: ids's; dense
//   throws: IndexError naming op, id, its place, axis and size
IntTensor id_offsets(const IntTensor& ids, int64_t size, int64_t stride, int64_t axis, const char* op);

// ids: dense; bad: the place of the first that does not fit, or -1.
//   throws: IndexError, as id_offsets
void check_ids(const IntTensor& ids, int64_t bad, int64_t size, int64_t axis, const char* op);

// That ids lie in 0..size-1: where PyTorch does not count from the end, a negative one is an error.
//   throws: IndexError, as id_offsets
void check_counts_up(const IntTensor& ids, int64_t size, int64_t axis, const char* op);

// That no two elements of a view that is to be written share a place.
//   throws: ShapeError naming op and the axis that expand() made
void check_distinct(const Shape& shape, const Strides& strides, const char* op);

// The full index of the element that comes `position`-th in row-major order.
Dims unravel(int64_t position, const Shape& shape);

// Rows of a view: the elements behind each of `starts`, over the view's axes from `first_axis` on.
class RowOffsets {
 public:
  RowOffsets(IntTensor offsets, const Shape& view_shape, const Strides& view_strides, int first_axis);

  // shapes: (starts..., the view's axes from first_axis on)
  const Shape& shape() const { return shape_; }
  kernels::IndexedRows rows() const;

 private:
  IntTensor offsets_;
  IntTensor inner_offsets_;  // not defined where the cells of a row follow each other
  Shape shape_;
  int64_t width_ = 1;
};

}  // namespace lt::inline v0::detail
