#pragma once

// What the lecture's transcript (wavenet.cpp) and the parts beside it share.

#include <string>
#include <vector>

#include <libtensor/apps/common/splits.h>
#include <libtensor/apps/plot/chart.h>
#include <libtensor/apps/wavenet/layers.h>

namespace lt::apps::wavenet {

// The defaults are the lecture's.
struct Flags {
  TrainingFlags training{.steps = 200000, .batch = 32, .lr = 0.1, .decay_at = 150000};
  std::string arch = "tree";
  int64_t block = 8;
  int64_t embed = 24;
  int64_t hidden = 128;
  bool bn_bug = false;
  bool shapes = false;
  bool check_conv = false;
  bool table = false;
  double dropout = 0;
  int64_t exercise = 0;

  Sizes sizes(const Vocabulary& vocabulary) const {
    return {vocabulary.size(), block, embed, hidden, arch == "flat", bn_bug, dropout};
  }
};

void declare(Options& options, Flags& flags);
// throws: UsageError for a tree whose block is no power of two, and for batches that cannot be normalised
void refuse_sizes(const Flags& flags);

// A network after its training, set to evaluate.
struct Trained {
  Sequential model;
  std::vector<double> losses;
  bool done;
};

// The training loop, which is the transcript's.
using Train = Trained(Run& run, const TrainingFlags& training, const Splits& splits, Sequential model,
                      Generator& g, const std::string& task);
// The lecture's five networks, one after the other.
void train_table(Run& run, const Flags& flags, const Splits& splits, Train* train);

// The shape that each layer gives for a batch.
void show_shapes(Run& run, const Sequential& model, const IntTensor& X);
// What BatchNorm1d must average over once x has three axes.
void show_bug(Run& run, Sizes sizes, const IntTensor& X);

// A line of the means of each 1,000 losses.
void add_means(plot::Chart& chart, const std::vector<double>& losses, const std::string& label);
// The losses of a training, as they are and averaged.
void show_losses(Run& run, const std::vector<double>& losses, int64_t decay_at);

// The windows of one name, one by one, as a batch, and by convolutions that share what windows have in
// common.
void check_windows(Run& run, Sequential& model, const Sizes& sizes, const Words& data,
                   const Vocabulary& vocabulary);
void compare_convolution(Run& run, Sequential& model, const Sizes& sizes, const Words& data,
                         const Vocabulary& vocabulary);

// As many names as --samples says.
void draw_names(Run& run, const Logits& logits, const Splits& splits, const Words& data,
                const Generator& training);

// Exercise 3: the paper's network, gates with residual and skip connections.
void gated(Run& run, const Flags& flags, const Words& data, const Splits& splits);

}  // namespace lt::apps::wavenet
