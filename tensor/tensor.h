#pragma once

// BasicTensor: an n-d array with PyTorch's view semantics. The ops on tensors are in tensor/ops.h.
//
//   Tensor x = arange(6).view({2, 3});
//   x[0]                       -> [0, 1, 2], sharing x's memory
//   x.transpose(0, 1)          -> (3, 2), sharing x's memory
//   x.reshape({-1})            -> (6), sharing where strides allow it

#include <cstdint>
#include <initializer_list>
#include <vector>

#include <libtensor/tensor/error.h>
#include <libtensor/tensor/scalar.h>
#include <libtensor/tensor/shape.h>
#include <libtensor/tensor/storage.h>

namespace lt {

template <typename T>
class BasicTensor;

using Tensor = BasicTensor<float>;
using DoubleTensor = BasicTensor<double>;
using IntTensor = BasicTensor<int64_t>;
using BoolTensor = BasicTensor<bool>;

// "float32", "float64", "int64", "bool".
template <typename T>
const char* dtype_name();

// A handle: shared storage, a shape, strides and an offset (both in elements). Copying a tensor copies the
// handle and shares the numbers; clone() copies the numbers. Handles of the same numbers may be read from
// several threads. Instantiated for float, double, int64_t and bool.
template <typename T>
class BasicTensor {
 public:
  using value_type = T;

  // No tensor: shape (0), and defined() is false.
  BasicTensor() : shape_(0), strides_(1) {}
  // A view of `storage`. throws: ShapeError where a part of it would lie outside the storage
  BasicTensor(Storage storage, Shape shape, Strides strides, int64_t offset);

  bool defined() const { return defined_; }
  const Shape& shape() const { return shape_; }
  const Strides& strides() const { return strides_; }
  int dim() const { return shape_.size(); }
  // Size and stride along one axis; -1 is the last. throws: IndexError
  int64_t size(int64_t axis) const { return shape_[normalize_axis(axis, dim(), "size")]; }
  int64_t stride(int64_t axis) const { return strides_[normalize_axis(axis, dim(), "stride")]; }
  int64_t numel() const { return lt::numel(shape_); }
  int64_t storage_offset() const { return offset_; }
  const Storage& storage() const { return storage_; }
  // Dense and row-major. Axes of size 1 may have any stride, and an empty tensor is contiguous.
  bool is_contiguous() const;

  // The first element; the others lie at strides() from it.
  const T* data() const { return static_cast<const T*>(storage_.data()) + offset_; }
  // The same, to write through: it counts as a change of the numbers in place (Storage::version).
  T* mutable_data();

  // The only number of a tensor with one. throws: ShapeError for any other count
  T item() const;
  // One number by its full index; negative counts from the end. throws: IndexError
  T at(std::initializer_list<int64_t> index) const;
  // All numbers in row-major order.
  std::vector<T> to_vector() const;

  // --- views: they share the numbers ---

  // The same numbers under another shape; one size may be -1. throws: ShapeError where the count differs, or
  // where strides forbid it (reshape would copy)
  BasicTensor view(const Shape& shape) const;
  BasicTensor transpose(int64_t axis0, int64_t axis1) const;
  BasicTensor t() const;  // transpose(0, 1) for 2-d, itself below; throws: ShapeError above
  BasicTensor permute(const Dims& axes) const;
  BasicTensor select(int64_t axis, int64_t index) const;  // drops the axis
  BasicTensor operator[](int64_t index) const { return select(0, index); }
  BasicTensor narrow(int64_t axis, int64_t start, int64_t length) const;
  // Python's start:stop:step along an axis: negative counts from the end, out of range is clipped; step >= 1.
  BasicTensor slice(int64_t axis, int64_t start, int64_t stop, int64_t step = 1) const;
  BasicTensor squeeze() const;              // drops every axis of size 1
  BasicTensor squeeze(int64_t axis) const;  // drops the axis if its size is 1
  BasicTensor unsqueeze(int64_t axis) const;
  // Stretches axes of size 1 (stride 0) and adds leading ones; -1 keeps a size.
  BasicTensor expand(const Shape& shape) const;
  std::vector<BasicTensor> unbind(int64_t axis = 0) const;
  std::vector<BasicTensor> split(int64_t size,
                                 int64_t axis = 0) const;  // parts of `size`, the last may be shorter
  BasicTensor diagonal() const;                            // of the first two axes, as a new last axis

  // --- the same where it can share, else a copy ---

  BasicTensor contiguous() const;
  BasicTensor reshape(const Shape& shape) const;
  BasicTensor flatten(int64_t first_axis = 0, int64_t last_axis = -1) const;

  // --- copies ---

  BasicTensor clone() const;  // dense and row-major
  // Numbers of another type, as C++ converts them (float to int truncates, and gives
  // the smallest int64_t for NaN and what it cannot hold; anything but 0 is true).
  template <typename U>
  BasicTensor<U> cast() const;

  // --- rows by index: see index() in ops.h ---

  // Rows of the first axis. shapes: (n, ...)[(i...)] -> (i..., ...)
  //   throws: IndexError for an id outside -n..n-1
  BasicTensor operator[](const IntTensor& ids) const;
  // The elements (or rows) where mask is true. shapes: mask (d1..dk) of (d1..dk, ...) -> (count, ...)
  BasicTensor operator[](const BoolTensor& mask) const;

  // --- in place; other operands broadcast to this shape; throws: ShapeError where they do not ---

  BasicTensor& fill_(Scalar<T> value);
  BasicTensor& zero_() { return fill_(T{}); }
  BasicTensor& copy_(const BasicTensor& source);
  BasicTensor& operator+=(const BasicTensor& other);
  BasicTensor& operator-=(const BasicTensor& other);
  BasicTensor& operator*=(const BasicTensor& other);
  BasicTensor& operator/=(const BasicTensor& other);
  BasicTensor& operator+=(Scalar<T> value);
  BasicTensor& operator-=(Scalar<T> value);
  BasicTensor& operator*=(Scalar<T> value);
  BasicTensor& operator/=(Scalar<T> value);
  // this += alpha * other
  BasicTensor& add_(const BasicTensor& other, Scalar<T> alpha);

 private:
  BasicTensor view_as(Shape shape, Strides strides, int64_t offset) const;  // unchecked

  Storage storage_;
  Shape shape_;
  Strides strides_;
  int64_t offset_ = 0;
  bool defined_ = false;
};

// Prints as PyTorch's repr: four decimals, a common scale, "..." where large.
template <typename T>
std::ostream& operator<<(std::ostream& out, const BasicTensor<T>& x);
template <typename T>
std::string to_string(const BasicTensor<T>& x);

}  // namespace lt
