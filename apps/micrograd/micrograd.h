#pragma once

// What the lecture's path (micrograd.cpp) and the parts beside it share.

#include <limits>
#include <span>
#include <string>
#include <vector>

#include <libtensor/apps/common/steps.h>
#include <libtensor/apps/micrograd/make_moons.h>
#include <libtensor/apps/micrograd/nn.h>

namespace lt::apps::micrograd {

// The defaults are the lecture's; --hidden, --steps and --lr have one for each network.
struct Flags {
  std::string task = "all";
  TrainingFlags training{
      .steps = 0, .batch = 0, .lr = 0, .decay_at = std::numeric_limits<int64_t>::max(), .log_every = 1};
  std::vector<int64_t> hidden;
  int64_t points = 100;
  double noise = 0.1;
  bool no_zero_grad = false;
  std::string expr;
  std::vector<std::string> at;  // "a=2"

  // Of a network's layers: the hidden ones, and one output.
  std::vector<int64_t> sizes() const {
    std::vector<int64_t> all = hidden;
    all.push_back(1);
    return all;
  }
};

void declare(Options& options, Flags& flags);

// The flags of "four" or "moons": what was not on the command line is the lecture's.
Flags flags_of(const Run& run, Flags flags, const std::string& task);
// throws: UsageError for a flag that the task does not use; AppError for sizes beyond the machine's memory
void refuse_what_does_not_fit(const Run& run, const Flags& flags);

// All that the next step depends on: parameters and gradients. The model must outlive the loop.
TrainingState state_of(const MLP& model, const std::string& name);

// The lecture's neuron, with all that it is made of.
struct LectureNeuron {
  // cell: neuron
  Value x1{2, "x1"}, x2{0, "x2"};
  Value w1{-3, "w1"}, w2{1, "w2"};
  Value b{6.8813735870195432, "b"};
  Value x1w1 = (x1 * w1).label("x1*w1");
  Value x2w2 = (x2 * w2).label("x2*w2");
  Value x1w1x2w2 = (x1w1 + x2w2).label("x1*w1 + x2*w2");
  Value n = (x1w1x2w2 + b).label("n");
  Value o = tanh(n).label("o");
  // end
};

// "do/dx1" and so on.
void show_slopes(Run& run, const std::vector<Value>& inputs);

// The backward functions one by one, their order, and values that are used more than once.
void backward_by_itself(Run& run);

// tanh taken apart, and the neuron on tensors.
void second_half(Run& run);

// Four examples by hand: a network, one step, a loop of them.
void four(Run& run, const Flags& flags);

// The repository's README and its test: two larger expressions.
void larger_expressions(Run& run);

// What a training says under --no-zero-grad.
inline constexpr const char* kPilingUp =
    "Nothing zeroes the gradients (`--no-zero-grad`), so each step adds its own to those of all steps "
    "before: the lecture's bug. Steps grow and grow; an easy problem may survive that.";

// The repository's demo: two half moons told apart.
void moons(Run& run, const Flags& flags);

// The demo's loss, the mean of relu(1 - label * score), labels -1 and +1, plus 1e-4 times the sum of squared
// parameters, over the points of `batch`; and the share of them whose score has the sign of their label.
struct Outcome {
  Value loss;
  double accuracy;
};
Outcome margin_loss(MLP& model, const Moons& data, std::span<const int64_t> batch);

// The exercises: a derivative by hand, by differences and by the engine; a softmax and its loss.
void exercise(Run& run);

// The graph and the gradients of --expr.
void show_expression(Run& run, const Flags& flags);

}  // namespace lt::apps::micrograd
