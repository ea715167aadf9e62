#pragma once

// Sizes, strides and axes: small lists of 64-bit integers that never touch the heap.

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include <libtensor/tensor/scalar.h>

namespace lt::inline v0 {

// The most axes that a tensor can have.
inline constexpr int kMaxRank = 8;

// A list of at most kMaxRank integers: a shape, strides, or a set of axes. Converts from a vector of whole
// numbers, and from one that is no truth value, so that zeros(3) and sum(x, 1) read as in PyTorch, and
// var(x, false) does not compile.
//   throws: ShapeError when built with, or grown to, more than kMaxRank entries
class Dims {
 public:
  constexpr Dims() = default;
  template <StandsFor<int64_t> I>
  Dims(I only) : values_{Whole(only)}, size_(1) {}  // NOLINT: implicit
  Dims(std::initializer_list<Whole> list) {         // NOLINT: implicit
    if (list.size() > kMaxRank) throw_too_many(list.size());
    for (const int64_t value : list) values_[static_cast<size_t>(size_++)] = value;
  }
  template <WholeNumber I>
  Dims(const std::vector<I>& values) {  // NOLINT: implicit
    if (values.size() > kMaxRank) throw_too_many(values.size());
    for (const I value : values) values_[static_cast<size_t>(size_++)] = Whole(value);
  }
  explicit Dims(std::span<const int64_t> values) {
    if (values.size() > kMaxRank) throw_too_many(values.size());
    for (const int64_t value : values) values_[static_cast<size_t>(size_++)] = value;
  }

  int size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // Entry i; -1 is the last. throws: IndexError where there is none
  int64_t operator[](Whole i) const { return values_[place(i)]; }
  int64_t& operator[](Whole i) { return values_[place(i)]; }
  int64_t back() const { return (*this)[-1]; }
  const int64_t* begin() const { return values_.data(); }
  const int64_t* end() const { return values_.data() + size_; }
  int64_t* begin() { return values_.data(); }
  int64_t* end() { return values_.data() + size_; }

  void push_back(Whole value) {
    if (size_ == kMaxRank) throw_too_many(kMaxRank + 1);
    values_[static_cast<size_t>(size_++)] = value;
  }
  void insert(int at, int64_t value);  // before entry `at`. throws: IndexError unless 0 <= at <= size()
  void erase(int at);

  friend bool operator==(const Dims& a, const Dims& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  size_t place(int64_t i) const {
    const auto found = static_cast<size_t>(i < 0 ? i + size_ : i);
    if (found >= static_cast<size_t>(size_)) throw_no_entry(i);
    return found;
  }
  [[noreturn]] void throw_no_entry(int64_t i) const;
  [[noreturn]] static void throw_too_many(size_t axes);

  std::array<int64_t, kMaxRank> values_{};
  int size_ = 0;
};

using Shape = Dims;
using Strides = Dims;

// "(2, 3)"; "()" for a scalar, "(5)" for one axis.
std::string to_string(const Dims& dims);
std::ostream& operator<<(std::ostream& out, const Dims& dims);

// Product of the sizes; 1 for a scalar.
//   throws: ShapeError for a negative size or more elements than int64_t counts
inline int64_t numel(const Shape& shape);

// Strides of a dense row-major tensor of this shape, in elements.
inline Strides contiguous_strides(const Shape& shape);

// The shape that a and b broadcast to (PyTorch's rule: align at the last axis, 1 stretches).
//   throws: ShapeError naming op and both shapes
Shape broadcast_shapes(const Shape& a, const Shape& b, const char* op);

// throws: ShapeError naming op and both shapes unless they are equal
void check_same_shape(const Shape& a, const Shape& b, const char* op);

// Strides that read a tensor of shape `own` as one of shape `to`, to which it broadcasts: 0 where it repeats.
Strides broadcast_strides(const Shape& own, const Strides& strides, const Shape& to);

// Axis as 0 <= axis < rank; -1 is the last. A scalar accepts 0 and -1, as in PyTorch.
//   throws: IndexError naming op, axis and rank
inline int normalize_axis(int64_t axis, int rank, const char* op);

// --- the short ones, which every op calls several times ---

namespace detail {
// Of a shape with a negative size or sizes whose product overflows: 0 where one of them is 0, or throws.
int64_t odd_numel(const Shape& shape);
[[noreturn]] void throw_axis(int64_t axis, int rank, const char* op);
}  // namespace detail

inline int64_t numel(const Shape& shape) {
  int64_t count = 1;
  bool odd = false;
  for (const int64_t size : shape) odd |= size < 0 || __builtin_mul_overflow(count, size, &count);
  return odd ? detail::odd_numel(shape) : count;
}

inline Strides contiguous_strides(const Shape& shape) {
  Strides strides = shape;
  uint64_t step = 1;  // wraps where a shape without elements has huge sizes: nothing is read through it
  for (int64_t* place = strides.end(); place != strides.begin();) {
    const int64_t size = *--place;
    *place = static_cast<int64_t>(step);
    step *= static_cast<uint64_t>(size > 1 ? size : 1);
  }
  return strides;
}

inline int normalize_axis(int64_t axis, int rank, const char* op) {
  const int64_t bound = rank > 1 ? rank : 1;
  if (axis < -bound || axis >= bound) detail::throw_axis(axis, rank, op);
  return static_cast<int>(axis < 0 ? axis + bound : axis);
}

}  // namespace lt::inline v0
