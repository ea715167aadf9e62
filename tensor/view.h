#pragma once

// What view methods return: tensors that write through when they are assigned to, and single numbers that do.

#include <array>
#include <concepts>
#include <iosfwd>
#include <type_traits>
#include <utility>
#include <vector>

#include <libtensor/tensor/tensor.h>

namespace lt::inline v0 {

namespace detail {
// to.copy_(from), where `from` may have more leading axes of size 1, as in PyTorch's x[0] = y.
template <Element T>
void assign(BasicTensor<T>& to, const BasicTensor<T>& from);
// Of so many indices, which are not one for each axis of the shape.
[[noreturn]] void throw_no_number(size_t indices, const Shape& shape);
}  // namespace detail

// A tensor that shares another's numbers. Unnamed, as in x[0] = y, assignment writes into them, a number too;
// a named one is a handle like any other, and v = y makes it one of y.
template <Element T>
class TensorView : public BasicTensor<T> {
  using Base = BasicTensor<T>;

 public:
  explicit TensorView(Base x) : Base(std::move(x)) {}
  TensorView(const TensorView&) = default;
  TensorView(TensorView&&) noexcept = default;
  TensorView& operator=(const TensorView&) & = default;
  TensorView& operator=(TensorView&&) & noexcept = default;
  ~TensorView() = default;

  using Base::operator=;
  using Base::operator+=;
  using Base::operator-=;
  using Base::operator*=;
  using Base::operator/=;
  // Written through. throws: ShapeError where y does not broadcast to this shape
  TensorView operator=(const Base& y) && { return detail::assign<T>(*this, y), *this; }  // NOLINT: a value
  TensorView operator=(const TensorView& y) && { return detail::assign<T>(*this, y), *this; }  // NOLINT
  TensorView operator=(Scalar<T> value) && { return this->fill_(value), *this; }               // NOLINT
  template <typename Y>
  requires requires(Base& x, const Y& y) { x += y; }
  TensorView operator+=(const Y& y) && {  // NOLINT
    return *this += y, *this;
  }
  template <typename Y>
  requires requires(Base& x, const Y& y) { x -= y; }
  TensorView operator-=(const Y& y) && {  // NOLINT
    return *this -= y, *this;
  }
  template <typename Y>
  requires requires(Base& x, const Y& y) { x *= y; }
  TensorView operator*=(const Y& y) && {  // NOLINT
    return *this *= y, *this;
  }
  template <typename Y>
  requires requires(Base& x, const Y& y) { x /= y; }
  TensorView operator/=(const Y& y) && {  // NOLINT
    return *this /= y, *this;
  }
};

// Parts of a tensor, one after the other: of a list without a name, x.unbind()[0] = y writes into x.
template <Element T>
class Parts : public std::vector<BasicTensor<T>> {
  using Base = std::vector<BasicTensor<T>>;

 public:
  using Base::Base;
  const BasicTensor<T>& operator[](size_t i) const& { return Base::operator[](i); }
  BasicTensor<T>& operator[](size_t i) & { return Base::operator[](i); }
  TensorView<T> operator[](size_t i) && { return TensorView<T>(Base::operator[](i)); }
};

// One number of a tensor, x(i, j): it reads as a T, and what is assigned to it is written into the tensor.
// `c ? x(i) : 0` does not compile: C++ would make it an int, and cut the number off. Write
// `c ? float{x(i)} : 0`.
template <Element T>
class ElementRef {
 public:
  using value_type = T;

  ElementRef(Storage storage, T* place) : storage_(std::move(storage)), place_(place) {}
  ElementRef(const ElementRef&) = default;
  ~ElementRef() = default;

  operator T() const { return *place_; }  // NOLINT: implicit, as a reference is
  // Without a name, as in x(i, j) = 3: what is written. (A named one could be taken for the number.)
  template <StandsFor<T> U>
  T operator=(U value) && {  // NOLINT: a number
    return write(Scalar<T>(value).fitting("="));
  }
  T operator=(const ElementRef& other) && { return write(T{other}); }  // NOLINT
  template <StandsFor<T> U>
      T operator+=(U value) && requires Number<T> {  // NOLINT
    return write(wrapped(*place_) + wrapped(Scalar<T>(value)));
  }
  template <StandsFor<T> U>
      T operator-=(U value) && requires Number<T> {  // NOLINT
    return write(wrapped(*place_) - wrapped(Scalar<T>(value)));
  }
  template <StandsFor<T> U>
      T operator*=(U value) && requires Number<T> {  // NOLINT
    return write(wrapped(*place_) * wrapped(Scalar<T>(value)));
  }
  template <StandsFor<T> U>
      T operator/=(U value) && requires Floating<T> {  // NOLINT
    return write(*place_ / T{Scalar<T>(value)});
  }
  friend std::ostream& operator<<(std::ostream& out, const ElementRef& x) { return out << T{x}; }

 private:
  // Never called: that each could become the other is what refuses `c ? x(i) : 0`.
  template <typename U>
  requires(std::is_arithmetic_v<U> && !std::same_as<std::common_type_t<T, U>, U>) ElementRef(U);  // NOLINT
  // Whole numbers wrap around, as in ops.
  static auto wrapped(T value) {
    if constexpr (std::is_integral_v<T>) {
      return static_cast<uint64_t>(value);
    } else {
      return value;
    }
  }
  template <typename U>
  T write(U value) {
    storage_.bump_version();
    return *place_ = static_cast<T>(value);
  }

  Storage storage_;
  T* place_;
};

template <Element T>
TensorView<T> BasicTensor<T>::operator[](Whole index) const {
  return select(0, index);
}

template <Element T>
template <StandsFor<int64_t>... Is>
T BasicTensor<T>::operator()(Is... index) const {
  const std::array<Whole, sizeof...(Is)> place{Whole(index)...};
  return *find(place);
}

template <Element T>
template <StandsFor<int64_t>... Is>
ElementRef<T> BasicTensor<T>::operator()(Is... index) {
  const std::array<Whole, sizeof...(Is)> place{Whole(index)...};
  return ElementRef<T>(storage_, const_cast<T*>(find(place)));  // NOLINT: a handle's numbers may be written
}

template <Element T>
template <typename... Is>
requires((std::convertible_to<Is, ViewIndex> && ...) && !(StandsFor<Is, int64_t> && ...))
    TensorView<T> BasicTensor<T>::operator()(const Is&... indices) const {
  const std::array<ViewIndex, sizeof...(Is)> list{ViewIndex(indices)...};
  return view_at(list);
}

}  // namespace lt::inline v0

#include <libtensor/tensor/index.h>  // IWYU pragma: export
