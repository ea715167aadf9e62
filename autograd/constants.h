#pragma once

// The ops of ops.h with a constant first, a tensor or a number (the named ones with a number are in
// tensor/operators.h); and what is taken of a variable's numbers alone, since it has no gradient.

#include <libtensor/autograd/ops.h>

namespace lt::inline v0 {

// ---------------------------------------------------------------- a tensor first

template <Floating T>
BasicVariable<T> add(const BasicTensor<T>& a, const BasicVariable<T>& b) {
  return add(BasicVariable<T>(a), b);
}
template <Floating T>
BasicVariable<T> sub(const BasicTensor<T>& a, const BasicVariable<T>& b) {
  return sub(BasicVariable<T>(a), b);
}
template <Floating T>
BasicVariable<T> mul(const BasicTensor<T>& a, const BasicVariable<T>& b) {
  return mul(BasicVariable<T>(a), b);
}
template <Floating T>
BasicVariable<T> div(const BasicTensor<T>& a, const BasicVariable<T>& b) {
  return div(BasicVariable<T>(a), b);
}
template <Floating T>
BasicVariable<T> pow(const BasicTensor<T>& a, const BasicVariable<T>& b) {
  return pow(BasicVariable<T>(a), b);
}
template <Floating T>
BasicVariable<T> atan2(const BasicTensor<T>& y, const BasicVariable<T>& x) {
  return atan2(BasicVariable<T>(y), x);
}
template <Floating T>
BasicVariable<T> maximum(const BasicTensor<T>& a, const BasicVariable<T>& b) {
  return maximum(BasicVariable<T>(a), b);
}
template <Floating T>
BasicVariable<T> minimum(const BasicTensor<T>& a, const BasicVariable<T>& b) {
  return minimum(BasicVariable<T>(a), b);
}
template <Floating T>
BasicVariable<T> floor_divide(const BasicTensor<T>& a, const BasicVariable<T>& b) {
  return floor_divide(BasicVariable<T>(a), b);
}
template <Floating T>
BasicVariable<T> remainder(const BasicTensor<T>& a, const BasicVariable<T>& b) {
  return remainder(BasicVariable<T>(a), b);
}
template <Floating T>
BasicVariable<T> where(const BoolTensor& condition, const BasicTensor<T>& a, const BasicVariable<T>& b) {
  return where(condition, BasicVariable<T>(a), b);
}
template <Floating T>
BasicVariable<T> matmul(const BasicTensor<T>& a, const BasicVariable<T>& b) {
  return matmul(BasicVariable<T>(a), b);
}
template <Floating T>
BasicVariable<T> addmm(const BasicTensor<T>& bias, const BasicVariable<T>& a, const OperandOf<T>& b) {
  return addmm(BasicVariable<T>(bias), a, b);
}
template <Floating T>
BasicVariable<T> addmm(const BasicTensor<T>& bias, const BasicTensor<T>& a, const BasicVariable<T>& b) {
  return addmm(BasicVariable<T>(bias), BasicVariable<T>(a), b);
}
template <Floating T>
BasicVariable<T> index_add(const BasicTensor<T>& x, const std::vector<IntTensor>& ids,
                           const BasicVariable<T>& added) {
  return index_add(BasicVariable<T>(x), ids, added);
}
template <Floating T>
BasicVariable<T> scatter_add(const BasicTensor<T>& x, Whole axis, const IntTensor& ids,
                             const BasicVariable<T>& source) {
  return scatter_add(BasicVariable<T>(x), axis, ids, source);
}
template <Floating T>
BasicVariable<T> linear(const BasicTensor<T>& x, const BasicVariable<T>& weight,
                        const OperandOf<T>& bias = {}) {
  return linear(BasicVariable<T>(x), weight, bias);
}
template <Floating T>
BasicVariable<T> conv1d(const BasicTensor<T>& x, const BasicVariable<T>& weight,
                        const OperandOf<T>& bias = {}, const Conv1dOptions& options = {}) {
  return conv1d(BasicVariable<T>(x), weight, bias, options);
}
template <Floating T>
BasicVariable<T> mse_loss(const BasicTensor<T>& a, const BasicVariable<T>& b, LossOptions options = {}) {
  return mse_loss(BasicVariable<T>(a), b, options);
}
template <Floating T>
BasicVariable<T> batch_norm(const BasicTensor<T>& x, const BasicVariable<T>& weight, const OperandOf<T>& bias,
                            const BatchNormOptions& options = {}, BatchStatistics<T>* statistics = nullptr) {
  return batch_norm(BasicVariable<T>(x), weight, bias, options, statistics);
}
template <Floating T>
BasicVariable<T> layer_norm(const BasicTensor<T>& x, const BasicVariable<T>& weight, const OperandOf<T>& bias,
                            const LayerNormOptions& options = {}) {
  return layer_norm(BasicVariable<T>(x), weight, bias, options);
}

// ---------------------------------------------------------------- a number

template <Floating T>
BasicVariable<T> add(ScalarOf<T> value, const BasicVariable<T>& x) {
  return add(x, value);
}
template <Floating T>
BasicVariable<T> mul(ScalarOf<T> value, const BasicVariable<T>& x) {
  return mul(x, value);
}
template <Floating T>
BasicVariable<T> div(const BasicVariable<T>& x, ScalarOf<T> value) {
  return div(x, scalar<T>(value));
}
// ---------------------------------------------------------------- of the numbers alone

template <Floating T>
IntTensor argmax(const BasicVariable<T>& x, std::optional<Whole> axis = {}, Flag keepdim = false) {
  return argmax(x.data(), axis, keepdim);
}
template <Floating T>
IntTensor argmin(const BasicVariable<T>& x, std::optional<Whole> axis = {}, Flag keepdim = false) {
  return argmin(x.data(), axis, keepdim);
}
template <Floating T>
IntTensor argsort(const BasicVariable<T>& x, Whole axis = -1, Flag descending = false) {
  return argsort(x.data(), axis, descending);
}
template <Floating T>
Histogram<T> histogram(const BasicVariable<T>& x, Whole bins, ScalarOf<T> low = T{}, ScalarOf<T> high = T{}) {
  return histogram(x.data(), bins, low, high);
}
template <Floating T>
BoolTensor isnan(const BasicVariable<T>& x) {
  return isnan(x.data());
}
template <Floating T>
BoolTensor isinf(const BasicVariable<T>& x) {
  return isinf(x.data());
}
template <Floating T>
BoolTensor isfinite(const BasicVariable<T>& x) {
  return isfinite(x.data());
}
template <Floating T>
bool equal(const BasicVariable<T>& a, const OperandOf<T>& b) {
  return equal(a.data(), b.data());
}
template <Floating T>
bool equal(const BasicTensor<T>& a, const BasicVariable<T>& b) {
  return equal(a, b.data());
}
template <Floating T>
bool allclose(const BasicVariable<T>& a, const OperandOf<T>& b, double rtol = 1e-5, double atol = 1e-8) {
  return allclose(a.data(), b.data(), rtol, atol);
}
template <Floating T>
bool allclose(const BasicTensor<T>& a, const BasicVariable<T>& b, double rtol = 1e-5, double atol = 1e-8) {
  return allclose(a, b.data(), rtol, atol);
}
template <Floating T>
BasicTensor<T> zeros_like(const BasicVariable<T>& x) {
  return zeros_like(x.data());
}
template <Floating T>
BasicTensor<T> ones_like(const BasicVariable<T>& x) {
  return ones_like(x.data());
}

}  // namespace lt::inline v0
