#include <fmt/format.h>

#include "autograd/ops.h"
#include "autograd/record.h"

// Batch and layer normalisation as one node each. With x^ = (x - mean) / sqrt(var + eps) over n values, the
// gradient of x is 1 / sqrt(var + eps) * (d - mean(d) - x^ * sum(d x^) / m), where d is that of x^ and m is
// what var was divided by: n, or n - 1 (the derivation is lecture 5's exercise 3).

namespace lt {
namespace {

template <typename T>
struct Normalized {
  BasicTensor<T> values;       // x^
  BasicTensor<T> inverse_std;  // axis kept
};

template <typename T>
Normalized<T> normalize(const BasicTensor<T>& x, int64_t axis, double eps, bool unbiased,
                        BatchStatistics<T>* statistics) {
  const T n = static_cast<T>(x.size(axis));
  const BasicTensor<T> center = mean(x, axis, true);
  const BasicTensor<T> deviations = x - center;
  const BasicTensor<T> squares = sum(square(deviations), axis, true);
  const BasicTensor<T> inverse_std = rsqrt(squares / (unbiased ? n - 1 : n) + static_cast<T>(eps));
  if (statistics != nullptr) *statistics = {center.reshape({-1}), (squares / (n - 1)).reshape({-1})};
  return {deviations * inverse_std, inverse_std};
}

// The gradient of x, given that of x^.
template <typename T>
BasicTensor<T> normalize_backward(const BasicTensor<T>& d, const Normalized<T>& x, int64_t axis,
                                  bool unbiased) {
  const T n = static_cast<T>(d.size(axis));
  const BasicTensor<T> slope = sum(d * x.values, axis, true) / (unbiased ? n - 1 : n);
  return (d - mean(d, axis, true) - x.values * slope) * x.inverse_std;
}

// weight * x^ + bias along the last axis, recorded. `axis` of the rows is the one that was normalised over.
template <typename T>
BasicVariable<T> scale_and_shift(const char* op, const BasicVariable<T>& x, const BasicVariable<T>& weight,
                                 const BasicVariable<T>& bias, const Normalized<T>& normalized, int64_t axis,
                                 bool unbiased) {
  BasicTensor<T> y = weight.defined() ? normalized.values * weight.data() : normalized.values.clone();
  if (bias.defined()) y += bias.data();
  const auto rule = [normalized, values = save(normalized.values),
                     w = save(weight.defined() ? weight.data() : scalar<T>(1)), axis, unbiased,
                     from = x.shape(), need_x = x.requires_grad(), need_w = weight.requires_grad(),
                     need_b = bias.requires_grad()](const BasicTensor<T>& dy) {
    const BasicTensor<T> rows = dy.reshape((*values).shape());
    Gradients<T, 3> gradients;
    if (need_x) gradients[0] = normalize_backward(rows * *w, normalized, axis, unbiased).reshape(from);
    if (need_w) gradients[1] = sum(rows * *values, 0);
    if (need_b) gradients[2] = sum(rows, 0);
    return gradients;
  };
  const BasicVariable<T> none((BasicTensor<T>()));
  return record(op, y.view(x.shape()), {x, weight.defined() ? weight : none, bias.defined() ? bias : none},
                rule);
}

template <typename T>
void check_affine(const char* op, const BasicVariable<T>& x, const BasicVariable<T>& affine,
                  const char* name) {
  if (affine.defined() && affine.shape() != Shape(x.size(-1))) {
    throw ShapeError(fmt::format("{}: {} {} for input {}: one number a channel (the last axis) is wanted", op,
                                 name, to_string(affine.shape()), to_string(x.shape())));
  }
}

// The rows of x as one matrix.
template <typename T>
BasicTensor<T> matrix_rows(const char* op, const BasicVariable<T>& x, int least_dim) {
  if (x.dim() < least_dim || x.numel() == 0) {
    throw ShapeError(fmt::format("{}: input {} has no rows of channels", op, to_string(x.shape())));
  }
  return x.data().reshape({-1, x.size(-1)});
}

}  // namespace

template <typename T>
BasicVariable<T> batch_norm(const BasicVariable<T>& x, const BasicVariable<T>& weight,
                            const BasicVariable<T>& bias, double eps, bool unbiased,
                            BatchStatistics<T>* statistics) {
  const BasicTensor<T> rows = matrix_rows("batch_norm", x, 2);
  if (rows.size(0) < 2) {
    throw ShapeError(fmt::format("batch_norm: more than 1 value per channel is wanted to train, not input {}",
                                 to_string(x.shape())));
  }
  check_affine("batch_norm", x, weight, "weight");
  check_affine("batch_norm", x, bias, "bias");
  return scale_and_shift("batch_norm", x, weight, bias, normalize(rows, 0, eps, unbiased, statistics), 0,
                         unbiased);
}

template <typename T>
BasicVariable<T> layer_norm(const BasicVariable<T>& x, const BasicVariable<T>& weight,
                            const BasicVariable<T>& bias, double eps) {
  const BasicTensor<T> rows = matrix_rows("layer_norm", x, 1);
  check_affine("layer_norm", x, weight, "weight");
  check_affine("layer_norm", x, bias, "bias");
  const Normalized<T> normalized = normalize<T>(rows, 1, eps, false, nullptr);
  return scale_and_shift("layer_norm", x, weight, bias, normalized, 1, false);
}

#define LT_INSTANTIATE(T)                                                                           \
  template BasicVariable<T> batch_norm(const BasicVariable<T>&, const BasicVariable<T>&,            \
                                       const BasicVariable<T>&, double, bool, BatchStatistics<T>*); \
  template BasicVariable<T> layer_norm(const BasicVariable<T>&, const BasicVariable<T>&,            \
                                       const BasicVariable<T>&, double);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt
