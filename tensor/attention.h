#pragma once

// Attention, and its gradients; T is float or double. Conventions are those of tensor/functional.h.

#include <optional>

#include <libtensor/tensor/functional.h>

namespace lt::inline v0 {

struct AttentionOptions {
  double dropout_p = 0;              // of the weights
  bool is_causal = false;            // query i sees the keys up to i + diagonal only
  std::optional<double> scale = {};  // of the scores; 1 / sqrt(d) where it is left out
  int64_t diagonal = 0;              // the keys that lie before the first query
};
// What the backward pass wants to know of the forward one.
template <typename T>
struct AttentionState {
  BasicTensor<T> logsumexp;  // of each query's scores
  IntTensor kept;            // dropout_bits of the weights; undefined without dropout
};
template <typename T>
struct AttentionGradients {
  BasicTensor<T> q, k, v;
};
// dropout(softmax(scale * q @ k^T)) @ v (Vaswani et al., "Attention is all you need", 2017), without ever
// having all weights in memory (Dao et al., "FlashAttention", 2022).
//   shapes: q (..., L, d), k (..., S, d), v (..., S, d_v), leading axes broadcast -> (..., L, d_v)
//   throws: ValueError for a dropout_p outside 0..1 or a negative diagonal
template <Floating T>
BasicTensor<T> scaled_dot_product_attention(const BasicTensor<T>& q, const BasicTensor<T>& k,
                                            const BasicTensor<T>& v, const AttentionOptions& options = {},
                                            Generator& generator = default_generator(),
                                            AttentionState<T>* state = nullptr);
// y: what the forward pass gave
template <Floating T>
AttentionGradients<T> scaled_dot_product_attention_backward(const BasicTensor<T>& dy, const BasicTensor<T>& q,
                                                            const BasicTensor<T>& k, const BasicTensor<T>& v,
                                                            const BasicTensor<T>& y,
                                                            const AttentionOptions& options,
                                                            const AttentionState<T>& state);

// The same of several heads whose queries, keys and values lie side by side, as one projection gives them:
// head h has the columns h * c / heads and on of each third. Dropout's bits are drawn in the order (batch,
// heads, t, t), or where `heads_first`, as by a loop over heads, (heads, batch, t, t).
//   shapes: qkv (batch, t, 3 c) -> (batch, t, c). throws: ShapeError unless 3 and heads divide the last axis
struct MultiHeadOptions {
  int64_t heads = 1;
  bool heads_first = false;
  AttentionOptions attention = {};
};
template <Floating T>
BasicTensor<T> multi_head_attention(const BasicTensor<T>& qkv, const MultiHeadOptions& options,
                                    Generator& generator = default_generator(),
                                    AttentionState<T>* state = nullptr);
template <Floating T>
BasicTensor<T> multi_head_attention_backward(const BasicTensor<T>& dy, const BasicTensor<T>& qkv,
                                             const BasicTensor<T>& y, const MultiHeadOptions& options,
                                             const AttentionState<T>& state);

}  // namespace lt::inline v0
