#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>

// Batch normalisation as one node. With x^ = (x - mean) / sqrt(var + eps), of n values a channel with m of
// them in the variance's denominator, n or n - 1: the gradient of bias is sum(dy), of weight sum(dy x^), and
// of x weight / std * (dy - sum(dy) / n - x^ * sum(dy x^) / m) (the derivation is lecture 5's exercise 3).

namespace lt::inline v0 {

template <Floating T>
BasicVariable<T> batch_norm(const BasicVariable<T>& x, const OperandOf<T>& weight, const OperandOf<T>& bias,
                            const BatchNormOptions& options, BatchStatistics<T>* statistics) {
  const BasicVariable<T> w = optional_input(weight), b = optional_input(bias);
  const BasicTensor<T> dense = x.data().contiguous();
  BatchStatistics<T> batch;
  const BasicTensor<T> y = batch_norm(dense, w.data(), b.data(), options, &batch);
  if (statistics != nullptr) *statistics = batch;
  return record("batch_norm", y, {x, w, b},
                [x = save(dense), w = save(w), batch, unbiased = options.unbiased](const BasicTensor<T>& dy) {
                  const NormGradients<T> d = batch_norm_backward(dy, *x, *w, batch, unbiased);
                  return Gradients{d.x, d.weight, d.bias};
                });
}

template Variable batch_norm(const Variable&, const Variable&, const Variable&, const BatchNormOptions&,
                             BatchStatistics<float>*);
template DoubleVariable batch_norm(const DoubleVariable&, const DoubleVariable&, const DoubleVariable&,
                                   const BatchNormOptions&, BatchStatistics<double>*);

}  // namespace lt::inline v0
