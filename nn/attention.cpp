#include <libtensor/nn/attention.h>

#include <fmt/format.h>

#include <libtensor/nn/print.h>

// Projections of heads are laid side by side before they are used, so that they are one product; weights of
// heads that were drawn one after the other stay parameters of their own.

namespace lt::inline v0::nn {

KeyValueCache::KeyValueCache(int64_t capacity) : capacity_(capacity) {
  if (capacity < 1) throw ValueError(fmt::format("KeyValueCache: capacity {} must be at least 1", capacity));
}

void KeyValueCache::append(const Tensor& keys, const Tensor& values) {
  const int64_t t = keys.size(2);
  if (length_ + t > capacity_) {
    throw ValueError(fmt::format("KeyValueCache: {} + {} positions, capacity {}", length_, t, capacity_));
  }
  const Shape room = {keys.size(0), keys.size(1), capacity_, keys.size(3)};
  if (length_ == 0 && !(keys_.defined() && keys_.shape() == room)) {
    keys_ = empty(room);
    values_ = empty(room);
  }
  check_same_shape(room, keys_.shape(), "KeyValueCache");
  keys_.narrow(2, length_, t).copy_(keys);
  values_.narrow(2, length_, t).copy_(values);
  length_ += t;
}

namespace {

using AttentionHeads = std::vector<CausalSelfAttention::Head>;

const CausalSelfAttentionOptions& checked(const CausalSelfAttentionOptions& options, int64_t channels) {
  if (options.heads < 1 || channels < 1 || channels % options.heads != 0) {
    throw ValueError(fmt::format("CausalSelfAttention: {} channels for {} heads", channels, options.heads));
  }
  if (!(options.dropout >= 0 && options.dropout <= 1)) {
    throw ValueError(fmt::format("CausalSelfAttention: dropout {} is outside 0..1", options.dropout));
  }
  return options;
}

std::optional<Linear> fused_projection(int64_t channels, const CausalSelfAttentionOptions& options,
                                       Generator& source) {
  if (!options.fused) return {};
  return Linear(channels, 3 * channels, {.bias = options.qkv_bias}, source);
}

AttentionHeads separate_heads(int64_t channels, const CausalSelfAttentionOptions& options,
                              Generator& source) {
  AttentionHeads heads;
  const auto linear = [&] {
    return Linear(channels, channels / options.heads, {.bias = options.qkv_bias}, source);
  };
  for (int64_t h = 0; h < options.heads && !options.fused; ++h)
    heads.push_back({linear(), linear(), linear()});
  return heads;
}

}  // namespace

CausalSelfAttention::CausalSelfAttention(int64_t channels, Options settings, Generator& source)
    : options(checked(settings, channels)),
      qkv(fused_projection(channels, options, source)),
      heads(separate_heads(channels, options, source)),
      projection(channels, channels, source),
      generator(&source) {}

// shapes: (batch, t, c) -> (batch, t, 3 c): queries, keys and values of all heads
Variable CausalSelfAttention::project(const Variable& x) const {
  if (options.fused) return linear(x, qkv->weight, qkv->bias);
  std::vector<Variable> weights, biases;
  for (const auto part : {&Head::query, &Head::key, &Head::value}) {
    for (const Head& head : heads) {
      weights.push_back((head.*part).weight);
      if (options.qkv_bias) biases.push_back((head.*part).bias);
    }
  }
  return linear(x, cat(weights), options.qkv_bias ? cat(biases) : Variable());
}

Variable CausalSelfAttention::operator()(const Variable& x) {
  const double p = training() ? options.dropout : 0;
  const Variable y = multi_head_attention(project(x),
                                          {.heads = options.heads,
                                           .heads_first = !options.fused,
                                           .attention = {.dropout_p = p, .is_causal = true}},
                                          *generator);
  const Variable out = projection(y);
  return p > 0 ? dropout(out, p, *generator) : out;
}

Variable CausalSelfAttention::operator()(const Variable& x, KeyValueCache& cache) {
  const NoGrad no_grad;
  const Tensor all = project(x).data();
  const int64_t batch = all.size(0), t = all.size(1), c = all.size(2) / 3;
  const Tensor parts = all.view({batch, t, 3, options.heads, c / options.heads}).permute({2, 0, 3, 1, 4});
  const int64_t before = cache.length();
  cache.append(parts[1], parts[2]);
  const Tensor y = scaled_dot_product_attention<float>(parts[0], cache.keys(), cache.values(),
                                                       {.is_causal = true, .diagonal = before});
  return projection(Variable(y.transpose(1, 2).reshape({batch, t, c})));
}

std::string CausalSelfAttention::to_string() const {
  return fmt::format("CausalSelfAttention({}, heads={}, fused={}, qkv_bias={}, dropout={})",
                     projection.weight.size(0), options.heads, options.fused ? "True" : "False",
                     options.qkv_bias ? "True" : "False", python_text(options.dropout));
}

void CausalSelfAttention::list(Members& members) {
  if (options.fused) {
    members.children = {{"c_attn", &*qkv}, {"c_proj", &projection}};
    return;
  }
  for (size_t h = 0; h < heads.size(); ++h) {
    const std::string name = fmt::format("heads.{}.", h);
    members.children.insert(members.children.end(), {{name + "key", &heads[h].key},
                                                     {name + "query", &heads[h].query},
                                                     {name + "value", &heads[h].value}});
  }
  members.children.emplace_back("proj", &projection);
}

}  // namespace lt::inline v0::nn
