#include <libtensor/apps/gpt/model.h>

#include <algorithm>
#include <cmath>

#include <libtensor/nn/init.h>
#include <libtensor/tensor/ops.h>

namespace lt::apps::gpt {
namespace {

// cell: SwiGLU
// One Linear says how much of another gets through: its sigmoid, times itself, opens the gate.
struct SwiGlu : nn::Module {
  SwiGlu(int64_t embed, int64_t hidden, Generator& g) : gate(embed, hidden, g), up(embed, hidden, g) {}
  Variable operator()(const Variable& x) override {
    const Variable y = gate(x);
    return y * sigmoid(y) * up(x);
  }

  nn::Linear gate, up;
  // end
  std::string to_string() const override { return "SwiGlu"; }
  void list(nn::Members& m) override { m.children = {{"gate", &gate}, {"up", &up}}; }
};

// cell: FeedForward
// Each position by itself: wider, bent, and back.
nn::Sequential feed_forward(int64_t embed, double p, Generator& g) {
  return {nn::Linear(embed, 4 * embed, g), nn::ReLU(), nn::Linear(4 * embed, embed, g), nn::Dropout(p, g)};
}
// end

// A third of it is the gate's, so that there are as many parameters as above.
nn::Sequential gated_feed_forward(int64_t embed, double p, Generator& g) {
  const int64_t hidden = 8 * embed / 3;
  return {SwiGlu(embed, hidden, g), nn::Linear(hidden, embed, g), nn::Dropout(p, g)};
}

}  // namespace

BoolTensor future(int64_t T) { return triu(ones({T, T}), 1) > 0; }

// cell: attention weights
Variable attention_weights(const Variable& q, const Variable& k, double scale) {
  const Variable wei = matmul(q, k.transpose(-2, -1)) * static_cast<float>(scale);  // affinities
  return softmax(masked_fill(wei, future(q.size(-2)), -INFINITY), -1);
}
// end

Gpt::Gpt(std::string which, const Sizes& its_sizes, Generator& g)
    : stage(std::move(which)),
      sizes(its_sizes),
      tokens(sizes.vocabulary, stage == "table" ? sizes.vocabulary : sizes.embed, g) {
  if (stage == "table") return;
  positions.emplace(sizes.block, sizes.embed, g);
  add_body(g);
  head.emplace(sizes.embed, sizes.vocabulary, g);
  if (stage == "full" || stage == "swiglu") begin_small(g);
}

void Gpt::add_body(Generator& g) {
  const auto [vocabulary, block, embed, heads, layers, dropout] = sizes;
  // What the lecture scales by: at first, as it says later, by mistake, by the width of x.
  const bool whole = stage == "full" || stage == "swiglu";
  const double scale = 1 / std::sqrt(static_cast<double>(whole ? embed / heads : embed));
  const bool has_blocks = whole || stage == "residual" || stage == "layernorm";
  if (stage == "positions") return;
  if (!has_blocks) {
    body.append(MultiHeadAttention(embed, stage == "head" ? 1 : heads, scale, 0, false, g));
    if (stage != "feedforward") return;
    body.append(nn::Linear(embed, embed, g));
    body.append(nn::ReLU());
    return;
  }
  for (int64_t i = 0; i < layers; ++i) {
    if (stage == "full") {  // the same, its heads at once
      body.append(nn::TransformerBlock(embed,
                                       {.heads = heads,
                                        .fused = false,
                                        .qkv_bias = false,
                                        .dropout = dropout,
                                        .activation = nn::BlockActivation::relu},
                                       g));
      continue;
    }
    MultiHeadAttention attention(embed, heads, scale, dropout, true, g);
    body.append(Block(std::move(attention),
                      (stage == "swiglu" ? gated_feed_forward : feed_forward)(embed, dropout, g), embed,
                      stage != "residual"));
  }
  if (stage != "residual") body.append(nn::LayerNorm(embed));
}

// cell: initialisation
// Every Linear and Embedding again, from N(0, 0.02), biases 0: the first losses are those of a uniform guess.
void Gpt::begin_small(Generator& g) {
  for (const auto& [name, p] : parameters()) {
    if (p.dim() == 2) nn::init::normal_(p, 0, 0.02, g);
    if (p.dim() == 1 && name.ends_with("bias")) nn::init::constant_(p, 0);
  }
}
// end

// cell: GPT
Variable Gpt::operator()(const IntTensor& ids) {
  if (stage == "table") return tokens(ids);  // (B, T, vocabulary)
  const Variable x = body(tokens(ids) + (*positions)(arange<int64_t>(ids.size(1))));
  return (*head)(x);  // (B, T, vocabulary)
}

Variable Gpt::loss(const IntTensor& ids, const IntTensor& targets) {
  const Variable logits = (*this)(ids);
  return cross_entropy(logits.view({-1, logits.size(2)}), targets.reshape({-1}), {.ignore_index = -1});
}
// end

Parameters Gpt::parameters() {
  Parameters all;
  const auto take = [&](const char* name, nn::Module& module) {
    for (const auto& [part, p] : module.named_parameters())
      all.emplace_back(std::string(name).append(".").append(part), p);
  };
  take("tokens", tokens);
  if (positions) take("positions", *positions);
  take("body", body);
  if (head) take("head", *head);
  return all;
}

// cell: kept keys and values
Tensor Gpt::next_logits(const std::vector<int64_t>& ids, Past& past) {
  const NoGrad no_grad;
  const int64_t T = std::ssize(ids), room = sizes.block;
  if (stage != "full" || T > room) {  // positions move: all is new
    const int64_t kept = std::min(T, room);
    const IntTensor context = from_vector<int64_t>({ids.end() - kept, ids.end()}, {1, kept});
    return (*this)(context).data()[0][kept - 1];
  }
  while (std::ssize(past) < sizes.layers) past.emplace_back(room);
  const int64_t known = past[0].length();
  const IntTensor fresh = from_vector<int64_t>({ids.begin() + known, ids.end()}, {1, T - known});
  Variable x = tokens(fresh) + (*positions)(arange<int64_t>(known, T));
  for (auto cache = past.begin(); const auto& layer : body.layers) {
    auto* block = dynamic_cast<nn::TransformerBlock*>(layer.get());
    x = block != nullptr ? (*block)(x, *cache++) : (*layer)(x);
  }
  return (*head)(x).data()[0][T - known - 1];
}
// end

std::vector<std::vector<Tensor>> Gpt::attention(const IntTensor& ids) {
  const NoGrad no_grad;
  std::vector<std::vector<Tensor>> maps;
  Variable x = tokens(ids) + (*positions)(arange<int64_t>(ids.size(1)));
  for (const auto& layer : body.layers) {
    if (auto* block = dynamic_cast<nn::TransformerBlock*>(layer.get())) {
      const Variable y = block->norm1(x);
      maps.emplace_back();
      for (auto& [key, query, value] : block->attention.heads) {
        const double scale = 1 / std::sqrt(static_cast<double>(key.weight.size(0)));
        maps.back().push_back(attention_weights(query(y), key(y), scale).data()[0]);
      }
    }
    x = (*layer)(x);
  }
  return maps;
}

}  // namespace lt::apps::gpt
