#pragma once

// Lecture 3's network under the lecture's five fixes, one after another: original, softmax,
// tanh, kaiming, batchnorm.

#include <string>
#include <vector>

#include <libtensor/apps/common/splits.h>

namespace lt::apps::activations {

inline const std::vector<std::string> kStages = {"original", "softmax", "tanh", "kaiming", "batchnorm"};

// The lecture's first batch normalisation: no epsilon, and a running standard deviation, not a variance. It
// divides by n - 1.
struct BatchNorm {
  explicit BatchNorm(int64_t units);
  // By the batch's own mean and standard deviation, which move the running ones; by the running ones where
  // not training. shapes: (n, units) -> the same
  Variable operator()(const Variable& x, bool training);

  Variable gain, bias;               // (1, units)
  Tensor running_mean, running_std;  // (1, units)
};

struct StageNet {
  // Draws C, W1, b1, W2, b2, and scales them as the stage says; `batchnorm` has no b1.
  StageNet(const std::string& stage, const MlpSizes& sizes, Generator& generator);

  struct Pass {
    Variable hpreact, h;  // (n, hidden), before and after the tanh
    Variable logits;      // (n, vocabulary)
  };
  // shapes: x (n, block)
  Pass forward(const IntTensor& x, bool training);
  Variable logits(const IntTensor& x) { return forward(x, false).logits; }
  // Replaces the running statistics by those of all of x. `batchnorm` alone.
  void calibrate(const IntTensor& x);
  std::vector<std::pair<std::string, Variable>> parameters() const;

  MlpSizes sizes;
  bool normalizes;
  Variable C, W1, b1, W2, b2;  // b1 is undefined where `normalizes`
  BatchNorm norm;

 private:
  Variable affine(const IntTensor& x) const;
};

// How a stage is trained; the defaults are the lecture's.
struct Settings {
  MlpSizes sizes;
  TrainingFlags training{.steps = 200000, .batch = 32, .lr = 0.1, .decay_at = 100000};
  std::string data;  // which names: a checkpoint fits these alone

  // The lecture's stream of minibatches; the number of steps may differ.
  bool is_lecture(const Run& run) const;
};

// One line of the lecture's loss log.
struct Trained {
  std::string stage;
  StageNet net;
  std::vector<double> losses;
  bool stopped = false;
  SplitLosses loss = {};  // unset where it stopped
};
// Trains from the seed, shows and logs parameters, progress and split losses.
Trained train_stage(Run& run, const Splits& data, const Settings& settings, const std::string& stage);
// Replaces the running statistics by those of the training split, and measures again.
void calibrate(Run& run, const Splits& data, const Settings& settings, Trained& trained);
// The names it makes up, from the sampling seed.
std::vector<std::string> names_of(const Run& run, const Splits& data, StageNet& net);

// The loss log: every stage, ours where trained, and the lecture's.
void show_loss_log(Run& run, const std::vector<Trained>& trained);

}  // namespace lt::apps::activations
