#pragma once

// What the lecture's two transcripts (activations.cpp, deep.cpp) and the parts beside them share.

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <libtensor/apps/common/splits.h>
#include <libtensor/apps/common/steps.h>

namespace lt::apps::activations {

inline const std::vector<std::string> kStages = {"original", "softmax", "tanh", "kaiming", "batchnorm"};

// The defaults are the lecture's.
struct Flags {
  TrainingFlags training{.steps = 200000, .batch = 32, .lr = 0.1, .decay_at = 100000};
  int64_t block = 3;
  int64_t embed = 10;
  int64_t hidden = 200;
  std::string stage = "batchnorm";
  bool calibrate = false;
  bool deep = false;
  double gain = 1;
  bool no_batchnorm = false;
  bool linear = false;
  int64_t exercise = 0;
  double widget = std::numeric_limits<double>::quiet_NaN();

  MlpSizes sizes(const Vocabulary& vocabulary) const {
    return {.vocabulary = vocabulary.size(), .block = block, .embed = embed, .hidden = hidden};
  }
};

void declare(Options& options, Flags& flags);
// throws: UsageError where batches are normalised
void refuse_batch_of_one(const Flags& flags);

// What a stage multiplies the drawn parameters by: its own change, and those of the stages before it.
MlpScales scales_of(const std::string& stage, int64_t fan_in);

// A stage's first minibatch, before any training.
struct Start {
  std::string stage;
  MlpScales by;
  Tensor hpreact, h;  // (batch, hidden), before and after the tanh
  Tensor logits;      // (batch, vocabulary)
  double loss;
};
// What each of the first four stages changes, and a table of all five.
void initial_loss(Run& run, const Start& original);
void softmax_stage(Run& run, const Start& softmax);
void tanh_stage(Run& run, const Start& original, const Start& tanh);
void kaiming_stage(Run& run, const Start& kaiming);
// How the tanh layer stands: lines and pictures.
void show_layer(Run& run, const Start& start);
void show_starts(Run& run, const std::vector<Start>& starts);

// The six-layer network: what the gain does, training, the four diagnostics, and with `in_full` losses and
// names. In deep.cpp.
void deep_network(Run& run, const Flags& flags, const Splits& splits, const Words& data, bool in_full);

// The exercises: all parameters zero; batch normalisation folded into the weights.
void zero_initialisation(Run& run, const Flags& flags, const Splits& splits);
void fold_batchnorm(Run& run, const Flags& flags, const Splits& splits);

// The cells at the notebook's end: a large product with and without normalisation; five numbers normalised,
// the first of them x0.
void large_products(Run& run);
void widget(Run& run, double x0);
void draw_widget(Run& run);  // for several x0

// Pictures. The first rows and columns of a large batch stand for it.
void draw_tanh_layer(Run& run, const std::string& stage, const Tensor& hpreact, const Tensor& h);
// White where |h| is above the threshold.
std::string image_of(const std::string& title, const Tensor& h, float threshold);
void draw_activation_functions(Run& run);

using Densities = std::vector<std::pair<std::string, Tensor>>;  // by name
void draw_densities(Run& run, const std::string& title, const std::string& x_label, const std::string& file,
                    const std::string& caption, const Densities& curves);

}  // namespace lt::apps::activations
