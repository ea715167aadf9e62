#pragma once

// Rows that ids or a mask name: x[ids], x[mask], x(Slice(), ids). Read, they are a copy; what is assigned to
// them is written back.

#include <array>
#include <span>
#include <utility>
#include <vector>

#include <libtensor/tensor/tensor.h>

namespace lt::inline v0 {

// One index of x(...): that of a view, ids of an axis, or a mask of as many axes as it has.
class TensorIndex {
 public:
  template <typename I>
  requires std::convertible_to<I, ViewIndex> TensorIndex(const I& index) : view(index) {}  // NOLINT: implicit
  TensorIndex(const IntTensor& places) : view(Slice()), ids(places) {
    static_cast<void>(places.shape());  // undefined, it would be ":"
  }                                     // NOLINT: implicit
  TensorIndex(const BoolTensor& chosen) : view(Slice()), mask(chosen) {
    static_cast<void>(chosen.shape());
  }  // NOLINT: implicit

  ViewIndex view;
  IntTensor ids;
  BoolTensor mask;
};

// Ids of the first axes of a tensor, and where their axes stand in the result.
struct Indices {
  std::vector<IntTensor> ids;
  Dims order;  // result.permute(order) has the axes of the ids first
};

namespace detail {
// How x(...) of `indices` finds its rows: index(x.view_at(views).permute(ids_first), ids), whose
// permute(order) has the axes of the ids first.
struct IndexSteps {
  std::vector<ViewIndex> views;
  Dims ids_first;
  std::vector<IntTensor> ids;
  Dims order;
};
template <Element T>
IndexSteps index_steps(const BasicTensor<T>& x, std::span<const TensorIndex> indices);
Dims inverse_permutation(const Dims& order);
}  // namespace detail

// x[index] = values, in place; values broadcast to the rows that the index names. Of rows named twice the
// last stays. throws: ShapeError, IndexError
template <Element T>
void index_put_(BasicTensor<T>& x, const IntTensor& ids, const BasicTensor<T>& values);
template <Element T>
void index_put_(BasicTensor<T>& x, const BoolTensor& mask, const BasicTensor<T>& values);
namespace detail {
template <Element T>
void put(BasicTensor<T>& x, const IntTensor& ids, const BasicTensor<T>& rows) {
  index_put_(x, ids, rows);
}
template <Element T>
void put(BasicTensor<T>& x, const BoolTensor& mask, const BasicTensor<T>& rows) {
  index_put_(x, mask, rows);
}
template <Element T>
void put(BasicTensor<T>& x, const Indices& indices, const BasicTensor<T>& rows);
}  // namespace detail

// A copy of the rows of `source` that `index` names. Unnamed, as in x[mask] = 0 or x[ids] += y, what is
// assigned is written back to them: += adds once to a row that is named twice, as in PyTorch. A named one is
// a copy like any other. To a part of a selection, x[ids][0], nothing can be written: it would be lost.
template <Element T, typename Index>
class Selection : public BasicTensor<T> {
  using Base = BasicTensor<T>;

 public:
  Selection(Base rows, Base source, Index index)
      : Base(std::move(rows)), source_(std::move(source)), index_(std::move(index)) {}
  Selection(const Selection&) = default;
  Selection(Selection&&) noexcept = default;
  Selection& operator=(const Selection&) & = default;
  Selection& operator=(Selection&&) & noexcept = default;
  ~Selection() = default;

  using Base::operator=;
  using Base::operator+=;
  using Base::operator-=;
  using Base::operator*=;
  using Base::operator/=;
  using Base::add_;
  using Base::copy_;
  using Base::fill_;
  using Base::zero_;
  // Written back. throws: ShapeError where y does not broadcast to this shape
  Base operator=(const Base& y) && { return detail::assign<T>(*this, y), write_back(); }  // NOLINT: a value
  Base operator=(const Selection& y) && { return detail::assign<T>(*this, y), write_back(); }  // NOLINT
  Base operator=(Scalar<T> value) && { return fill_(value), write_back(); }                    // NOLINT
  template <typename Y>
  requires requires(Base& x, const Y& y) { x += y; }
  Base operator+=(const Y& y) && {  // NOLINT
    return *this += y, write_back();
  }
  template <typename Y>
  requires requires(Base& x, const Y& y) { x -= y; }
  Base operator-=(const Y& y) && {  // NOLINT
    return *this -= y, write_back();
  }
  template <typename Y>
  requires requires(Base& x, const Y& y) { x *= y; }
  Base operator*=(const Y& y) && {  // NOLINT
    return *this *= y, write_back();
  }
  template <typename Y>
  requires requires(Base& x, const Y& y) { x /= y; }
  Base operator/=(const Y& y) && {  // NOLINT
    return *this /= y, write_back();
  }
  Base fill_(Scalar<T> value) && { return fill_(value), write_back(); }
  Base zero_() && { return zero_(), write_back(); }
  Base copy_(const Base& y) && { return copy_(y), write_back(); }
  Base add_(const Base& y, Scalar<T> alpha) && requires Number<T> { return add_(y, alpha), write_back(); }

  // Parts, const: nothing is written into them, in place neither (x[ids][0].fill_(7)).  NOLINTBEGIN
  const Base view(const Shape& shape) const { return Base::view(shape); }
  const Base reshape(const Shape& shape) const { return Base::reshape(shape); }
  const Base flatten(Whole first = 0, Whole last = -1) const { return Base::flatten(first, last); }
  const Base contiguous() const { return Base::contiguous(); }
  const Base transpose(Whole axis0, Whole axis1) const { return Base::transpose(axis0, axis1); }
  const Base t() const { return Base::t(); }
  const Base permute(const Dims& axes) const { return Base::permute(axes); }
  const Base select(Whole axis, Whole index) const { return Base::select(axis, index); }
  const Base narrow(Whole axis, Whole start, Whole length) const { return Base::narrow(axis, start, length); }
  const Base slice(Whole axis, Whole start, Whole stop, Whole step = 1) const {
    return Base::slice(axis, start, stop, step);
  }
  const Base squeeze() const { return Base::squeeze(); }
  const Base squeeze(Whole axis) const { return Base::squeeze(axis); }
  const Base unsqueeze(Whole axis) const { return Base::unsqueeze(axis); }
  const Base expand(const Shape& shape) const { return Base::expand(shape); }
  const Base diagonal() const { return Base::diagonal(); }
  const Base view_at(std::span<const ViewIndex> indices) const { return Base::view_at(indices); }
  const std::vector<Base> unbind(Whole axis = 0) const { return Base::unbind(axis); }
  const std::vector<Base> split(Whole size, Whole axis = 0) const { return Base::split(size, axis); }
  template <typename I>
  const Base operator[](const I& index) const {
    return static_cast<const Base&>(*this)[index];
  }
  template <typename... Is>
  requires(!(StandsFor<Is, int64_t> && ...)) const Base operator()(const Is&... indices) const {
    return static_cast<const Base&>(*this)(indices...);
  }
  template <StandsFor<int64_t>... Is>
  T operator()(Is... place) const {
    return static_cast<const Base&>(*this)(place...);
  }
  // NOLINTEND

 private:
  const Base& write_back() { return detail::put<T>(source_, index_, *this), *this; }

  Base source_;
  Index index_;
};

template <Element T>
template <typename... Is>
requires((std::convertible_to<Is, TensorIndex> && ...) &&
         !(std::convertible_to<Is, ViewIndex> &&
           ...)) Selection<T, Indices> BasicTensor<T>::operator()(const Is&... indices) const {
  const std::array<TensorIndex, sizeof...(Is)> list{TensorIndex(indices)...};
  return detail::select_at<T>(*this, list);
}

}  // namespace lt::inline v0
