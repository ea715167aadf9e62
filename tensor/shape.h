#pragma once

// Sizes, strides and axes: small lists of 64-bit integers that never touch the heap.

#include <array>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <span>
#include <string>

namespace lt {

// The most axes that a tensor can have.
inline constexpr int kMaxRank = 8;

// A list of at most kMaxRank integers: a shape, strides, or a set of axes. Converts from one integer, so that
// zeros(3) and sum(x, 1) read as in PyTorch.
//   throws: ShapeError when built with, or grown to, more than kMaxRank entries
class Dims {
 public:
  constexpr Dims() = default;
  Dims(int64_t only) : Dims(std::span<const int64_t>(&only, 1)) {}  // NOLINT: implicit
  Dims(std::initializer_list<int64_t> list)
      : Dims(std::span(list.begin(), list.size())) {}  // NOLINT: implicit
  explicit Dims(std::span<const int64_t> values);

  int size() const { return size_; }
  bool empty() const { return size_ == 0; }
  int64_t operator[](int i) const { return values_[static_cast<size_t>(i)]; }
  int64_t& operator[](int i) { return values_[static_cast<size_t>(i)]; }
  int64_t back() const { return (*this)[size_ - 1]; }
  const int64_t* begin() const { return values_.data(); }
  const int64_t* end() const { return values_.data() + size_; }

  void push_back(int64_t value) { insert(size_, value); }
  void insert(int at, int64_t value);
  void erase(int at);

  friend bool operator==(const Dims& a, const Dims& b) {
    bool equal = a.size_ == b.size_;
    for (int i = 0; equal && i < a.size_; ++i) equal = a[i] == b[i];
    return equal;
  }

 private:
  std::array<int64_t, kMaxRank> values_{};
  int size_ = 0;
};

using Shape = Dims;
using Strides = Dims;

// "(2, 3)"; "()" for a scalar, "(5)" for one axis.
std::string to_string(const Dims& dims);
std::ostream& operator<<(std::ostream& out, const Dims& dims);

// Product of the sizes; 1 for a scalar. throws: ShapeError for a negative size or more elements than int64_t
// counts.
int64_t numel(const Shape& shape);

// Strides of a dense row-major tensor of this shape, in elements.
Strides contiguous_strides(const Shape& shape);

// The shape that a and b broadcast to (PyTorch's rule: align at the last axis, 1 stretches).
//   throws: ShapeError naming op and both shapes
Shape broadcast_shapes(const Shape& a, const Shape& b, const char* op);

// Strides that read a tensor of shape `own` as one of shape `to`, to which it broadcasts: 0 where it repeats.
Strides stretched_strides(const Shape& own, const Strides& strides, const Shape& to);

// Axis as 0 <= axis < rank; -1 is the last. A scalar accepts 0 and -1, as in PyTorch.
//   throws: IndexError naming op, axis and rank
int normalize_axis(int64_t axis, int rank, const char* op);

}  // namespace lt
