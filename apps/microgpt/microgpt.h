#pragma once

// What the lecture's path (microgpt.cpp) and the parts beside it share.

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <libtensor/apps/common/python_random.h>
#include <libtensor/apps/common/steps.h>
#include <libtensor/apps/micrograd/engine.h>

namespace lt::apps::microgpt {

using micrograd::Scope;
using micrograd::Value;

struct Sizes {
  int64_t vocabulary = 27;
  int64_t block = 16;
  int64_t embed = 16;
  int64_t heads = 4;
  int64_t layers = 1;
};

// The defaults are Karpathy's.
struct Flags {
  TrainingFlags training{
      .steps = 1000, .batch = 1, .lr = 0.01, .decay_at = std::numeric_limits<int64_t>::max()};
  std::string engine = "scalar";
  Sizes sizes;
  double temperature = 0.5;
};
void declare(Options& options, Flags& flags);

using Numbers = std::vector<double>;
using Ids = std::vector<int64_t>;  // a name's letters, between two marks
using Names = std::vector<Ids>;

// Letters are numbered from 0 in code order; the mark that begins and ends a name comes after them.
struct Tokenizer {
  int64_t mark() const { return vocabulary.size() - 1; }
  Ids encode(const std::string& name) const;
  std::string letter(int64_t id) const { return id == mark() ? "." : vocabulary.symbol(id + 1); }

  Vocabulary vocabulary;  // with "." first, which has no number here
};

// Matrices by name, in the order of their drawing: wte (vocabulary, embed), wpe (block, embed), head
// (vocabulary, embed); of each layer wq, wk, wv, wo (embed, embed), up (4 embed, embed), down (embed, 4
// embed).
using Weights = std::vector<std::pair<std::string, DoubleTensor>>;
Weights draw_weights(const Sizes& sizes, PythonRandom& random);

// A GPT, whatever it computes on.
class Model {
 public:
  virtual ~Model() = default;
  // The mean of -log(probability) of each id of the names after those before it, and its gradients; at most
  // `block` ids of a name.
  virtual double backward(const Names& names) = 0;
  // Of what follows these ids.
  virtual Numbers logits(const Ids& ids) = 0;
  // The weights that each head gives the positions so far; position by position, in each layer by layer.
  virtual std::vector<Numbers> attention(const Ids& ids) = 0;
  // How many nodes the graph of that loss has.
  virtual size_t nodes(const Names& names) = 0;

  Sizes sizes;
  std::vector<double*> parameters;  // where they are
  Numbers gradients;                // of the last backward
};
// On lecture 1's scalars. Its parameters live as long as the Scope that it is made in.
std::unique_ptr<Model> scalar_gpt(const Sizes& sizes, const Weights& weights);
// The loss of its names, on the tape.
Value loss_of(const Model& scalar_gpt, const Names& names);
// On tensors: the names as rows, the shorter filled up with targets that do not count.
std::unique_ptr<Model> tensor_gpt(const Sizes& sizes, const Weights& weights);

// Adam, with betas 0.85 and 0.99.
struct Adam {
  explicit Adam(const Model& model) : m(model.parameters.size()), v(m.size()) {}
  // One update; `step` counts from 0.
  void update(Model& model, int64_t step, double rate);

  Numbers m, v;
};

// The rate of a step: falls to 0 over all of them.
inline double falling(double rate, int64_t step, int64_t steps) {
  return rate * (1 - static_cast<double>(step) / static_cast<double>(steps));
}
// Those of one step: from number step * size on, and round again from the first.
Names batch_of(const Names& names, int64_t step, int64_t size);
// A name, drawn letter by letter.
std::string sample(Model& model, const Tokenizer& tokenizer, double temperature, PythonRandom& random);

void draw_curve(Run& run, const Numbers& losses);
// The graph of one position of a model that is two numbers wide.
void draw_tiny_graph(Run& run);
// Which earlier letters each head looks at, for one name.
void draw_attention(Run& run, Model& model, const Tokenizer& tokenizer, const std::string& name);
// Both engines beside each other, from the same start, for at most so many steps.
void compare_engines(Run& run, const Flags& flags, const Names& names, const Weights& weights, int64_t steps);

}  // namespace lt::apps::microgpt
