#include <libtensor/apps/common/training.h>

#include <fmt/format.h>

#include <cmath>

#include <libtensor/apps/common/progress.h>
#include <libtensor/apps/common/stop.h>
#include <libtensor/nn/checkpoint.h>
#include <libtensor/nn/schedule.h>
#include <libtensor/tensor/file.h>

// A checkpoint holds all that the next step depends on, and the losses and series so far, so that a resumed
// run draws whole curves.

namespace lt::apps {
namespace {

DoubleTensor as_tensor(const std::vector<double>& numbers) {
  return from_vector<double>(numbers, static_cast<int64_t>(numbers.size()));
}

void save(const std::string& path, const Course& course, const History& history) {
  nn::Checkpoint checkpoint;
  checkpoint.put("setup", course.setup);
  checkpoint.put("generator", course.generator);
  checkpoint.put("optimizer", course.optimizer);
  checkpoint.put("losses", as_tensor(history.losses));
  for (const auto& [name, numbers] : course.series) checkpoint.put("series." + name, as_tensor(*numbers));
  for (const auto& [name, parameter] : course.parameters)
    checkpoint.put("parameter." + name, parameter.data());
  for (const auto& [name, buffer] : course.buffers) checkpoint.put("buffer." + name, buffer);
  checkpoint.save(path);
}

History load(const std::string& path, const Course& course) {
  const nn::Checkpoint checkpoint(path);
  const std::string setup = checkpoint.get_text("setup");
  if (setup != course.setup) {
    throw IoError(fmt::format("{}: of another run: {}; this one is {}", path, setup, course.setup));
  }
  checkpoint.get("generator", course.generator);
  checkpoint.get("optimizer", course.optimizer);
  for (const auto& [name, parameter] : course.parameters) {
    Tensor data = parameter.data();
    checkpoint.get("parameter." + name, data);
  }
  for (auto [name, buffer] : course.buffers) checkpoint.get("buffer." + name, buffer);
  for (const auto& [name, numbers] : course.series) {
    *numbers = checkpoint.get_tensor<double>("series." + name).to_vector();
  }
  return {checkpoint.get_tensor<double>("losses").to_vector()};
}

// One step; returns its loss before the update.
double train_step(const Course& course, int64_t step, double rate) {
  const Variable loss = course.loss();
  const double value = loss.item();
  if (!std::isfinite(value)) {
    throw AppError(fmt::format("{}: the loss at step {} is {}: a smaller --lr may help", course.name, step,
                               show(value)));
  }
  course.optimizer.zero_grad();
  loss.backward();
  if (course.look) course.look(step, rate);
  course.optimizer.lr = rate;
  course.optimizer.step();
  return value;
}

}  // namespace

History train(Run& run, const TrainingFlags& flags, const Course& course) {
  History history = flags.resume.empty() ? History{} : load(flags.resume, course);
  const std::string file = flags.save.empty() ? run.path_of("checkpoint.safetensors") : flags.save;
  if (!file.empty()) check_writable(file);
  const auto first = static_cast<int64_t>(history.losses.size());
  constexpr int64_t kRoom = 1'000'000;  // for a run that is meant to be stopped, --steps may be any number
  history.losses.reserve(static_cast<size_t>(std::max(first, std::min(flags.steps, kRoom))));
  const StopOnSignal stop;
  Progress progress(course.name, flags.steps, run.flags().quiet, first);
  for (int64_t step = first; step < flags.steps && !stop_requested(); ++step) {
    const double rate = course.rate ? course.rate(step) : nn::step_decay(flags.lr, step, flags.decay_at);
    const double loss = train_step(course, step, rate);
    history.losses.push_back(loss);
    if (is_logged_step(step, flags.steps, flags.log_every)) {
      run.log().write("step", {{"step", step}, {"loss", static_cast<float>(loss)}, {"lr", rate}});
    }
    if (flags.save_every > 0 && (step + 1) % flags.save_every == 0 && !file.empty())
      save(file, course, history);
    progress.step(loss);
  }
  progress.finish();
  run.set_speed(progress.steps_per_second());
  if (!file.empty() && flags.steps > first) save(file, course, history);
  history.stopped = stop_requested();
  if (history.stopped) {
    run.say(fmt::format("Stopped after {} of {} steps{}.", history.losses.size(), flags.steps,
                        file.empty() ? "" : fmt::format("; go on with `--resume {}`", file)));
  }
  return history;
}

}  // namespace lt::apps
