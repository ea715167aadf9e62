#pragma once

// The operators of tensors where one operand is a variable, and the other a variable, a tensor or a number.

#include <libtensor/autograd/constants.h>
#include <libtensor/autograd/ops.h>

namespace lt::inline v0 {

namespace detail {
template <Floating T>
const BasicTensor<T>& numbers_of(const BasicVariable<T>& x) {
  return x.data();
}
template <typename X>
const X& numbers_of(const X& x) {
  return x;
}
template <Floating T>
void take_variable(const BasicVariable<T>& x);
// What v becomes by an operator in place.
template <Floating T>
BasicVariable<T>& update(BasicVariable<T>& v, const BasicVariable<T>& result, const char* op);
}  // namespace detail

template <typename X>
concept IsVariable = requires(const X& x) {
  detail::take_variable(x);
};
// B beside A, where one of them is a variable: what the operators take.
template <typename B, typename A>
concept RecordedBeside = (IsVariable<A> || IsVariable<B>)&&requires(const A& a, const B& b) {
  add(a, b);
};
template <typename B, typename A>
concept ComparedBeside = (IsVariable<A> || IsVariable<B>)&&requires(const A& a, const B& b) {
  detail::numbers_of(a) < detail::numbers_of(b);
};

// --- recorded ---

template <typename A, RecordedBeside<A> B>
auto operator+(const A& a, const B& b) {
  return add(a, b);
}
template <typename A, RecordedBeside<A> B>
auto operator-(const A& a, const B& b) {
  return sub(a, b);
}
template <typename A, RecordedBeside<A> B>
auto operator*(const A& a, const B& b) {
  return mul(a, b);
}
template <typename A, RecordedBeside<A> B>
auto operator/(const A& a, const B& b) {
  return div(a, b);
}
template <Floating T>
BasicVariable<T> operator-(const BasicVariable<T>& x) {
  return neg(x);
}

// --- v += x is v = v + x: other handles of the old v keep it ---
// Under NoGrad the numbers of v are changed in place, as by PyTorch's w -= rate * w.grad.
//   throws: GradError, as PyTorch, for a leaf that needs a gradient, unless under NoGrad; for a view, which
//           would no longer be one; ShapeError where x does not broadcast to v's shape

template <Floating T, RecordedBeside<BasicVariable<T>> B>
BasicVariable<T>& operator+=(BasicVariable<T>& v, const B& x) {
  return detail::update(v, v + x, "+=");
}
template <Floating T, RecordedBeside<BasicVariable<T>> B>
BasicVariable<T>& operator-=(BasicVariable<T>& v, const B& x) {
  return detail::update(v, v - x, "-=");
}
template <Floating T, RecordedBeside<BasicVariable<T>> B>
BasicVariable<T>& operator*=(BasicVariable<T>& v, const B& x) {
  return detail::update(v, v * x, "*=");
}
template <Floating T, RecordedBeside<BasicVariable<T>> B>
BasicVariable<T>& operator/=(BasicVariable<T>& v, const B& x) {
  return detail::update(v, v / x, "/=");
}

// --- comparisons, of the numbers ---

template <typename A, ComparedBeside<A> B>
BoolTensor operator==(const A& a, const B& b) {
  return detail::numbers_of(a) == detail::numbers_of(b);
}
template <typename A, ComparedBeside<A> B>
BoolTensor operator!=(const A& a, const B& b) {
  return detail::numbers_of(a) != detail::numbers_of(b);
}
template <typename A, ComparedBeside<A> B>
BoolTensor operator<(const A& a, const B& b) {
  return detail::numbers_of(a) < detail::numbers_of(b);
}
template <typename A, ComparedBeside<A> B>
BoolTensor operator<=(const A& a, const B& b) {
  return detail::numbers_of(a) <= detail::numbers_of(b);
}
template <typename A, ComparedBeside<A> B>
BoolTensor operator>(const A& a, const B& b) {
  return detail::numbers_of(a) > detail::numbers_of(b);
}
template <typename A, ComparedBeside<A> B>
BoolTensor operator>=(const A& a, const B& b) {
  return detail::numbers_of(a) >= detail::numbers_of(b);
}

}  // namespace lt::inline v0
