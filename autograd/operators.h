#pragma once

// +, -, *, / between variables, and with a scalar or a tensor (a constant) on either side.

#include <libtensor/autograd/ops.h>

namespace lt {

template <Floating T>
BasicVariable<T> operator+(const BasicVariable<T>& a, const BasicVariable<T>& b) {
  return add(a, b);
}
template <Floating T>
BasicVariable<T> operator+(const BasicVariable<T>& a, const BasicTensor<T>& b) {
  return add(a, BasicVariable<T>(b));
}
template <Floating T>
BasicVariable<T> operator+(const BasicTensor<T>& a, const BasicVariable<T>& b) {
  return add(BasicVariable<T>(a), b);
}

template <Floating T>
BasicVariable<T> operator-(const BasicVariable<T>& a, const BasicVariable<T>& b) {
  return sub(a, b);
}
template <Floating T>
BasicVariable<T> operator-(const BasicVariable<T>& a, const BasicTensor<T>& b) {
  return sub(a, BasicVariable<T>(b));
}
template <Floating T>
BasicVariable<T> operator-(const BasicTensor<T>& a, const BasicVariable<T>& b) {
  return sub(BasicVariable<T>(a), b);
}

template <Floating T>
BasicVariable<T> operator*(const BasicVariable<T>& a, const BasicVariable<T>& b) {
  return mul(a, b);
}
template <Floating T>
BasicVariable<T> operator*(const BasicVariable<T>& a, const BasicTensor<T>& b) {
  return mul(a, BasicVariable<T>(b));
}
template <Floating T>
BasicVariable<T> operator*(const BasicTensor<T>& a, const BasicVariable<T>& b) {
  return mul(BasicVariable<T>(a), b);
}

template <Floating T>
BasicVariable<T> operator/(const BasicVariable<T>& a, const BasicVariable<T>& b) {
  return div(a, b);
}
template <Floating T>
BasicVariable<T> operator/(const BasicVariable<T>& a, const BasicTensor<T>& b) {
  return div(a, BasicVariable<T>(b));
}
template <Floating T>
BasicVariable<T> operator/(const BasicTensor<T>& a, const BasicVariable<T>& b) {
  return div(BasicVariable<T>(a), b);
}

template <Floating T>
BasicVariable<T> operator+(const BasicVariable<T>& x, ScalarOf<T> value) {
  return add(x, value);
}
template <Floating T>
BasicVariable<T> operator+(ScalarOf<T> value, const BasicVariable<T>& x) {
  return add(x, value);
}
template <Floating T>
BasicVariable<T> operator-(const BasicVariable<T>& x, ScalarOf<T> value) {
  return add(x, -value);
}
template <Floating T>
BasicVariable<T> operator-(ScalarOf<T> value, const BasicVariable<T>& x) {
  return add(neg(x), value);
}
template <Floating T>
BasicVariable<T> operator*(const BasicVariable<T>& x, ScalarOf<T> value) {
  return mul(x, value);
}
template <Floating T>
BasicVariable<T> operator*(ScalarOf<T> value, const BasicVariable<T>& x) {
  return mul(x, value);
}
template <Floating T>
BasicVariable<T> operator/(const BasicVariable<T>& x, ScalarOf<T> value) {
  return div(x, BasicVariable<T>(scalar<T>(value)));
}
template <Floating T>
BasicVariable<T> operator/(ScalarOf<T> value, const BasicVariable<T>& x) {
  return div(BasicVariable<T>(scalar<T>(value)), x);
}
template <Floating T>
BasicVariable<T> operator-(const BasicVariable<T>& x) {
  return neg(x);
}

}  // namespace lt
