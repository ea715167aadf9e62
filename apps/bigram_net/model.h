#pragma once

// One linear layer from the characters before to the logits of the next, without bias:
// W's rows are log-counts.

#include <limits>
#include <string>
#include <vector>

#include <libtensor/apps/common/run.h>
#include <libtensor/autograd/ops.h>
#include <libtensor/tensor/random.h>

namespace lt::apps::bigram_net {

struct Settings {
  TrainingFlags training{.steps = 100, .batch = 0, .lr = 50, .decay_at = std::numeric_limits<int64_t>::max()};
  int64_t order = 2;
  double reg = 0.01;
  bool one_hot = false;
  std::string data = {};  // which names: a checkpoint fits these alone

  // The lecture's whole batches and stream; rate, reg and the number of steps may differ.
  bool is_lecture(const Run& run) const;
};

// Examples: x holds the row of W, a context's number (27 * first + second at order 3). `val` is empty at
// order 2, where all names train.
struct Data {
  IntTensor x, y;
  IntTensor val_x, val_y;
  int64_t order = 2;

  // A context as text: "..", "e".
  std::string text(int64_t example, const Vocabulary& vocabulary) const;
};
Data encode(const std::vector<std::string>& words, const Vocabulary& vocabulary, int64_t order);
// All examples, or, where a size is given, as many drawn with replacement.
Examples batch_of(const Data& data, int64_t size, Generator& generator);
// All words at order 2; at order 3 the lectures' train split, with its dev words beside. Logs "examples".
Data load(Run& run, const Words& words, const Vocabulary& vocabulary, int64_t order);

// W: (vocabulary^(order - 1), vocabulary), drawn from N(0, 1).
struct Model {
  //   throws: ShapeError where W would be larger than 2^24 numbers
  Model(int64_t vocabulary, int64_t order, Generator& generator);
  // shapes: (n) -> (n, vocabulary). one_hot: by the explicit product, else by the gather that equals it
  Variable logits(const IntTensor& x, bool one_hot = false) const;
  // Names drawn from rows of the probability table.
  std::vector<std::string> sample(const Vocabulary& vocabulary, int64_t how_many, Generator generator) const;

  int64_t order;
  Variable W;
};

struct Trained {
  Model model;
  std::vector<double> losses;  // with the regularisation, before each update
  bool stopped = false;
};
Trained fit(Run& run, const Data& data, const Vocabulary& vocabulary, const Settings& settings);

// The mean loss without regularisation.
double plain_loss(const Model& model, const IntTensor& x, const IntTensor& y);

}  // namespace lt::apps::bigram_net
