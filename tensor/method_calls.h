#pragma once

// The methods of tensor/methods.h: each calls its op. A using-declaration comes before the method of the same
// name, and still lets the arguments name the op, which may be a variable's.

#include <libtensor/tensor/ops.h>

namespace lt::inline v0 {

template <typename X>
X OpMethods<X>::sum(const Dims& axes, Flag keepdim) const {
  using lt::sum;
  return sum(self(), axes, keepdim);
}
template <typename X>
X OpMethods<X>::mean(const Dims& axes, Flag keepdim) const {
  using lt::mean;
  return mean(self(), axes, keepdim);
}
template <typename X>
X OpMethods<X>::var(const Dims& axes, Flag unbiased, Flag keepdim) const {
  using lt::var;
  return var(self(), axes, unbiased, keepdim);
}
template <typename X>
X OpMethods<X>::stddev(const Dims& axes, Flag unbiased, Flag keepdim) const {
  using lt::stddev;
  return stddev(self(), axes, unbiased, keepdim);
}
template <typename X>
X OpMethods<X>::max() const {
  using lt::max;
  return max(self());
}
template <typename X>
X OpMethods<X>::min() const {
  using lt::min;
  return min(self());
}
template <typename X>
auto OpMethods<X>::max(Whole axis, Flag keepdim) const {
  using lt::max;
  return max(self(), axis, keepdim);
}
template <typename X>
auto OpMethods<X>::min(Whole axis, Flag keepdim) const {
  using lt::min;
  return min(self(), axis, keepdim);
}
template <typename X>
auto OpMethods<X>::argmax(std::optional<Whole> axis, Flag keepdim) const {
  using lt::argmax;
  return argmax(self(), axis, keepdim);
}
template <typename X>
auto OpMethods<X>::argmin(std::optional<Whole> axis, Flag keepdim) const {
  using lt::argmin;
  return argmin(self(), axis, keepdim);
}
template <typename X>
X OpMethods<X>::exp() const {
  using lt::exp;
  return exp(self());
}
template <typename X>
X OpMethods<X>::log() const {
  using lt::log;
  return log(self());
}
template <typename X>
X OpMethods<X>::sqrt() const {
  using lt::sqrt;
  return sqrt(self());
}
template <typename X>
X OpMethods<X>::abs() const {
  using lt::abs;
  return abs(self());
}
template <typename X>
X OpMethods<X>::square() const {
  using lt::square;
  return square(self());
}
template <typename X>
X OpMethods<X>::tanh() const {
  using lt::tanh;
  return tanh(self());
}
template <typename X>
X OpMethods<X>::sigmoid() const {
  using lt::sigmoid;
  return sigmoid(self());
}
template <typename X>
X OpMethods<X>::relu() const {
  using lt::relu;
  return relu(self());
}
template <typename X>
template <typename Y>
auto OpMethods<X>::pow(const Y& exponent) const {
  using lt::pow;
  return pow(self(), exponent);
}
template <typename X>
template <typename Y>
auto OpMethods<X>::matmul(const Y& other) const {
  using lt::matmul;
  return matmul(self(), other);
}
template <typename X>
X OpMethods<X>::softmax(Whole axis) const {
  using lt::softmax;
  return softmax(self(), axis);
}

}  // namespace lt::inline v0
