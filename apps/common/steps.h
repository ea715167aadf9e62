#pragma once

// The training loop of all apps. It hides what no lecture speaks of: going on from a checkpoint, saving one,
// Ctrl-C, the progress bar, the log, the lines that show the loss. Its body is the notebook's cell.
//
//   Steps steps = run.steps(flags.training, {.parameters = {{"W", W}}, .generator = &g});
//   for (Step& step : steps) {
//     const Variable loss = ...;
//     step.loss(loss);  // before the update
//     ...backward, W.data() -= step.rate() * W.grad()...
//   }
//   if (!steps.done()) return;  // stopped by Ctrl-C, or the loss was no longer a number

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <libtensor/apps/common/progress.h>
#include <libtensor/apps/common/run.h>
#include <libtensor/nn/checkpoint.h>

namespace lt::apps {

using Parameters = std::vector<std::pair<std::string, Variable>>;  // by the lecture's names

// All that the next step depends on. What is pointed to must outlive the loop.
struct TrainingState {
  Parameters parameters = {};
  Generator* generator = nullptr;  // of the minibatches
  nn::Optimizer* optimizer = nullptr;
  std::vector<std::pair<std::string, Tensor>> buffers = {};  // running statistics
  std::vector<std::pair<std::string, std::vector<double>*>> series =
      {};  // what the loop writes down, step by step
  // For what is no tensor: both or neither.
  std::function<void(nn::Checkpoint&)> put = {};
  std::function<void(const nn::Checkpoint&)> get = {};
  // The loss of the state as it is, where that is cheap: a last state without one is not saved.
  std::function<double()> loss_now = {};
  std::string name = "train";  // what the bar and the checkpoint's file are called
  bool resumes = true;         // --resume goes on with it; of others nothing is saved
  int64_t tokens = 0;          // in a step, where the bar is to show how many a second
};

class Steps;

class Step {
 public:
  int64_t index() const { return index_; }
  // --lr, and a tenth of it from --decay-at on.
  double rate() const { return rate_; }
  // For a loop that has a rule of its own.
  void set_rate(double rate) { rate_ = rate; }
  // One of those whose loss is shown: 0, 1, 2, 5, 10, ...
  bool is_shown() const;
  // The loss before this step's update. Once a step, before the parameters change.
  void loss(double value);
  void loss(const Variable& value);
  // The line of progress makes way for what the body prints.
  void clear_bar();
  // One more number of this step for the log, and for the screen where the step is shown: "accuracy".
  void also(const std::string& name, double value);
  // A line of results whether or not the step is one of those shown: "val loss at step 500".
  void show(const std::string& name, double value);

 private:
  friend class Steps;
  explicit Step(Steps& steps) : steps_(steps) {}

  Steps& steps_;
  int64_t index_ = 0;
  double rate_ = 0;
};

// Steps up to flags.steps, from the start or from flags.resume. Saves to flags.save, or to
// checkpoint.safetensors in the output folder, every flags.save_every steps and at the end.
class Steps {
 public:
  //   throws: IoError for a checkpoint that is missing, torn or of another set-up, or for one that cannot be
  //   written
  Steps(Run& run, const TrainingFlags& flags, TrainingState state);
  Steps(const Steps&) = delete;

  // On a terminal, says how far the net is: before the steps 0, 1,000, 10,000 and every 10,000 after.
  Steps& watch(std::function<std::string()> how_far);

  const std::vector<double>& losses() const { return losses_; }  // one a step, before its update
  // Were all steps made, and all losses numbers?
  bool done() const;

  struct End {};
  class Iterator {
   public:
    explicit Iterator(Steps& steps) : steps_(steps) {}
    Step& operator*() const { return steps_.step_; }
    Iterator& operator++() {
      steps_.advance();
      return *this;
    }
    bool operator!=(End) const { return steps_.has_more(); }

   private:
    Steps& steps_;
  };
  Iterator begin();
  End end() const { return {}; }

 private:
  friend class Step;

  void start_step();
  void take_loss(double loss);
  bool is_logged() const;
  void log_step();
  void advance();
  bool has_more() const { return running_; }
  void finish();
  void load();
  nn::Checkpoint checkpoint() const;
  bool is_finite() const;

  Run& run_;
  TrainingFlags flags_;
  TrainingState state_;
  std::string setup_;  // what a checkpoint must agree in
  std::string file_;   // where it goes; empty: nowhere
  std::vector<double> losses_;
  Step step_{*this};
  std::optional<Progress> progress_;
  std::optional<nn::Checkpoint> pending_;  // saved once the next loss says that it is sound
  std::function<std::string()> watch_;
  std::vector<Field> fields_;  // of this step's line in the log
  double average_ = 0;         // of the last losses: one minibatch is noisy
  int64_t first_ = 0;
  bool running_ = false;
  bool last_is_sound_ = true;  // the state after the last step
  bool has_failed_ = false;    // a save in between
};

}  // namespace lt::apps
