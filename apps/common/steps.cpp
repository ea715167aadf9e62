#include <libtensor/apps/common/steps.h>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/common/checkpoints.h>
#include <libtensor/apps/common/save_file.h>
#include <libtensor/apps/common/stop.h>
#include <libtensor/nn/schedule.h>

// A checkpoint holds the losses and series so far besides the state, so that a resumed run draws whole
// curves.

namespace lt::apps {
namespace {

constexpr int64_t kAveraged = 1000;  // losses

DoubleTensor numbers_tensor(const std::vector<double>& numbers) {
  return from_vector<double>(numbers, static_cast<int64_t>(numbers.size()));
}

bool is_watched_step(int64_t step) { return step == 0 || step == 1000 || step % 10000 == 0; }

}  // namespace

bool Step::is_shown() const { return is_logged_step(index_, steps_.flags_.steps, 0); }

void Step::loss(double value) {
  steps_.take_loss(value);
  if (steps_.is_logged()) steps_.fields_ = {{"step", index_}, {"loss", value}};
}

void Step::loss(const Variable& value) {
  steps_.take_loss(static_cast<double>(value.item()));
  if (steps_.is_logged()) steps_.fields_ = {{"step", index_}, {"loss", value.item()}};
}

void Step::clear_bar() { steps_.progress_->clear(); }

void Step::also(const std::string& name, double value) {
  if (steps_.is_logged()) steps_.fields_.push_back({name, value});
  if (is_shown()) steps_.run_.result(fmt::format("{} at step {}", name, index_), value);
}

void Step::show(const std::string& name, double value) {
  steps_.progress_->clear();
  steps_.run_.result(fmt::format("{} at step {}", name, index_), value);
}

Steps::Steps(Run& run, const TrainingFlags& flags, TrainingState state)
    : run_(run), flags_(flags), state_(std::move(state)), setup_(run.training_setup(state_.name)) {
  const std::string name = state_.name == "train" ? "checkpoint" : state_.name + ".checkpoint";
  if (flags.keep && state_.resumes)
    file_ = flags.save.empty() ? run.path_of(name + ".safetensors") : flags.save;
  if (!flags.resume.empty()) load();
  if (!file_.empty()) check_save_file(file_, {});
  first_ = static_cast<int64_t>(losses_.size());
  constexpr int64_t kRoom = 1'000'000;  // for a run that is meant to be stopped, --steps may be any number
  losses_.reserve(static_cast<size_t>(std::max(first_, std::min(flags.steps, kRoom))));
}

Steps Run::steps(const TrainingFlags& flags, TrainingState state) {
  return Steps(*this, flags, std::move(state));
}

Steps& Steps::watch(std::function<std::string()> how_far) {
  if (run_.is_live()) watch_ = std::move(how_far);
  return *this;
}

Steps::Iterator Steps::begin() {
  if (first_ > 0)
    run_.say(fmt::format("`{}` has the first {} steps: their losses first, then those that are made now.",
                         flags_.resume, first_));
  for (int64_t step = 0; step < first_; ++step)
    run_.show_loss(step, flags_.steps, losses_[static_cast<size_t>(step)]);
  progress_.emplace(state_.name, flags_.steps, run_.flags().quiet, first_);
  if (state_.tokens > 0) progress_->count("tokens", static_cast<double>(state_.tokens));
  running_ = true;
  step_.index_ = first_;
  start_step();
  return Iterator(*this);
}

void Steps::start_step() {
  if (step_.index_ >= flags_.steps || stop_requested()) return finish();
  step_.rate_ = nn::step_decay(flags_.lr, step_.index_, flags_.decay_at);
  if (watch_ && is_watched_step(step_.index_)) {
    progress_->clear();
    run_.show_live(fmt::format("  step {}: {}", step_.index_, watch_()));
  }
}

void Steps::take_loss(double loss) {
  losses_.push_back(loss);
  average_ += (loss - average_) /
              static_cast<double>(std::min(std::ssize(losses_) - first_,
                                           std::clamp(flags_.steps / 100, int64_t{1}, kAveraged)));
  if (std::isfinite(loss) && pending_) write_or_go_on([&] { pending_->save(file_); }, has_failed_);
  pending_.reset();
  if (step_.is_shown()) progress_->clear();
  run_.show_loss(step_.index_, flags_.steps, loss);
}

bool Steps::is_logged() const {
  return flags_.keep && is_logged_step(step_.index_, flags_.steps, flags_.log_every);
}

void Steps::log_step() {
  if (!is_logged()) return;
  fields_.insert(fields_.begin() + 2, {"lr", step_.rate_});
  if (state_.name != "train") fields_.insert(fields_.begin(), {"task", state_.name});
  run_.log().write("step", fields_);
}

void Steps::advance() {
  if (std::ssize(losses_) != step_.index_ + 1) throw std::logic_error("Steps: a step gave no loss");
  log_step();
  if (!std::isfinite(losses_.back())) {
    run_.diverged(step_.index_, losses_.back());
    return finish();
  }
  ++step_.index_;
  if (flags_.save_every > 0 && step_.index_ % flags_.save_every == 0 && !file_.empty())
    pending_ = checkpoint();
  progress_->step(average_);
  start_step();
}

void Steps::finish() {
  running_ = false;
  progress_->finish();
  run_.set_speed(progress_->steps_per_second());
  const bool moved = std::ssize(losses_) > first_;
  // A parameter that is no number makes the next loss none.
  last_is_sound_ = !moved || !std::isfinite(losses_.back()) || is_finite();
  if (!last_is_sound_) run_.diverged(step_.index_, std::nan(""));
  if (moved && last_is_sound_ && std::isfinite(losses_.back()) && state_.loss_now) {
    const double now = state_.loss_now();
    last_is_sound_ = std::isfinite(now);
    if (!last_is_sound_) run_.diverged(step_.index_, now);
  }
  const bool sound = last_is_sound_ && (losses_.empty() || std::isfinite(losses_.back()));
  if (moved && sound && !file_.empty()) run_.attempt([&] { checkpoint().save(file_); });
  pending_.reset();
  if (!sound) return;
  if (done()) return run_.trained();
  run_.notice(fmt::format("Stopped after {} of {} steps{}.", losses_.size(), flags_.steps,
                          file_.empty() ? "" : fmt::format("; go on with `--resume {}`", file_)));
}

bool Steps::done() const {
  return std::ssize(losses_) >= flags_.steps && (losses_.empty() || std::isfinite(losses_.back())) &&
         last_is_sound_;
}

bool Steps::is_finite() const {
  return std::all_of(state_.parameters.begin(), state_.parameters.end(),
                     [](const auto& named) { return all(isfinite(named.second.data())).item(); });
}

nn::Checkpoint Steps::checkpoint() const {
  nn::Checkpoint checkpoint;
  checkpoint.put("setup", setup_);
  checkpoint.put("losses", numbers_tensor(losses_));
  if (state_.generator != nullptr) checkpoint.put("generator", *state_.generator);
  if (state_.optimizer != nullptr) checkpoint.put("optimizer", *state_.optimizer);
  for (const auto& [name, numbers] : state_.series)
    checkpoint.put("series." + name, numbers_tensor(*numbers));
  for (const auto& [name, parameter] : state_.parameters)
    checkpoint.put("parameter." + name, parameter.data().clone());
  for (const auto& [name, buffer] : state_.buffers) checkpoint.put("buffer." + name, buffer.clone());
  if (state_.put) state_.put(checkpoint);
  return checkpoint;
}

void Steps::load() {
  const nn::Checkpoint checkpoint = open_checkpoint(flags_.resume, setup_);
  losses_ = saved_losses(checkpoint, flags_.resume, flags_.steps);
  if (state_.generator != nullptr) checkpoint.get("generator", *state_.generator);
  if (state_.optimizer != nullptr) checkpoint.get("optimizer", *state_.optimizer);
  for (const auto& [name, parameter] : state_.parameters) {
    Tensor data = parameter.data();
    checkpoint.get("parameter." + name, data);
  }
  for (auto [name, buffer] : state_.buffers) checkpoint.get("buffer." + name, buffer);
  std::vector<std::string> names;
  for (const auto& series : state_.series) names.push_back(series.first);
  const auto series = saved_series(checkpoint, flags_.resume, names, std::ssize(losses_));
  for (size_t i = 0; i < series.size(); ++i) *state_.series[i].second = series[i];
  if (state_.get) state_.get(checkpoint);
}

}  // namespace lt::apps
