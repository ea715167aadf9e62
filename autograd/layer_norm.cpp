#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>

// Layer normalisation as one node: batch_norm's gradients, with means over a row in those of x.

namespace lt::inline v0 {

template <Floating T>
BasicVariable<T> layer_norm(const BasicVariable<T>& x, const OperandOf<T>& weight, const OperandOf<T>& bias,
                            const LayerNormOptions& options) {
  const BasicVariable<T> w = optional_input(weight), b = optional_input(bias);
  const BasicTensor<T> dense = x.data().contiguous();
  RowStatistics<T> rows;
  const BasicTensor<T> y = layer_norm(dense, w.data(), b.data(), options, &rows);
  return record("layer_norm", y, {x, w, b}, [x = save(dense), w = save(w), rows](const BasicTensor<T>& dy) {
    const NormGradients<T> d = layer_norm_backward(dy, *x, *w, rows);
    return Gradients{d.x, d.weight, d.bias};
  });
}

template Variable layer_norm(const Variable&, const Variable&, const Variable&, const LayerNormOptions&);
template DoubleVariable layer_norm(const DoubleVariable&, const DoubleVariable&, const DoubleVariable&,
                                   const LayerNormOptions&);

}  // namespace lt::inline v0
