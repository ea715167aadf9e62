#pragma once

// The loop that both networks are trained by: logged, stopped by Ctrl-C, saved and gone on with.

#include <functional>
#include <string>
#include <vector>

#include <libtensor/apps/common/run.h>
#include <libtensor/apps/micrograd/training.h>

namespace lt::apps::micrograd {

struct Course {
  std::string task;
  std::string setup;  // what must be the same for a checkpoint to fit: data, sizes, seed
  MLP& model;
  std::function<Outcome(int64_t step)> outcome;
  std::function<double(int64_t step)> rate;
  bool zero_grad = true;
};

// What each step saw, before its update.
struct History {
  std::vector<double> losses, accuracies;
};

// Runs steps up to flags.steps, from the start or from flags.resume. Stopped and resumed, it ends with the
// bits that an uninterrupted run ends with.
//   throws: IoError for a checkpoint that is missing, torn or of another set-up, and before the first step
//   for one that cannot be written; AppError where the loss is not finite
History descend(Run& run, const TrainingFlags& flags, const Course& course);

// The "params" event and a line beside the lecture's count, where it has one (0: none).
void show_count(Run& run, const std::string& task, const MLP& model, int lecture);

// The checkpoint: a JSON file of parameters, gradients and history.
void save(const std::string& path, const Course& course, const History& history);
History load(const std::string& path, const Course& course);

}  // namespace lt::apps::micrograd
