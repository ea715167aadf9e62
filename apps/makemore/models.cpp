#include <fmt/format.h>

#include <algorithm>

#include <libtensor/apps/makemore/makemore.h>
#include <libtensor/nn/activation.h>
#include <libtensor/nn/embedding.h>
#include <libtensor/nn/linear.h>
#include <libtensor/nn/rnn.h>
#include <libtensor/nn/sequential.h>
#include <libtensor/nn/transformer_block.h>
#include <libtensor/tensor/ops.h>

// The six types. Parameters are drawn in the order of the members.

namespace lt::apps::makemore {
namespace {

using nn::Embedding;
using nn::Linear;

struct Bigram : Model {
  // cell: bigram
  explicit Bigram(const ModelConfig& c) : logits(zeros({c.vocab_size, c.vocab_size}), true) {}

  Variable forward(const IntTensor& idx) override { return logits[idx]; }
  // end

  void list(nn::Members& members) override { members.parameters = {{"logits", &logits}}; }

  Variable logits;
};

struct BoW : Model {
  // cell: bow
  BoW(const ModelConfig& c, Generator& g)
      : wte(c.vocab_size, c.n_embd, g),
        wpe(c.block_size, c.n_embd, g),
        c_fc(c.n_embd, c.n_embd2, g),
        c_proj(c.n_embd2, c.n_embd, g),
        lm_head(c.n_embd, c.vocab_size, g) {}

  Variable forward(const IntTensor& idx) override {
    const int64_t T = idx.size(1);
    Variable x = wte(idx) + wpe(arange<int64_t>(T));  // (n, T, n_embd)
    // each place adds the mean of itself and those before it
    const Tensor earlier = tril(ones({T, T})) / arange(1, static_cast<float>(T) + 1).view({T, 1});
    x = x + matmul(earlier, x);
    x = x + c_proj(tanh(c_fc(x)));
    return lm_head(x);
  }
  // end

  void list(nn::Members& members) override {
    members.children = {{"wte", &wte},
                        {"wpe", &wpe},
                        {"context_block.mlp.c_fc", &c_fc},
                        {"context_block.mlp.c_proj", &c_proj},
                        {"lm_head", &lm_head}};
  }

  Embedding wte, wpe;
  Linear c_fc, c_proj, lm_head;
};

struct MLP : Model {
  // cell: mlp
  MLP(const ModelConfig& c, Generator& g)
      : blank(c.vocab_size),
        block_size(c.block_size),
        wte(c.vocab_size + 1, c.n_embd, g),  // the last row: before the start
        mlp{Linear(c.block_size * c.n_embd, c.n_embd2, g), nn::Tanh(), Linear(c.n_embd2, c.vocab_size, g)} {}

  Variable forward(const IntTensor& idx) override {
    const int64_t n = idx.size(0), T = idx.size(1);
    IntTensor before = full<int64_t>({n, T, block_size}, blank);  // of each place: itself, one before, ...
    for (int64_t k = 0; k < std::min(T, block_size); ++k)
      before.select(2, k).narrow(1, k, T - k).copy_(idx.narrow(1, 0, T - k));
    return mlp(wte(before).flatten(2));  // (n, T, block_size * n_embd)
  }
  // end

  void list(nn::Members& members) override { members.children = {{"wte", &wte}, {"mlp", &mlp}}; }

  int64_t blank, block_size;
  Embedding wte;
  nn::Sequential mlp;
};

template <typename Cell>
struct RNN : Model {
  // cell: rnn
  RNN(const ModelConfig& c, Generator& g)
      : start(zeros({1, c.n_embd2}), true),
        wte(c.vocab_size, c.n_embd, g),
        cell(c.n_embd, c.n_embd2, g),
        lm_head(c.n_embd2, c.vocab_size, g) {}

  Variable forward(const IntTensor& idx) override {
    Variable h = start.expand({idx.size(0), start.size(1)});  // learned, as the weights are
    std::vector<Variable> hiddens;
    for (int64_t t = 0; t < idx.size(1); ++t) {
      h = cell(wte(idx.select(1, t)), h);  // (n, n_embd2)
      hiddens.push_back(h);
    }
    return lm_head(stack(hiddens, 1));
  }
  // end

  void list(nn::Members& members) override {
    members.parameters = {{"start", &start}};
    members.children = {{"wte", &wte}, {"cell", &cell}, {"lm_head", &lm_head}};
  }

  Variable start;
  Embedding wte;
  Cell cell;
  Linear lm_head;
};

struct Transformer : Model {
  // cell: transformer
  Transformer(const ModelConfig& c, Generator& g)
      : wte(c.vocab_size, c.n_embd, g),
        wpe(c.block_size, c.n_embd, g),
        blocks(make_blocks(c, g)),
        ln_f(c.n_embd),
        lm_head(c.n_embd, c.vocab_size, {.bias = false}, g) {}

  Variable forward(const IntTensor& idx) override {
    Variable x = wte(idx) + wpe(arange<int64_t>(idx.size(1)));  // (n, t, n_embd)
    for (nn::TransformerBlock& block : blocks) x = block(x);
    return lm_head(ln_f(x));
  }

  // x + attention(norm(x)), then x + mlp(norm(x)), each
  static std::vector<nn::TransformerBlock> make_blocks(const ModelConfig& c, Generator& g) {
    std::vector<nn::TransformerBlock> blocks;
    for (int64_t i = 0; i < c.n_layer; ++i)
      blocks.emplace_back(c.n_embd, nn::TransformerBlockOptions{.heads = c.n_head}, g);
    return blocks;
  }
  // end

  void list(nn::Members& members) override {
    members.children = {{"transformer.wte", &wte}, {"transformer.wpe", &wpe}};
    for (size_t i = 0; i < blocks.size(); ++i)
      members.children.emplace_back(fmt::format("transformer.h.{}", i), &blocks[i]);
    members.children.emplace_back("transformer.ln_f", &ln_f);
    members.children.emplace_back("lm_head", &lm_head);
  }

  Embedding wte, wpe;
  std::vector<nn::TransformerBlock> blocks;
  nn::LayerNorm ln_f;
  Linear lm_head;
};

// Parameters with gradients and AdamW's two moments, and what each place of a batch keeps for backward.
double bytes_to_train_type(const std::string& type, const ModelConfig& c, int64_t batch) {
  const auto V = static_cast<double>(c.vocab_size), T = static_cast<double>(c.block_size);
  const auto E = static_cast<double>(c.n_embd), H = static_cast<double>(c.n_embd2);
  const auto layers = static_cast<double>(c.n_layer), heads = static_cast<double>(c.n_head);
  double weights = (V + T) * E + V * std::max(E, H), kept = 4 * V;
  if (type == "bigram") weights = V * V;
  if (type == "bow") weights += 2 * E * H, kept += 6 * E + 2 * H;
  if (type == "mlp") weights += T * E * H, kept += 2 * T * E + 3 * H;
  if (type == "rnn" || type == "gru") weights += 3 * (E + H) * H, kept += 8 * (E + H);
  if (type == "transformer") weights += layers * 12 * E * E, kept += layers * (40 * E + 6 * heads * T);
  return sizeof(float) * (5 * weights + static_cast<double>(std::max<int64_t>(batch, 100)) * T * kept);
}

}  // namespace

std::unique_ptr<Model> make_model(const std::string& type, const ModelConfig& config, Generator& generator) {
  if (type == "bigram") return std::make_unique<Bigram>(config);
  if (type == "bow") return std::make_unique<BoW>(config, generator);
  if (type == "mlp") return std::make_unique<MLP>(config, generator);
  if (type == "rnn") return std::make_unique<RNN<nn::RNNCell>>(config, generator);
  if (type == "gru") return std::make_unique<RNN<nn::GRUCell>>(config, generator);
  if (type == "transformer") return std::make_unique<Transformer>(config, generator);
  throw ValueError(fmt::format("makemore: no type is called \"{}\"", type));
}

std::string about(const std::string& type) {
  if (type == "bigram") return "A table: the row of a character has the logits of the next one.";
  if (type == "bow")
    return "A bag of words: each place knows the mean of the characters so far, not their order but for "
           "what the places' own embeddings tell.";
  if (type == "mlp")
    return "Lecture 3's network: the embeddings of the last characters side by side (Bengio et al. 2003), "
           "here of all that a name can have.";
  if (type == "rnn")
    return "A recurrent network: one state goes along the name, and each character changes it by the same "
           "weights (Mikolov et al. 2010).";
  if (type == "gru")
    return "A recurrent network with gates (Cho et al. 2014): of the state h, r = sigmoid(W_r [x, h]) says "
           "what the candidate tanh(W [x, r h]) sees, and z = sigmoid(W_z [x, h]) how much of it becomes the "
           "candidate. What a z near 0 shuts out stays, so that it remembers longer.";
  return "Attention: each place looks back at all others and takes what it asks for (Vaswani et al. 2017); "
         "lecture 7 builds it.";
}

double bytes_to_train(const Flags& flags, const ModelConfig& config) {
  double most = 0;
  for (const std::string type : kTypes) {
    if (flags.compare || type == flags.type)
      most = std::max(most, bytes_to_train_type(type, config, flags.training.batch));
  }
  return most;
}

}  // namespace lt::apps::makemore
