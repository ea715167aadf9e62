#pragma once

// The operators of ops.h: each is its named op, between tensors or with a scalar on either side.

#include <libtensor/tensor/ops.h>

namespace lt::inline v0 {

template <Number T>
BasicTensor<T> operator+(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return add(a, b);
}
template <Number T>
BasicTensor<T> operator+(const BasicTensor<T>& a, ScalarOf<T> b) {
  return add(a, scalar<T>(b));
}
template <Number T>
BasicTensor<T> operator+(ScalarOf<T> a, const BasicTensor<T>& b) {
  return add(scalar<T>(a), b);
}

template <Number T>
BasicTensor<T> operator-(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return sub(a, b);
}
template <Number T>
BasicTensor<T> operator-(const BasicTensor<T>& a, ScalarOf<T> b) {
  return sub(a, scalar<T>(b));
}
template <Number T>
BasicTensor<T> operator-(ScalarOf<T> a, const BasicTensor<T>& b) {
  return sub(scalar<T>(a), b);
}

template <Number T>
BasicTensor<T> operator*(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return mul(a, b);
}
template <Number T>
BasicTensor<T> operator*(const BasicTensor<T>& a, ScalarOf<T> b) {
  return mul(a, scalar<T>(b));
}
template <Number T>
BasicTensor<T> operator*(ScalarOf<T> a, const BasicTensor<T>& b) {
  return mul(scalar<T>(a), b);
}

template <Floating T>
BasicTensor<T> operator/(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return div(a, b);
}
template <Floating T>
BasicTensor<T> operator/(const BasicTensor<T>& a, ScalarOf<T> b) {
  return div(a, scalar<T>(b));
}
template <Floating T>
BasicTensor<T> operator/(ScalarOf<T> a, const BasicTensor<T>& b) {
  return div(scalar<T>(a), b);
}

template <Element T>
BoolTensor operator==(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return equals(a, b);
}
template <Element T>
BoolTensor operator==(const BasicTensor<T>& a, ScalarOf<T> b) {
  return equals(a, scalar<T>(b));
}
template <Element T>
BoolTensor operator==(ScalarOf<T> a, const BasicTensor<T>& b) {
  return equals(scalar<T>(a), b);
}

template <Element T>
BoolTensor operator!=(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return not_equals(a, b);
}
template <Element T>
BoolTensor operator!=(const BasicTensor<T>& a, ScalarOf<T> b) {
  return not_equals(a, scalar<T>(b));
}
template <Element T>
BoolTensor operator!=(ScalarOf<T> a, const BasicTensor<T>& b) {
  return not_equals(scalar<T>(a), b);
}

template <Element T>
BoolTensor operator<(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return less(a, b);
}
template <Element T>
BoolTensor operator<(const BasicTensor<T>& a, ScalarOf<T> b) {
  return less(a, scalar<T>(b));
}
template <Element T>
BoolTensor operator<(ScalarOf<T> a, const BasicTensor<T>& b) {
  return less(scalar<T>(a), b);
}

template <Element T>
BoolTensor operator<=(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return less_equal(a, b);
}
template <Element T>
BoolTensor operator<=(const BasicTensor<T>& a, ScalarOf<T> b) {
  return less_equal(a, scalar<T>(b));
}
template <Element T>
BoolTensor operator<=(ScalarOf<T> a, const BasicTensor<T>& b) {
  return less_equal(scalar<T>(a), b);
}

template <Element T>
BoolTensor operator>(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return b < a;
}
template <Element T>
BoolTensor operator>(const BasicTensor<T>& a, ScalarOf<T> b) {
  return b < a;
}
template <Element T>
BoolTensor operator>(ScalarOf<T> a, const BasicTensor<T>& b) {
  return b < a;
}

template <Element T>
BoolTensor operator>=(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return b <= a;
}
template <Element T>
BoolTensor operator>=(const BasicTensor<T>& a, ScalarOf<T> b) {
  return b <= a;
}
template <Element T>
BoolTensor operator>=(ScalarOf<T> a, const BasicTensor<T>& b) {
  return b <= a;
}

template <Number T>
BasicTensor<T> operator-(const BasicTensor<T>& x) {
  return neg(x);
}

template <typename X>
using ElementOf = typename X::value_type;

// Named ops with a number on one side, of a tensor X; and of a variable, which has them from here.
template <typename X>
requires Floating<ElementOf<X>> X pow(ScalarOf<ElementOf<X>> base, const OpMethods<X>& exponent) {
  return pow(scalar<ElementOf<X>>(base), static_cast<const X&>(exponent));
}
template <typename X>
requires Number<ElementOf<X>> X maximum(const OpMethods<X>& x, ScalarOf<ElementOf<X>> value) {
  return maximum(static_cast<const X&>(x), scalar<ElementOf<X>>(value));
}
template <typename X>
requires Number<ElementOf<X>> X minimum(const OpMethods<X>& x, ScalarOf<ElementOf<X>> value) {
  return minimum(static_cast<const X&>(x), scalar<ElementOf<X>>(value));
}
template <typename X>
requires Number<ElementOf<X>> X maximum(ScalarOf<ElementOf<X>> value, const OpMethods<X>& x) {
  return maximum(scalar<ElementOf<X>>(value), static_cast<const X&>(x));
}
template <typename X>
requires Number<ElementOf<X>> X minimum(ScalarOf<ElementOf<X>> value, const OpMethods<X>& x) {
  return minimum(scalar<ElementOf<X>>(value), static_cast<const X&>(x));
}
template <typename X>
requires Floating<ElementOf<X>> X atan2(const OpMethods<X>& y, ScalarOf<ElementOf<X>> x) {
  return atan2(static_cast<const X&>(y), scalar<ElementOf<X>>(x));
}
template <typename X>
requires Floating<ElementOf<X>> X atan2(ScalarOf<ElementOf<X>> y, const OpMethods<X>& x) {
  return atan2(scalar<ElementOf<X>>(y), static_cast<const X&>(x));
}
template <typename X>
requires Number<ElementOf<X>> X floor_divide(const OpMethods<X>& x, ScalarOf<ElementOf<X>> value) {
  return floor_divide(static_cast<const X&>(x), scalar<ElementOf<X>>(value));
}
template <typename X>
requires Number<ElementOf<X>> X remainder(const OpMethods<X>& x, ScalarOf<ElementOf<X>> value) {
  return remainder(static_cast<const X&>(x), scalar<ElementOf<X>>(value));
}
template <typename X>
requires Element<ElementOf<X>> X where(const BoolTensor& condition, const OpMethods<X>& x,
                                       ScalarOf<ElementOf<X>> value) {
  return where(condition, static_cast<const X&>(x), scalar<ElementOf<X>>(value.fitting("where")));
}
template <typename X>
requires Element<ElementOf<X>> X where(const BoolTensor& condition, ScalarOf<ElementOf<X>> value,
                                       const OpMethods<X>& x) {
  return where(condition, scalar<ElementOf<X>>(value.fitting("where")), static_cast<const X&>(x));
}

inline BoolTensor operator&(const BoolTensor& a, const BoolTensor& b) { return logical_and(a, b); }
inline BoolTensor operator|(const BoolTensor& a, const BoolTensor& b) { return logical_or(a, b); }
inline BoolTensor operator^(const BoolTensor& a, const BoolTensor& b) { return logical_xor(a, b); }
inline BoolTensor operator!(const BoolTensor& a) { return logical_not(a); }

}  // namespace lt::inline v0
