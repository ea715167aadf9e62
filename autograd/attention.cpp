#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>

// Attention as one node: of the weights only each row's logsumexp is kept, and dropout's bits.

namespace lt::inline v0 {

template <Floating T>
BasicVariable<T> scaled_dot_product_attention(const BasicVariable<T>& q, const OperandOf<T>& k,
                                              const OperandOf<T>& v, const AttentionOptions& options,
                                              Generator& generator) {
  AttentionState<T> state;
  const BasicTensor<T> y =
      scaled_dot_product_attention(q.data(), k.data(), v.data(), options, generator, &state);
  return record(
      "scaled_dot_product_attention", y, {q, k, v},
      [q = save(q), k = save(k), v = save(v), y = save(y), options, state](const BasicTensor<T>& dy) {
        const AttentionGradients<T> d =
            scaled_dot_product_attention_backward(dy, *q, *k, *v, *y, options, state);
        return Gradients{d.q, d.k, d.v};
      });
}

template <Floating T>
BasicVariable<T> multi_head_attention(const BasicVariable<T>& qkv, const MultiHeadOptions& options,
                                      Generator& generator) {
  AttentionState<T> state;
  const BasicTensor<T> y = multi_head_attention(qkv.data(), options, generator, &state);
  return record("multi_head_attention", y, {qkv},
                [qkv = save(qkv), y = save(y), options, state](const BasicTensor<T>& dy) {
                  return multi_head_attention_backward(dy, *qkv, *y, options, state);
                });
}

#define LT_INSTANTIATE(T)                                                                                  \
  template BasicVariable<T> scaled_dot_product_attention(const BasicVariable<T>&, const BasicVariable<T>&, \
                                                         const BasicVariable<T>&, const AttentionOptions&, \
                                                         Generator&);                                      \
  template BasicVariable<T> multi_head_attention(const BasicVariable<T>&, const MultiHeadOptions&,         \
                                                 Generator&);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
