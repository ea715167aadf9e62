#pragma once

// Iterating over a tensor or a variable: for (Tensor row : x).

#include <cstddef>
#include <iterator>

#include <libtensor/tensor/tensor.h>

namespace lt::inline v0 {

// Stands at a row of the first axis and makes a view of it, which shares the tensor's numbers.
template <typename X>
class RowIterator {
 public:
  using value_type = X;
  using difference_type = std::ptrdiff_t;
  using iterator_concept = std::forward_iterator_tag;
  using iterator_category = std::input_iterator_tag;  // no row lies anywhere to be referred to

  RowIterator() = default;
  RowIterator(const X& x, int64_t row) : x_(x), row_(row) {}

  X operator*() const { return x_[row_]; }
  RowIterator& operator++() {
    ++row_;
    return *this;
  }
  RowIterator operator++(int) {
    RowIterator before = *this;
    ++row_;
    return before;
  }
  // Of iterators over the same tensor.
  friend bool operator==(const RowIterator& a, const RowIterator& b) { return a.row_ == b.row_; }

 private:
  X x_;
  int64_t row_ = 0;
};

template <Element T>
RowIterator<BasicTensor<T>> BasicTensor<T>::begin() const {
  if (dim() == 0) throw ShapeError("begin: a scalar has no rows to iterate over");
  return {*this, 0};
}
template <Element T>
RowIterator<BasicTensor<T>> BasicTensor<T>::end() const {
  return {*this, size(0)};
}

}  // namespace lt::inline v0
