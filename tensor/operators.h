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

// Named ops with a number on one side.
template <Floating T>
BasicTensor<T> pow(ScalarOf<T> base, const BasicTensor<T>& exponent) {
  return pow(scalar<T>(base), exponent);
}
template <Number T>
BasicTensor<T> maximum(const BasicTensor<T>& x, ScalarOf<T> value) {
  return maximum(x, scalar<T>(value));
}
template <Number T>
BasicTensor<T> minimum(const BasicTensor<T>& x, ScalarOf<T> value) {
  return minimum(x, scalar<T>(value));
}
template <Number T>
BasicTensor<T> maximum(ScalarOf<T> value, const BasicTensor<T>& x) {
  return maximum(scalar<T>(value), x);
}
template <Number T>
BasicTensor<T> minimum(ScalarOf<T> value, const BasicTensor<T>& x) {
  return minimum(scalar<T>(value), x);
}
template <Floating T>
BasicTensor<T> atan2(const BasicTensor<T>& y, ScalarOf<T> x) {
  return atan2(y, scalar<T>(x));
}
template <Floating T>
BasicTensor<T> atan2(ScalarOf<T> y, const BasicTensor<T>& x) {
  return atan2(scalar<T>(y), x);
}
template <Number T>
BasicTensor<T> floor_divide(const BasicTensor<T>& x, ScalarOf<T> value) {
  return floor_divide(x, scalar<T>(value));
}
template <Number T>
BasicTensor<T> remainder(const BasicTensor<T>& x, ScalarOf<T> value) {
  return remainder(x, scalar<T>(value));
}
template <Element T>
BasicTensor<T> where(const BoolTensor& condition, const BasicTensor<T>& x, ScalarOf<T> value) {
  return where(condition, x, scalar<T>(value));
}
template <Element T>
BasicTensor<T> where(const BoolTensor& condition, ScalarOf<T> value, const BasicTensor<T>& x) {
  return where(condition, scalar<T>(value), x);
}

inline BoolTensor operator&(const BoolTensor& a, const BoolTensor& b) { return logical_and(a, b); }
inline BoolTensor operator|(const BoolTensor& a, const BoolTensor& b) { return logical_or(a, b); }
inline BoolTensor operator^(const BoolTensor& a, const BoolTensor& b) { return logical_xor(a, b); }
inline BoolTensor operator!(const BoolTensor& a) { return logical_not(a); }

}  // namespace lt::inline v0
