#pragma once

// One network trained with given settings, and several to compare.

#include <cmath>
#include <limits>

#include <libtensor/apps/common/splits.h>

namespace lt::apps::mlp {

// Everything that decides what is trained; the defaults are the lecture's.
struct Settings {
  MlpSizes sizes;
  TrainingFlags training{.steps = 200000, .batch = 32, .lr = 0.1, .decay_at = 100000};
  std::string init = "original";
  bool direct = false;
  double weight_decay = 0;
  double momentum = 0;
  std::string data = {};  // which names: a checkpoint fits these alone

  // The lecture's network and stream; the number of steps may differ.
  bool is_lecture(const Run& run) const;
};

// Flags that show one lesson instead of the network.
struct Lessons {
  int64_t overfit = 0;
  bool find_lr = false;
  bool search = false;
};

void add_flags(Options& options, Settings& settings, Lessons& lessons);
// Flags that say nothing together are refused before anything is written. throws: UsageError
void refuse_idle_flags(const Run& run, const Lessons& lessons);

struct Data : Splits {
  using Splits::Splits;
  Examples all(const Words& words) const { return windows(words.words, vocabulary, block); }
};

struct Trained {
  MlpNet net;
  std::vector<double> losses;
  bool stopped = false;
  double train_loss = std::numeric_limits<double>::quiet_NaN();  // NaN where the split is empty
  double val_loss = std::numeric_limits<double>::quiet_NaN();
  double test_loss = std::numeric_limits<double>::quiet_NaN();
};

// Trains from the seed, showing parameters and progress, and measures the splits.
Trained train_net(Run& run, const Data& data, const Settings& settings);

// --search: a grid of sizes and initialisations, a table sorted by dev loss, and bars.
void search(Run& run, const Data& data, const Settings& settings);
// --check: the lecture's smaller nets, and the exercises' initialisations.
void check_other_nets(Run& run, const Data& data, const Settings& settings);

}  // namespace lt::apps::mlp
