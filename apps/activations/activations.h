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
struct Flags : MlpFlags {
  std::string stage = "batchnorm";
  bool calibrate = false;
  bool deep = false;
  double gain = 1;
  bool no_batchnorm = false;
  bool linear = false;
  int64_t exercise = 0;
  double widget = std::numeric_limits<double>::quiet_NaN();
};

void declare(Options& options, Flags& flags);
// throws: UsageError where batches are normalised
void refuse_batch_of_one(const Flags& flags);

struct First;  // mlp.h
// What each of the five stages changes before any training, and a table of them.
void initial_loss(Run& run, const First& original);
void softmax_stage(Run& run, const First& softmax);
void tanh_stage(Run& run, const First& original, const First& tanh);
void kaiming_stage(Run& run, const First& kaiming);
void batchnorm_stage(Run& run, First first, const First& kaiming);
void show_starts(Run& run, const std::vector<First>& starts);

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
