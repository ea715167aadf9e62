#pragma once

// The network of lectures 3 and 4 (Bengio et al., "A neural probabilistic language model", 2003): the
// embeddings of `block` characters side by side, a tanh layer, logits of the next character.

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <libtensor/apps/common/text_data.h>
#include <libtensor/autograd/ops.h>
#include <libtensor/tensor/random.h>

namespace lt::apps {

struct MlpSizes {
  int64_t vocabulary = 27;
  int64_t block = 3;
  int64_t embed = 10;
  int64_t hidden = 200;
};

// The flags that lectures 3 and 4 share, by the lectures' defaults.
struct MlpFlags : MlpSizes {
  TrainingFlags training{.steps = 200000, .batch = 32, .lr = 0.1, .decay_at = 100000};

  MlpSizes sizes(int64_t symbols = 27) const { return {symbols, block, embed, hidden}; }
};
// Declares them, and that 20 names are drawn in the end.
void declare_mlp(Options& options, MlpFlags& flags);

// What each part is multiplied by once it is drawn from N(0, 1).
struct MlpScales {
  float W1 = 1;
  float b1 = 1;
  float W2 = 1;
  float b2 = 1;
};
// Lecture 4's fixes, each with those before it: "original", "softmax", "tanh", "kaiming", and "batchnorm",
// which changes no scale. throws: ValueError for another name
MlpScales mlp_scales(const std::string& stage, const MlpSizes& sizes);

// What training holds at once, about; measured to a tenth.
double bytes_to_train(const MlpSizes& sizes, int64_t batch);

// Draws C, W1, b1, W2, b2 in this order, and with `direct` then W0, from embeddings to logits.
struct MlpNet {
  MlpNet(const MlpSizes& sizes, const MlpScales& scales, Generator& generator, bool direct = false);

  // shapes: x (n, block) -> (n, block * embed)
  Variable embeddings(const IntTensor& x) const;
  // -> (n, hidden), before the tanh
  Variable preactivations(const IntTensor& x) const;
  // -> (n, vocabulary)
  Variable logits(const IntTensor& x) const;
  std::vector<std::pair<std::string, Variable>> parameters() const;

  MlpSizes sizes;
  Variable C, W1, b1, W2, b2;
  Variable W0;  // undefined without `direct`
};

// Without the names, as optimisers take them.
std::vector<Variable> variables(const std::vector<std::pair<std::string, Variable>>& named);
int64_t count_parameters(const std::vector<std::pair<std::string, Variable>>& parameters);

// Rows of examples drawn with replacement, as the lectures' minibatches.
Examples minibatch(const Examples& examples, int64_t size, Generator& generator);

// A function from contexts to logits; shapes: (n, block) -> (n, vocabulary).
using Logits = std::function<Variable(const IntTensor& x)>;
// The mean loss over all examples, without a graph; the sum is kept in double.
double split_loss(const Logits& logits, const Examples& examples);
// Names drawn a character at a time from softmax(logits) until "."; one that reaches 1000
// characters is cut there.
std::vector<std::string> sample_names(const Logits& logits, const Vocabulary& vocabulary, int64_t block,
                                      int64_t how_many, Generator generator);

}  // namespace lt::apps
