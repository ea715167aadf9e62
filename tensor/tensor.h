#pragma once

// BasicTensor: an n-d array with PyTorch's view semantics. The ops on tensors are in tensor/ops.h.
//
//   Tensor x = arange(6).view({2, 3});
//   x[0]                       -> [0, 1, 2], sharing x's memory
//   x(Slice(), -1)             -> the last column, sharing x's memory: tensor/slice.h
//   x.reshape({-1})            -> (6), sharing where strides allow it
//
// Assignment does what PyTorch's does. x = y makes the handle x another one of y; x[0] = y, x(Slice(), -1) =
// 0, x[mask] += 1 and x[ids] = y write into x. What would be lost, (a + b) = c, does not compile.

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

#include <libtensor/tensor/error.h>
#include <libtensor/tensor/methods.h>
#include <libtensor/tensor/print.h>
#include <libtensor/tensor/scalar.h>
#include <libtensor/tensor/shape.h>
#include <libtensor/tensor/slice.h>
#include <libtensor/tensor/storage.h>

namespace lt::inline v0 {

template <Element T>
class BasicTensor;
template <Element T>
class TensorView;
template <Element T, typename Index>
class Selection;
template <Element T>
class ElementRef;
template <Element T>
class Parts;
class TensorIndex;
struct Indices;

namespace detail {
template <Element T>
Selection<T, Indices> select_at(const BasicTensor<T>& x, std::span<const TensorIndex> indices);
}
template <typename X>
class RowIterator;

using Tensor = BasicTensor<float>;
using DoubleTensor = BasicTensor<double>;
using IntTensor = BasicTensor<int64_t>;
using BoolTensor = BasicTensor<bool>;

// "float32", "float64", "int64", "bool".
template <Element T>
const char* dtype_name();

// A handle: shared storage, a shape, strides and an offset (both in elements). Copying a tensor copies the
// handle and shares the numbers; clone() copies the numbers. Handles of the same numbers may be read from
// several threads. What lies in a handle (shape, pointers) is not to be had of one that is about to go. A
// handle of no tensor prints as tensor(undefined) and has a storage of no bytes; all else throws ValueError.
template <Element T>
class BasicTensor : public OpMethods<BasicTensor<T>> {
 public:
  using value_type = T;

  // No tensor: defined() is false.
  BasicTensor() : shape_(0), strides_(1) {}
  // A view of `storage`. throws: ShapeError where a part of it would lie outside the storage
  BasicTensor(Storage storage, const Shape& shape, const Strides& strides, int64_t offset);
  // Dense, from the storage's first byte on.
  BasicTensor(Storage storage, const Shape& shape)
      : storage_(std::move(storage)), shape_(shape), strides_(contiguous_strides(shape)), defined_(true) {
    if (lt::numel(shape) > room()) throw_too_large();
  }
  BasicTensor(const BasicTensor&) = default;
  // What was moved from is no tensor.
  BasicTensor(BasicTensor&& other) noexcept
      : storage_(std::move(other.storage_)),
        shape_(other.shape_),
        strides_(other.strides_),
        offset_(other.offset_),
        defined_(std::exchange(other.defined_, false)) {}
  BasicTensor& operator=(const BasicTensor&) & = default;
  BasicTensor& operator=(BasicTensor&& other) & noexcept {
    storage_ = std::move(other.storage_);
    shape_ = other.shape_;
    strides_ = other.strides_;
    offset_ = other.offset_;
    defined_ = std::exchange(other.defined_, &other == this && defined_);
    return *this;
  }
  BasicTensor& operator=(const BasicTensor&) && = delete;  // (a + b) = c would be lost
  ~BasicTensor() = default;

  bool defined() const { return defined_; }
  const Shape& shape() const& { return check_defined(), shape_; }
  Shape shape() const&& { return check_defined(), shape_; }
  const Strides& strides() const& { return check_defined(), strides_; }
  Strides strides() const&& { return check_defined(), strides_; }
  int dim() const { return check_defined(), shape_.size(); }
  // Size and stride along one axis; -1 is the last. throws: IndexError
  int64_t size(Whole axis) const { return shape().begin()[normalize_axis(axis, shape_.size(), "size")]; }
  int64_t stride(Whole axis) const {
    return strides().begin()[normalize_axis(axis, strides_.size(), "stride")];
  }
  int64_t numel() const { return check_defined(), lt::numel(shape_); }
  int64_t storage_offset() const { return offset_; }
  const Storage& storage() const& { return storage_; }
  Storage storage() const&& { return storage_; }
  // Dense and row-major. Axes of size 1 may have any stride, and an empty tensor is contiguous.
  bool is_contiguous() const;

  // The first element; the others lie at strides() from it.
  const T* data() const& { return check_defined(), static_cast<const T*>(storage_.data()) + offset_; }
  const T* data() const&& = delete;
  // The same, to write through: it counts as a change of the numbers in place (Storage::version).
  T* mutable_data() &;

  // The only number of a tensor with one. throws: ShapeError for any other count
  T item() const;
  // One number by its full index; negative counts from the end. throws: IndexError
  T at(std::initializer_list<Whole> index) const { return *find(std::span(index.begin(), index.size())); }
  // All numbers in row-major order.
  std::vector<T> to_vector() const;
  // The same in place, of a contiguous tensor that stays. throws: ShapeError where contiguous() would copy
  std::span<const T> span() const&;
  std::span<const T> span() const&& = delete;
  std::span<T> mutable_span() &;
  // for (Tensor row : x): views along the first axis. throws: ShapeError for a scalar
  RowIterator<BasicTensor> begin() const;
  RowIterator<BasicTensor> end() const;

  // --- views: they share the numbers, and what is assigned to them is written into this ---

  // The same numbers under another shape; one size may be -1. throws: ShapeError where the count differs,
  // or where strides forbid it (reshape would copy)
  TensorView<T> view(const Shape& shape) const;
  TensorView<T> transpose(Whole axis0, Whole axis1) const;
  TensorView<T> t() const;  // transpose(0, 1) for 2-d, itself below; throws: ShapeError above
  TensorView<T> permute(const Dims& axes) const;
  TensorView<T> select(Whole axis, Whole index) const;  // drops the axis
  TensorView<T> operator[](Whole index) const;          // select(0, index)
  TensorView<T> narrow(Whole axis, Whole start, Whole length) const;
  // Python's start:stop:step along an axis: negative counts from the end, out of range is clipped. A
  // negative step walks from start down to before stop, as NumPy's. throws: ValueError for a step of 0
  TensorView<T> slice(Whole axis, Whole start, Whole stop, Whole step = 1) const;
  TensorView<T> squeeze() const;            // drops every axis of size 1
  TensorView<T> squeeze(Whole axis) const;  // drops the axis if its size is 1
  TensorView<T> unsqueeze(Whole axis) const;
  // Stretches axes of size 1 (stride 0) and adds leading ones; -1 keeps a size.
  TensorView<T> expand(const Shape& shape) const;
  TensorView<T> diagonal() const;  // of the first two axes, as a new last axis
  Parts<T> unbind(Whole axis = 0) const;
  Parts<T> split(Whole size, Whole axis = 0) const;  // parts of `size`, the last may be shorter

  // x(Slice(1, 3), -1, None), Python's x[1:3, -1, None]: a view. Of ids or masks too, x(Slice(), ids):
  // their rows, as operator[] gives them. See tensor/slice.h.
  //   throws: IndexError for too many indices or one out of range
  template <typename... Is>
  requires((std::convertible_to<Is, ViewIndex> && ...) && !(StandsFor<Is, int64_t> && ...)) TensorView<T>
  operator()(const Is&... indices) const;
  template <typename... Is>
  requires((std::convertible_to<Is, TensorIndex> && ...) &&
           !(std::convertible_to<Is, ViewIndex> && ...)) Selection<T, Indices>
  operator()(const Is&... indices) const;
  // x(i, j): one number, by its full index. throws: IndexError for another count, or one out of range
  template <StandsFor<int64_t>... Is>
  T operator()(Is... index) const;
  template <StandsFor<int64_t>... Is>
  ElementRef<T> operator()(Is... index);
  // x(...) of a list
  TensorView<T> view_at(std::span<const ViewIndex> indices) const;

  // --- the same where it can share, else a copy ---

  BasicTensor contiguous() const;
  BasicTensor reshape(const Shape& shape) const;
  BasicTensor flatten(Whole first_axis = 0, Whole last_axis = -1) const;

  // --- copies ---

  BasicTensor clone() const;  // dense and row-major
  // Numbers of another type, as C++ converts them (float to int truncates, and gives
  // the smallest int64_t for NaN and what it cannot hold; anything but 0 is true).
  template <Element U>
  BasicTensor<U> cast() const;

  // --- rows by index: copies, into which assignments write back (tensor/index.h) ---

  // Rows of the first axis. shapes: (n, ...)[(i...)] -> (i..., ...)
  //   throws: IndexError for an id outside -n..n-1
  Selection<T, IntTensor> operator[](const IntTensor& ids) const;
  // The elements (or rows) where mask is true. shapes: mask (d1..dk) of (d1..dk, ...) -> (count, ...)
  Selection<T, BoolTensor> operator[](const BoolTensor& mask) const;

  // --- in place; other operands broadcast to this shape; throws: ShapeError where they do not ---

  // throws: ValueError for a finite value that is too large for T
  BasicTensor& fill_(Scalar<T> value) &;
  BasicTensor& zero_() & { return fill_(T{}); }
  BasicTensor& copy_(const BasicTensor& source) &;
  // this += alpha * other
  BasicTensor& add_(const BasicTensor& other, Scalar<T> alpha) & requires Number<T>;
  BasicTensor& operator+=(const BasicTensor& other) & requires Number<T>;
  BasicTensor& operator-=(const BasicTensor& other) & requires Number<T>;
  BasicTensor& operator*=(const BasicTensor& other) & requires Number<T>;
  BasicTensor& operator/=(const BasicTensor& other) & requires Floating<T>;
  BasicTensor& operator+=(Scalar<T> value) & requires Number<T>;
  BasicTensor& operator-=(Scalar<T> value) & requires Number<T>;
  BasicTensor& operator*=(Scalar<T> value) & requires Number<T>;
  BasicTensor& operator/=(Scalar<T> value) & requires Floating<T>;
  // Of a handle that is about to go, as in empty({3}).fill_(2): the tensor itself.
  BasicTensor fill_(Scalar<T> value) && { return std::move(fill_(value)); }
  BasicTensor zero_() && { return std::move(zero_()); }
  BasicTensor copy_(const BasicTensor& source) && { return std::move(copy_(source)); }
  BasicTensor add_(const BasicTensor& other, Scalar<T> alpha) && requires Number<T> {
    return std::move(add_(other, alpha));
  }

 private:
  void check_defined() const {
    if (!defined_) throw_undefined();
  }
  [[noreturn]] static void throw_undefined();
  int64_t room() const { return static_cast<int64_t>(storage_.bytes() / sizeof(T)); }  // in elements
  [[noreturn]] void throw_too_large() const;
  TensorView<T> view_as(Shape shape, Strides strides, int64_t offset) const;  // unchecked
  TensorView<T> slice_along(Whole axis, const Slice& slice) const;
  const T* find(std::span<const Whole> index) const;

  Storage storage_;
  Shape shape_;
  Strides strides_;
  int64_t offset_ = 0;
  bool defined_ = false;
};

// Prints as PyTorch's repr: four decimals, a common scale, "..." where large.
template <Element T>
std::ostream& operator<<(std::ostream& out, const BasicTensor<T>& x);
//   throws: ValueError for options that cannot be
template <Element T>
std::string to_string(const BasicTensor<T>& x, const PrintOptions& options = get_printoptions());
namespace detail {
// With a remark behind the numbers: "requires_grad=True".
template <Element T>
std::string to_string_with(const BasicTensor<T>& x, const PrintOptions& options, const std::string& remark);
}  // namespace detail

}  // namespace lt::inline v0

#include <libtensor/tensor/row_iterator.h>
#include <libtensor/tensor/view.h>  // IWYU pragma: export
