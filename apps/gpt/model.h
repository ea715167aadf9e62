#pragma once

// The lecture's modules, and the models that it comes to one after another.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <libtensor/apps/common/steps.h>
#include <libtensor/nn/activation.h>
#include <libtensor/nn/dropout.h>
#include <libtensor/nn/embedding.h>
#include <libtensor/nn/layer_norm.h>
#include <libtensor/nn/linear.h>
#include <libtensor/nn/sequential.h>
#include <libtensor/nn/transformer_block.h>

namespace lt::apps::gpt {

struct Sizes {
  int64_t vocabulary = 65;
  int64_t block = 32;  // positions
  int64_t embed = 64;
  int64_t heads = 4;
  int64_t layers = 4;
  double dropout = 0;
};

// True above the diagonal: what a position may not see. shape: (T, T)
BoolTensor future(int64_t T);

// How much each position takes of those up to it: rows with the sum 1. shapes: q, k (..., T, size) -> (...,
// T, T)
Variable attention_weights(const Variable& q, const Variable& k, double scale);

// cell: Head
// One head of self-attention. shapes: (B, T, embed) -> (B, T, size)
struct Head : nn::Module {
  Head(int64_t embed, int64_t size, double factor, double p, Generator& g)
      : key(embed, size, {.bias = false}, g),
        query(embed, size, {.bias = false}, g),
        value(embed, size, {.bias = false}, g),
        dropout(p, g),
        scale(factor) {}
  Variable operator()(const Variable& x) override {
    const Variable wei = attention_weights(query(x), key(x), scale);  // (B, T, T)
    return matmul(dropout(wei), value(x));
  }

  nn::Linear key, query, value;
  nn::Dropout dropout;
  double scale;
  // end
  std::string to_string() const override { return "Head"; }
  void list(nn::Members& m) override {
    m.children = {{"key", &key}, {"query", &query}, {"value", &value}, {"dropout", &dropout}};
  }
};

// cell: MultiHeadAttention
// Several heads side by side, and a projection back to where x is.
struct MultiHeadAttention : nn::Module {
  MultiHeadAttention(int64_t embed, int64_t count, double scale, double p, bool projects, Generator& g)
      : dropout(p, g) {
    for (int64_t h = 0; h < count; ++h) heads.emplace_back(embed, embed / count, scale, p, g);
    if (projects) proj.emplace(embed, embed, g);
  }
  Variable operator()(const Variable& x) override {
    std::vector<Variable> out;
    for (Head& head : heads) out.push_back(head(x));
    return proj ? dropout((*proj)(cat(out, -1))) : cat(out, -1);
  }

  std::vector<Head> heads;
  std::optional<nn::Linear> proj;
  nn::Dropout dropout;
  // end
  std::string to_string() const override { return "MultiHeadAttention"; }
  void list(nn::Members& m) override {
    for (size_t h = 0; h < heads.size(); ++h)
      m.children.emplace_back("heads." + std::to_string(h), &heads[h]);
    if (proj) m.children.emplace_back("proj", &*proj);
    m.children.emplace_back("dropout", &dropout);
  }
};

// cell: Block
// Communication, then computation; each is added to what goes by.
struct Block : nn::Module {
  Block(MultiHeadAttention attention, nn::Sequential feed_forward, int64_t embed, bool normalises)
      : sa(std::move(attention)), ffwd(std::move(feed_forward)) {
    if (normalises) ln1.emplace(embed), ln2.emplace(embed);
  }
  Variable operator()(const Variable& x) override {
    const Variable y = x + sa(ln1 ? (*ln1)(x) : x);
    return y + ffwd(ln2 ? (*ln2)(y) : y);
  }

  MultiHeadAttention sa;
  nn::Sequential ffwd;
  std::optional<nn::LayerNorm> ln1, ln2;
  // end
  std::string to_string() const override { return "Block"; }
  void list(nn::Members& m) override {
    m.children = {{"sa", &sa}, {"ffwd", &ffwd}};
    if (ln1) m.children.insert(m.children.end(), {{"ln1", &*ln1}, {"ln2", &*ln2}});
  }
};

// The models of the lecture: "table", "positions", "head", "heads", "feedforward", "residual", "layernorm",
// "full"; and "swiglu", which is "full" with another feed-forward (Shazeer, "GLU Variants Improve
// Transformer", 2020). Draws its parameters in the order of their making.
class Gpt {
 public:
  Gpt(std::string which, const Sizes& its_sizes, Generator& g);

  // shapes: ids (B, T) -> (B, T, vocabulary)
  Variable operator()(const IntTensor& ids);
  // Of targets (B, T); those of -1 do not count.
  Variable loss(const IntTensor& ids, const IntTensor& targets);

  Parameters parameters();
  void train(bool training) { body.train(training); }
  // Of what follows the ids, which grow from call to call: only those that `past` has not seen are computed,
  // until there are more than the block has room for. Without dropout. shape: (vocabulary)
  using Past = std::vector<nn::KeyValueCache>;
  Tensor next_logits(const std::vector<int64_t>& ids, Past& past);
  // Of "full": each block's heads' weights. shapes: ids (1, T) -> of each head (T, T), block by block
  std::vector<std::vector<Tensor>> attention(const IntTensor& ids);

  const std::string stage;
  const Sizes sizes;
  nn::Embedding tokens;
  std::optional<nn::Embedding> positions;  // not of "table"
  nn::Sequential body;
  std::optional<nn::Linear> head;

 private:
  void add_body(Generator& g);
  void begin_small(Generator& g);
};

}  // namespace lt::apps::gpt
