#pragma once

// What the lecture's transcript (backprop.cpp) and the parts beside it share.

#include <string>
#include <vector>

#include <libtensor/apps/common/splits.h>
#include <libtensor/apps/common/steps.h>

namespace lt::apps::backprop {

// The defaults are the lecture's.
struct Flags {
  TrainingFlags training{.steps = 200000, .batch = 32, .lr = 0.1, .decay_at = 100000};
  int64_t block = 3;
  int64_t embed = 10;
  int64_t hidden = 200;
  int64_t exercise = 0;  // 0: all four
};

void declare(Options& options, Flags& flags);
// throws: UsageError for batches that cannot be normalised
void refuse_batch_of_one(const Flags& flags);

// Lecture 4's network with biases that are not 0, so that no wrong gradient hides behind one.
struct Net {
  // Draws the seven parameters in their order. `trained`: autograd gives them gradients.
  Net(const MlpSizes& sizes, Generator& g, bool trained);
  Parameters parameters() const;

  Variable C, W1, b1, W2, b2, bngain, bnbias;
};

// How the exercises 1 to 3 begin.
void show_start(Run& run, const Net& net, const IntTensor& ix, const Variable& loss);
// Sizes of the gradients of the parameters, in their order, at the first step.
void show_norms(Run& run, const std::vector<Tensor>& gradients);

// Gradients by hand beside autograd's: a line a name, then a table.
class GradientTable {
 public:
  explicit GradientTable(Run& run) : run_(run) {}
  // d: ours; x: the variable whose gradient it should be.
  void cmp(const std::string& name, const Variable& d, const Variable& x);
  void show();

 private:
  Run& run_;
  std::vector<std::vector<std::string>> rows_;
  double largest_ = 0;
};

// How shapes tell what a backward pass must do: what is broadcast forward is summed backward.
void show_broadcasting(Run& run, const Tensor& b2, const Tensor& dlogits);

// dlogits as an image, and its first row in numbers.
void show_dlogits(Run& run, const Tensor& logits, const Examples& batch, const Tensor& dlogits,
                  const Vocabulary& vocabulary);
// The same of networks that guess at random, that are right in 70 % of the examples, and always.
void show_other_networks(Run& run, const IntTensor& targets, const Vocabulary& vocabulary);

// Exercise 4: the lecture's training, with nothing of autograd.
void train(Run& run, const Flags& flags, const Words& data, const Splits& splits);

}  // namespace lt::apps::backprop
