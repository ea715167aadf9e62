#pragma once

// The commonest ops as methods too, of tensors and of variables: x.sum(1) is sum(x, 1), which says what it
// gives and throws. (The definitions are in tensor/method_calls.h, which tensor/ops.h includes.)

#include <optional>

#include <libtensor/tensor/shape.h>

namespace lt::inline v0 {

template <typename X>
class OpMethods {
 public:
  X sum(const Dims& axes = {}, Flag keepdim = false) const;
  X mean(const Dims& axes = {}, Flag keepdim = false) const;
  X var(const Dims& axes = {}, Flag unbiased = true, Flag keepdim = false) const;
  X stddev(const Dims& axes = {}, Flag unbiased = true, Flag keepdim = false) const;
  X max() const;
  X min() const;
  auto max(Whole axis, Flag keepdim = false) const;  // .values, .indices
  auto min(Whole axis, Flag keepdim = false) const;
  auto argmax(std::optional<Whole> axis = {}, Flag keepdim = false) const;
  auto argmin(std::optional<Whole> axis = {}, Flag keepdim = false) const;

  X exp() const;
  X log() const;
  X sqrt() const;
  X abs() const;
  X square() const;
  X tanh() const;
  X sigmoid() const;
  X relu() const;
  template <typename Y>
  auto pow(const Y& exponent) const;
  template <typename Y>
  auto matmul(const Y& other) const;
  X softmax(Whole axis) const;

 private:
  const X& self() const { return static_cast<const X&>(*this); }
};

}  // namespace lt::inline v0
