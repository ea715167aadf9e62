#pragma once

// The menus of tensor/ops.h and functional.h again, for variables: same names, same families, same order,
// same errors. Only float and double have gradients. Where several places tie (amax, max, clamp, relu at 0),
// the gradient is PyTorch's. Views are methods, as a tensor's (autograd/variable.h). Where one operand is a
// variable, another may be a tensor, a constant (autograd/constants.h has those where it is the first).

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <libtensor/autograd/variable.h>
#include <libtensor/tensor/attention.h>
#include <libtensor/tensor/functional.h>
#include <libtensor/tensor/random.h>

namespace lt::inline v0 {

// An operand beside a variable: another one, or a tensor as a constant.
template <Floating T>
using OperandOf = std::type_identity_t<BasicVariable<T>>;

// ---------------------------------------------------------------- elementwise, two operands

template <Floating T>
BasicVariable<T> add(const BasicVariable<T>& a, const OperandOf<T>& b);
template <Floating T>
BasicVariable<T> sub(const BasicVariable<T>& a, const OperandOf<T>& b);
template <Floating T>
BasicVariable<T> mul(const BasicVariable<T>& a, const OperandOf<T>& b);
template <Floating T>
BasicVariable<T> div(const BasicVariable<T>& a, const OperandOf<T>& b);
template <Floating T>
BasicVariable<T> pow(const BasicVariable<T>& a, const OperandOf<T>& b);
template <Floating T>
BasicVariable<T> atan2(const BasicVariable<T>& y, const OperandOf<T>& x);
template <Floating T>
BasicVariable<T> maximum(const BasicVariable<T>& a, const OperandOf<T>& b);  // half to each where equal
template <Floating T>
BasicVariable<T> minimum(const BasicVariable<T>& a, const OperandOf<T>& b);
// The remainder's gradient goes to both sides as PyTorch's, by the quotient rounded down; that quotient's own
// is 0.
template <Floating T>
BasicVariable<T> floor_divide(const BasicVariable<T>& a, const OperandOf<T>& b);
template <Floating T>
BasicVariable<T> remainder(const BasicVariable<T>& a, const OperandOf<T>& b);
template <Floating T>
BasicVariable<T> where(const BoolTensor& condition, const BasicVariable<T>& a, const OperandOf<T>& b);
template <Floating T>
BasicVariable<T> masked_fill(const BasicVariable<T>& x, const BoolTensor& mask, ScalarOf<T> value);

// With a number on either side, as the operators have them.
template <Floating T>
BasicVariable<T> add(const BasicVariable<T>& x, ScalarOf<T> value);
template <Floating T>
BasicVariable<T> sub(const BasicVariable<T>& x, ScalarOf<T> value);
template <Floating T>
BasicVariable<T> sub(ScalarOf<T> value, const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> mul(const BasicVariable<T>& x, ScalarOf<T> value);
template <Floating T>
BasicVariable<T> div(ScalarOf<T> value, const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> remainder(const BasicVariable<T>& x, ScalarOf<T> value);

// ---------------------------------------------------------------- elementwise, one operand

template <Floating T>
BasicVariable<T> neg(const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> abs(const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> square(const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> relu(const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> clamp(const BasicVariable<T>& x, ScalarOf<T> low, ScalarOf<T> high);
template <Floating T>
BasicVariable<T> pow(const BasicVariable<T>& x, ScalarOf<T> exponent);
// No gradient flows through these: it is 0, as in PyTorch.
template <Floating T>
BasicVariable<T> sign(const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> floor(const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> ceil(const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> round(const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> exp(const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> log(const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> log1p(const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> sqrt(const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> rsqrt(const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> reciprocal(const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> sin(const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> cos(const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> tanh(const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> erf(const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> sigmoid(const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> gelu(const BasicVariable<T>& x, Gelu approximate = Gelu::none);

// ---------------------------------------------------------------- reductions

template <Floating T>
BasicVariable<T> sum(const BasicVariable<T>& x, const Dims& axes = {}, Flag keepdim = false);
template <Floating T>
BasicVariable<T> mean(const BasicVariable<T>& x, const Dims& axes = {}, Flag keepdim = false);
template <Floating T>
BasicVariable<T> var(const BasicVariable<T>& x, const Dims& axes = {}, Flag unbiased = true,
                     Flag keepdim = false);
template <Floating T>
std::pair<BasicVariable<T>, BasicVariable<T>> var_mean(const BasicVariable<T>& x, const Dims& axes = {},
                                                       Flag unbiased = true, Flag keepdim = false);
template <Floating T>
BasicVariable<T> stddev(const BasicVariable<T>& x, const Dims& axes = {}, Flag unbiased = true,
                        Flag keepdim = false);
template <Floating T>
BasicVariable<T> norm(const BasicVariable<T>& x, const Dims& axes = {}, Flag keepdim = false);
template <Floating T>
BasicVariable<T> logsumexp(const BasicVariable<T>& x, const Dims& axes, Flag keepdim = false);
template <Floating T>
BasicVariable<T> amax(const BasicVariable<T>& x, const Dims& axes = {},
                      Flag keepdim = false);  // shared among equals
template <Floating T>
BasicVariable<T> amin(const BasicVariable<T>& x, const Dims& axes = {}, Flag keepdim = false);
// The same of all elements, but the gradient of a NaN goes to those that are NaN, as PyTorch's.
template <Floating T>
BasicVariable<T> max(const BasicVariable<T>& x);
template <Floating T>
BasicVariable<T> min(const BasicVariable<T>& x);
// The largest or smallest along an axis, and its place; the gradient goes to that place.
template <Floating T>
struct VariableAndIndices {
  BasicVariable<T> values;
  IntTensor indices;
};
template <Floating T>
VariableAndIndices<T> max(const BasicVariable<T>& x, Whole axis, Flag keepdim = false);
template <Floating T>
VariableAndIndices<T> min(const BasicVariable<T>& x, Whole axis, Flag keepdim = false);
template <Floating T>
BasicVariable<T> cumsum(const BasicVariable<T>& x, Whole axis);
template <Floating T>
BasicVariable<T> sum_to(const BasicVariable<T>& x, const Shape& shape);

// ---------------------------------------------------------------- products and softmax

template <Floating T>
BasicVariable<T> matmul(const BasicVariable<T>& a, const OperandOf<T>& b);
template <Floating T>
BasicVariable<T> addmm(const BasicVariable<T>& bias, const OperandOf<T>& a, const OperandOf<T>& b);
template <Floating T>
BasicVariable<T> softmax(const BasicVariable<T>& x, Whole axis);
template <Floating T>
BasicVariable<T> log_softmax(const BasicVariable<T>& x, Whole axis);

// ---------------------------------------------------------------- joining, indexing, order

template <Floating T>
BasicVariable<T> cat(const std::vector<BasicVariable<T>>& parts, Whole axis = 0);
template <Floating T>
BasicVariable<T> stack(const std::vector<BasicVariable<T>>& parts, Whole axis = 0);
// The same for variables in braces: cat({v, w}, 1).
template <Floating T>
BasicVariable<T> cat(std::initializer_list<BasicVariable<T>> parts, Whole axis = 0) {
  return cat(std::vector<BasicVariable<T>>(parts), axis);
}
template <Floating T>
BasicVariable<T> stack(std::initializer_list<BasicVariable<T>> parts, Whole axis = 0) {
  return stack(std::vector<BasicVariable<T>>(parts), axis);
}
template <Floating T>
BasicVariable<T> flip(const BasicVariable<T>& x, const Dims& axes);
template <Floating T>
BasicVariable<T> tril(const BasicVariable<T>& x, Whole diagonal = 0);
template <Floating T>
BasicVariable<T> triu(const BasicVariable<T>& x, Whole diagonal = 0);
template <Floating T>
BasicVariable<T> index(const BasicVariable<T>& x, const std::vector<IntTensor>& ids);
// A copy of x with `added` added at x[ids...] (index_put_): gradients flow to both
template <Floating T>
BasicVariable<T> index_add(const BasicVariable<T>& x, const std::vector<IntTensor>& ids,
                           const OperandOf<T>& added);
template <Floating T>
BasicVariable<T> gather(const BasicVariable<T>& x, Whole axis, const IntTensor& ids);
template <Floating T>
BasicVariable<T> scatter_add(const BasicVariable<T>& x, Whole axis, const IntTensor& ids,
                             const OperandOf<T>& source);
template <Floating T>
BasicVariable<T> masked_select(const BasicVariable<T>& x, const BoolTensor& mask);
template <Floating T>
VariableAndIndices<T> sort(const BasicVariable<T>& x, Whole axis = -1, Flag descending = false);
template <Floating T>
VariableAndIndices<T> topk(const BasicVariable<T>& x, Whole k, Whole axis = -1);

// ---------------------------------------------------------------- fused; each equals its composition

// x @ weight^T + bias, PyTorch's layout. bias may be left undefined.
//   shapes: (..., in), (out, in), (out) -> (..., out). throws: ShapeError for others
template <Floating T>
BasicVariable<T> linear(const BasicVariable<T>& x, const OperandOf<T>& weight, const OperandOf<T>& bias = {});
struct Conv1dOptions {
  int64_t dilation = 1;  // from one place of the kernel to the next
  bool causal = false;   // zeros before the input's start: step t sees nothing after t
};
// Convolution along time: y[t] = sum over k of weight[k] x[t + k * dilation], where causal of
// x[t - (kernel - 1 - k) * dilation]. bias may be left undefined.
//   shapes: (n, in, time), (out, in, kernel), (out) -> (n, out, time), unless causal less
//   dilation * (kernel - 1) steps. throws: ShapeError for others, and for too few steps; ValueError for a
//   dilation below 1
template <Floating T>
BasicVariable<T> conv1d(const BasicVariable<T>& x, const OperandOf<T>& weight, const OperandOf<T>& bias = {},
                        const Conv1dOptions& options = {});
template <Floating T>
BasicVariable<T> embedding(const BasicVariable<T>& table, const IntTensor& ids);
// One step of a recurrence: the state after one more input (nn/rnn.h has the formulas).
//   shapes: x (n, input), h (n, hidden), a weight (hidden, input + hidden), bias (hidden) -> (n, hidden)
//   throws: ShapeError for others
template <Floating T>
BasicVariable<T> rnn_cell(const BasicVariable<T>& x, const OperandOf<T>& h, const OperandOf<T>& weight,
                          const OperandOf<T>& bias);
template <Floating T>
struct Gate {
  BasicVariable<T> weight;
  BasicVariable<T> bias;
};
template <Floating T>
using GateOf = std::type_identity_t<Gate<T>>;
template <Floating T>
BasicVariable<T> gru_cell(const BasicVariable<T>& x, const OperandOf<T>& h, const GateOf<T>& update,
                          const GateOf<T>& reset, const GateOf<T>& candidate);
template <Floating T>
BasicVariable<T> cross_entropy(const BasicVariable<T>& logits, const IntTensor& targets,
                               const std::type_identity_t<CrossEntropyOptions<T>>& options = {});
struct LossOptions {
  Reduction reduction = Reduction::mean;
};
// (a - b)^2. throws: ShapeError unless the shapes are equal
template <Floating T>
BasicVariable<T> mse_loss(const BasicVariable<T>& a, const OperandOf<T>& b, LossOptions options = {});
// max(0, 1 - target * score), target -1 or 1: the margin (hinge) loss of lecture 1's demo.
//   throws: ShapeError unless the shapes are equal
template <Floating T>
BasicVariable<T> margin_loss(const BasicVariable<T>& score, const BasicTensor<T>& target,
                             LossOptions options = {});

template <Floating T>
BasicVariable<T> batch_norm(const BasicVariable<T>& x, const OperandOf<T>& weight, const OperandOf<T>& bias,
                            const BatchNormOptions& options = {}, BatchStatistics<T>* statistics = nullptr);
template <Floating T>
BasicVariable<T> layer_norm(const BasicVariable<T>& x, const OperandOf<T>& weight, const OperandOf<T>& bias,
                            const LayerNormOptions& options = {});
// Zeroes each element with probability p and scales the others by 1 / (1 - p).
//   throws: ValueError for p outside 0..1
template <Floating T>
BasicVariable<T> dropout(const BasicVariable<T>& x, double p, Generator& generator = default_generator());
// Attention without its matrix of weights, of one head or of several side by side: tensor/attention.h.
template <Floating T>
BasicVariable<T> scaled_dot_product_attention(const BasicVariable<T>& q, const OperandOf<T>& k,
                                              const OperandOf<T>& v, const AttentionOptions& options = {},
                                              Generator& generator = default_generator());
template <Floating T>
BasicVariable<T> multi_head_attention(const BasicVariable<T>& qkv, const MultiHeadOptions& options,
                                      Generator& generator = default_generator());

}  // namespace lt::inline v0

#include <libtensor/autograd/constants.h>  // IWYU pragma: export
#include <libtensor/autograd/operators.h>  // IWYU pragma: export
