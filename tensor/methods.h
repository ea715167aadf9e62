#pragma once

// The commonest ops as methods too, of tensors and of variables: x.sum(1) is sum(x, 1), which says what it
// gives and throws. (The definitions are in tensor/method_calls.h, which tensor/ops.h includes.)

#include <optional>

#include <libtensor/tensor/shape.h>

namespace lt::inline v0 {

template <Element T>
class BasicTensor;
using IntTensor = BasicTensor<int64_t>;
using BoolTensor = BasicTensor<bool>;

template <typename X>
class OpMethods {
 public:
  X sum(const Dims& axes = {}, Flag keepdim = false) const;
  X mean(const Dims& axes = {}, Flag keepdim = false) const;
  X var(const Dims& axes = {}, Flag unbiased = true, Flag keepdim = false) const;
  X stddev(const Dims& axes = {}, Flag unbiased = true, Flag keepdim = false) const;
  X norm(const Dims& axes = {}, Flag keepdim = false) const;
  X logsumexp(const Dims& axes, Flag keepdim = false) const;
  X max() const;
  X min() const;
  auto max(Whole axis, Flag keepdim = false) const;  // .values, .indices
  auto min(Whole axis, Flag keepdim = false) const;
  X amax(const Dims& axes = {}, Flag keepdim = false) const;
  X amin(const Dims& axes = {}, Flag keepdim = false) const;
  auto argmax(std::optional<Whole> axis = {}, Flag keepdim = false) const;
  auto argmin(std::optional<Whole> axis = {}, Flag keepdim = false) const;
  auto all(const Dims& axes = {}, Flag keepdim = false) const;
  auto any(const Dims& axes = {}, Flag keepdim = false) const;
  X cumsum(Whole axis) const;

  X neg() const;
  X exp() const;
  X log() const;
  X log1p() const;
  X sqrt() const;
  X rsqrt() const;
  X reciprocal() const;
  X abs() const;
  X sign() const;
  X square() const;
  X sin() const;
  X cos() const;
  X tanh() const;
  X erf() const;
  X sigmoid() const;
  X relu() const;
  X floor() const;
  X ceil() const;
  X round() const;
  auto isnan() const;
  auto isinf() const;
  auto isfinite() const;
  template <typename Low, typename High>
  X clamp(const Low& low, const High& high) const;

  template <typename Y>
  auto add(const Y& other) const {
    return self() + other;
  }
  template <typename Y>
  auto sub(const Y& other) const {
    return self() - other;
  }
  template <typename Y>
  auto mul(const Y& other) const {
    return self() * other;
  }
  template <typename Y>
  auto div(const Y& other) const {
    return self() / other;
  }
  template <typename Y>
  auto pow(const Y& exponent) const;
  template <typename Y>
  auto maximum(const Y& other) const;
  template <typename Y>
  auto minimum(const Y& other) const;
  template <typename Y>
  auto matmul(const Y& other) const;
  X softmax(Whole axis) const;
  X log_softmax(Whole axis) const;

  X flip(const Dims& axes) const;
  X tril(Whole diagonal = 0) const;
  X triu(Whole diagonal = 0) const;
  X gather(Whole axis, const IntTensor& ids) const;
  template <typename Y>
  auto scatter_add(Whole axis, const IntTensor& ids, const Y& source) const;
  template <typename Y>
  X masked_fill(const BoolTensor& mask, const Y& value) const;
  X masked_select(const BoolTensor& mask) const;
  auto sort(Whole axis = -1, Flag descending = false) const;  // .values, .indices
  auto argsort(Whole axis = -1, Flag descending = false) const;
  auto topk(Whole k, Whole axis = -1) const;  // .values, .indices
  template <typename Y>
  bool equal(const Y& other) const;
  template <typename Y>
  bool allclose(const Y& other, double rtol = 1e-5, double atol = 1e-8) const;

 private:
  const X& self() const { return static_cast<const X&>(*this); }
};

}  // namespace lt::inline v0
