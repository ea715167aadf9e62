#pragma once

// Tensors made of numbers: given, counted, or in the user's memory. Conventions as in ops.h.

#include <cstdint>
#include <memory>
#include <ranges>
#include <span>
#include <type_traits>
#include <vector>

#include <libtensor/tensor/tensor.h>

namespace lt::inline v0 {

// Numbers in braces, whose type is said (float where it is not).
template <typename T>
using ValueOf = std::type_identity_t<T>;

// Numbers in braces, to any depth: {{1, 2}, {3, 4}}.
template <Element T>
class Nested {
 public:
  Nested() = default;  // {}
  template <StandsFor<T> U>
  Nested(U number) : number_(Scalar<T>(number)), is_number_(true) {}  // NOLINT: implicit
  Nested(std::initializer_list<Nested> list) : parts_(list) {}        // NOLINT: implicit

  Shape shape() const;
  // Writes the numbers in row-major order; returns the place behind the last.
  //   throws: ShapeError where the parts are not all of the shape that the first one has
  T* write(const Shape& shape, T* place) const;

 private:
  std::initializer_list<Nested> parts_;
  T number_{};
  bool is_number_ = false;
};

template <Element T = float>
BasicTensor<T> empty(const Shape& shape);  // numbers not set
//   throws: ValueError for a finite value that is too large for T
template <Element T = float>
BasicTensor<T> full(const Shape& shape, ScalarOf<T> value);
template <Element T = float>
BasicTensor<T> zeros(const Shape& shape) {
  return full<T>(shape, T{});
}
template <Element T = float>
BasicTensor<T> ones(const Shape& shape) {
  return full<T>(shape, T{1});
}
template <Element T>
BasicTensor<T> zeros_like(const BasicTensor<T>& x) {
  return zeros<T>(x.shape());
}
template <Element T>
BasicTensor<T> ones_like(const BasicTensor<T>& x) {
  return ones<T>(x.shape());
}
namespace detail {
template <Element T>
BasicTensor<T> from_span(std::span<const T> values, const Shape& shape);
}
// Numbers in row-major order. throws: ShapeError where their count is not the shape's
template <Element T = float>
BasicTensor<T> from_vector(const std::vector<ValueOf<T>>& values, const Shape& shape);
// The same of an array or a span: of what lies in one piece.
template <Element T = float, std::ranges::contiguous_range Values>
requires(std::same_as<std::ranges::range_value_t<Values>, T> &&
         !std::same_as<Values, std::vector<T>>) BasicTensor<T> from_vector(const Values& values,
                                                                           const Shape& shape) {
  return detail::from_span<T>(values, shape);
}
// A tensor on the user's own memory, which is not copied: what is written on one side is read on the other.
// The memory must outlive the tensors on it; or `owner` is given, which they keep, and let go with the last
// of them. A deleter is an owner: std::shared_ptr<void>(data, deleter). What is written past the tensor, or
// through one of another call, backward() does not see: a value that it needs may so have changed.
//   data: the first element; strides: in elements, below 0 where an axis goes back; none: dense, row-major
//   throws: ShapeError for strides that do not fit the shape; ValueError for an address that no T can have
template <Element T>
BasicTensor<T> from_blob(T* data, const Shape& shape, const Strides& strides = {},
                         std::shared_ptr<void> owner = nullptr);
// Memory that is not to be written has no tensor on it: from_vector(std::span(data, n), shape) copies it.
template <Element T>
BasicTensor<T> from_blob(const T*, const Shape&, const Strides& = {},
                         std::shared_ptr<void> = nullptr) = delete;
// tensor({1, 2, 3}), tensor<int64_t>({{1, 2}, {3, 4}}), of any rank; tensor({}) has shape (0), tensor(3) ().
//   throws: ShapeError for ragged rows
template <Element T = float>
BasicTensor<T> tensor(const std::type_identity_t<Nested<T>>& values);
template <Element T = float>
BasicTensor<T> scalar(ScalarOf<T> value) {  // shape ()
  return full<T>({}, T{value});
}
// The bounds of a range: doubles for floating-point numbers (as a float 0.3 is beyond three steps of 0.1).
template <typename T>
using BoundOf = std::type_identity_t<Scalar<std::conditional_t<std::is_floating_point_v<T>, double, T>>>;
// start, start + step, ... below end (above it for a negative step); counted and computed in double, as
// start + i * step, and each rounded once.
//   throws: ValueError for a step of 0 or of the wrong sign
template <Number T = float>
BasicTensor<T> arange(BoundOf<T> start, BoundOf<T> end, BoundOf<T> step = 1);
template <Number T = float>
BasicTensor<T> arange(BoundOf<T> end) {
  return arange<T>(0, end);
}
// `steps` points from start to end, both included. floating
template <Floating T = float>
BasicTensor<T> linspace(ScalarOf<T> start, ScalarOf<T> end, Whole steps);
template <Element T = float>
BasicTensor<T> eye(Whole n);

}  // namespace lt::inline v0
