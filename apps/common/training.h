#pragma once

// The loop that the lectures train by: a minibatch, its loss, backward, an update at a rate that drops to a
// tenth. Logged, shown, stopped by Ctrl-C, saved, and gone on with to the same bits.

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <libtensor/apps/common/curves.h>
#include <libtensor/apps/common/run.h>
#include <libtensor/nn/optimizer.h>

namespace lt::apps {

// What is trained, and how. References must outlive the course.
struct Course {
  std::string name;   // "train": what the progress bar says
  std::string setup;  // what must be the same for a checkpoint to fit: sizes, seed, data
  nn::Optimizer& optimizer;
  Generator& generator;                                      // of the minibatches
  std::vector<std::pair<std::string, Variable>> parameters;  // named as in the lecture
  std::vector<std::pair<std::string, Tensor>> buffers =
      {};                                         // what a step changes besides: running statistics
  std::function<Variable()> loss;                 // draws a minibatch; its loss before the update
  std::function<double(int64_t step)> rate = {};  // default: --lr, a tenth from --decay-at on
  std::function<void(int64_t step, double rate)> look = {};  // called between backward and update
  std::vector<std::pair<std::string, std::vector<double>*>> series =
      {};  // what `look` writes down: a resumed run has all of it
};

struct History {
  std::vector<double> losses;  // one a step, before its update
  bool stopped = false;        // by Ctrl-C: saved, and the steps are not all done
};

// Steps up to flags.steps, from the start or from flags.resume. Saves to flags.save, or
// checkpoint.safetensors in the output folder, every flags.save_every steps and at the end. Says so when it
// was stopped.
//   throws: IoError for a checkpoint that is missing, torn or of another set-up, and before the first step
//   for one that cannot be written; AppError where a loss is not finite
History train(Run& run, const TrainingFlags& flags, const Course& course);

}  // namespace lt::apps
