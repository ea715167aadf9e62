#pragma once

// The operators of ops.h: each is its named op, between tensors or with a scalar on either side.

#include <libtensor/tensor/ops.h>

namespace lt {

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

inline BoolTensor operator&(const BoolTensor& a, const BoolTensor& b) { return logical_and(a, b); }
inline BoolTensor operator|(const BoolTensor& a, const BoolTensor& b) { return logical_or(a, b); }
inline BoolTensor operator^(const BoolTensor& a, const BoolTensor& b) { return logical_xor(a, b); }
inline BoolTensor operator!(const BoolTensor& a) { return logical_not(a); }

}  // namespace lt
