#pragma once

#include <optional>
#include <vector>

#include <libtensor/nn/linear.h>

namespace lt::inline v0::nn {

// Keys and values of the positions that an attention layer has seen: when text is generated, each new
// character then costs one position.
class KeyValueCache {
 public:
  //   throws: ValueError for a capacity below 1
  explicit KeyValueCache(int64_t capacity);
  int64_t capacity() const { return capacity_; }
  int64_t length() const { return length_; }
  void clear() { length_ = 0; }

  // Takes those of t further positions. shapes: (batch, heads, t, d)
  //   throws: ValueError where they do not fit in, ShapeError for another batch than before
  void append(const Tensor& keys, const Tensor& values);
  // Of all positions so far. shapes: (batch, heads, length, d)
  Tensor keys() const { return keys_.narrow(2, 0, length_); }
  Tensor values() const { return values_.narrow(2, 0, length_); }

 private:
  Tensor keys_, values_;  // (batch, heads, capacity, d)
  int64_t capacity_;
  int64_t length_ = 0;
};

struct CausalSelfAttentionOptions {
  int64_t heads = 1;
  // One projection to the queries, keys and values of all heads, under GPT-2's names (c_attn, c_proj), or
  // three of each head, as lecture 7 has them (heads.0.key, .query, .value, ..., proj).
  bool fused = true;
  bool qkv_bias = true;
  double dropout = 0;  // in training, of the weights and of the result
};

// Each position gathers from itself and those before it: attention of several heads side by side, then a
// projection with a bias. shapes: (batch, t, c) -> (batch, t, c)
// Draws what its Linear layers draw, in the order of their names: of a head key, query, value.
struct CausalSelfAttention : Module {
  using Options = CausalSelfAttentionOptions;
  struct Head {
    Linear key, query, value;
  };

  //   throws: ValueError unless heads divides channels, and for a dropout outside 0..1
  CausalSelfAttention(int64_t channels, Options settings = {}, Generator& source = default_generator());
  //   throws: ShapeError for other shapes
  Variable operator()(const Variable& x) override;
  // The same of positions that follow those in the cache, which takes them; without dropout or gradients.
  Variable operator()(const Variable& x, KeyValueCache& cache);
  std::string to_string() const override;

  Options options;
  std::optional<Linear> qkv;  // where fused
  std::vector<Head> heads;    // else
  Linear projection;
  Generator* generator;  // for dropout; outlives the layer

 protected:
  void list(Members& members) override;

 private:
  Variable project(const Variable& x) const;
};

}  // namespace lt::inline v0::nn
