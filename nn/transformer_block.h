#pragma once

#include <libtensor/nn/attention.h>
#include <libtensor/nn/layer_norm.h>

namespace lt::inline v0::nn {

enum class BlockActivation { relu, gelu, gelu_tanh };

struct TransformerBlockOptions {
  int64_t heads = 1;
  bool fused = true;  // see CausalSelfAttentionOptions
  bool qkv_bias = true;
  double dropout = 0;  // in training, of the weights and of what each half adds
  BlockActivation activation = BlockActivation::gelu_tanh;
};

// One block of a transformer, with layer normalisation before each half, as in GPT-2 and lecture 7:
// x + attention(norm(x)), then y + feed_forward(norm(y)), which has four times the channels inside.
//   shapes: (batch, t, c) -> (batch, t, c)
// Where fused, its parts have GPT-2's names (ln_1, attn, ln_2, mlp.c_fc, mlp.c_proj), else lecture 7's
// (sa, ffwd.net.0, ffwd.net.2, ln1, ln2). Draws attention first, then both layers of feed_forward.
struct TransformerBlock : Module {
  using Options = TransformerBlockOptions;
  //   throws: ValueError as CausalSelfAttention
  TransformerBlock(int64_t channels, Options settings = {}, Generator& source = default_generator());
  Variable operator()(const Variable& x) override;
  // The same of positions that follow those in the cache, which takes them; without dropout or gradients.
  Variable operator()(const Variable& x, KeyValueCache& cache);
  std::string to_string() const override;

  Options options;
  LayerNorm norm1, norm2;
  CausalSelfAttention attention;
  Linear expand, contract;

 protected:
  void list(Members& members) override;

 private:
  Variable feed_forward(const Variable& x);
};

}  // namespace lt::inline v0::nn
