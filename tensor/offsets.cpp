#include <libtensor/tensor/offsets.h>

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include <libtensor/tensor/ops.h>

// Offsets are int64 tensors, so that their memory comes from the pool and the elementwise ops do the sums.

namespace lt::inline v0::detail {

void check_distinct(const Shape& shape, const Strides& strides, const char* op) {
  for (int i = 0; i < shape.size(); ++i) {
    if (strides[i] == 0 && shape[i] > 1 && numel(shape) > 0) {
      throw ShapeError(
          fmt::format("{}: axis {} of {} is expanded: its elements share one number; clone it first", op, i,
                      to_string(shape)));
    }
  }
}

IntTensor element_offsets(const Shape& shape, const Strides& strides) {
  IntTensor offsets = scalar<int64_t>(0);
  for (int axis = 0; axis < shape.size(); ++axis) {
    offsets = offsets.unsqueeze(-1) + arange<int64_t>(shape[axis]) * strides[axis];
  }
  return offsets;
}

IntTensor id_offsets(const IntTensor& ids, int64_t size, int64_t stride, int64_t axis, const char* op) {
  const IntTensor dense = ids.contiguous();
  IntTensor offsets = empty<int64_t>(dense.shape());
  const int64_t bad =
      kernels::offsets_of_ids(dense.data(), dense.numel(), size, stride, offsets.mutable_data());
  check_ids(dense, bad, size, axis, op);
  return offsets;
}

void check_ids(const IntTensor& ids, int64_t bad, int64_t size, int64_t axis, const char* op) {
  if (bad < 0) return;
  throw IndexError(fmt::format("{}: id {} at {} is out of range for axis {} of size {}", op, ids.data()[bad],
                               to_string(unravel(bad, ids.shape())), axis, size));
}

void check_counts_up(const IntTensor& ids, int64_t size, int64_t axis, const char* op) {
  const IntTensor dense = ids.contiguous();
  const std::span<const int64_t> all = dense.span();
  const auto is_in = [end = static_cast<uint64_t>(size)](int64_t id) {
    return static_cast<uint64_t>(id) < end;
  };
  bool fits = true;  // without a way out of the loop it takes several ids at once
  for (const int64_t id : all) fits &= is_in(id);
  if (fits) return;
  const auto bad = std::find_if_not(all.begin(), all.end(), is_in) - all.begin();
  const std::string place = to_string(unravel(bad, ids.shape()));
  throw IndexError(fmt::format("{}: id {} at {} is not in 0..{}, axis {}", op, all[static_cast<size_t>(bad)],
                               place, size - 1, axis));
}

Dims unravel(int64_t position, const Shape& shape) {
  Dims place = shape;
  for (int axis = shape.size() - 1; axis >= 0; --axis) {
    place[axis] = position % shape[axis];
    position /= shape[axis];
  }
  return place;
}

RowOffsets::RowOffsets(IntTensor offsets, const Shape& view_shape, const Strides& view_strides,
                       int first_axis)
    : offsets_(std::move(offsets)), shape_(offsets_.shape()) {
  Shape row;
  Strides steps;
  bool is_dense = true;
  for (int axis = view_shape.size() - 1; axis >= first_axis; --axis) {
    row.insert(0, view_shape[axis]);
    steps.insert(0, view_strides[axis]);
    is_dense &= view_shape[axis] == 1 || view_strides[axis] == width_;
    width_ *= view_shape[axis];
  }
  for (const int64_t size : row) shape_.push_back(size);
  if (!is_dense) inner_offsets_ = element_offsets(row, steps);
}

kernels::IndexedRows RowOffsets::rows() const {
  return {offsets_.data(), offsets_.numel(), inner_offsets_.defined() ? inner_offsets_.data() : nullptr,
          width_};
}

}  // namespace lt::inline v0::detail
