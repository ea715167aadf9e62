#include <libtensor/apps/micrograd/descent.h>

#include <fmt/core.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include <libtensor/apps/common/progress.h>
#include <libtensor/apps/common/stop.h>
#include <libtensor/tensor/error.h>
#include <libtensor/tensor/file.h>

// A checkpoint holds all that the next step depends on. Doubles are written with as many digits as bring back
// their bits. Gradients are kept too: without zeroing they carry over from step to step.

namespace lt::apps::micrograd {
namespace {

constexpr const char* kFormat = "micrograd checkpoint 1";

using nlohmann::json;

// The list of finite numbers by this name, as long as it has to be.
std::vector<double> numbers(const json& file, const char* name, std::size_t count) {
  auto list = file.at(name).get<std::vector<double>>();
  if (list.size() != count)
    throw IoError(fmt::format("\"{}\" has {} numbers, not {}", name, list.size(), count));
  return list;
}

History restore(const std::string& text, const Course& course) {
  const json file = json::parse(text);
  if (file.at("format") != kFormat) throw IoError("not a micrograd checkpoint");
  const auto setup = file.at("setup").get<std::string>();
  if (setup != course.setup) throw IoError(fmt::format("of another run: {}, not {}", setup, course.setup));
  const auto& parameters = course.model.parameters();
  const auto data = numbers(file, "parameters", parameters.size());
  const auto grads = numbers(file, "gradients", parameters.size());
  const auto steps = file.at("step").get<std::size_t>();
  History history{numbers(file, "losses", steps), numbers(file, "accuracies", steps)};
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    parameters[i].data() = data[i];
    parameters[i].grad() = grads[i];
  }
  return history;
}

void log_step(Run& run, const Course& course, int64_t step, const Outcome& outcome, double rate) {
  run.log().write("step", {{"task", course.task},
                           {"step", step},
                           {"loss", outcome.loss.data()},
                           {"lr", rate},
                           {"accuracy", outcome.accuracy}});
}

}  // namespace

void show_count(Run& run, const std::string& task, const MLP& model, int lecture) {
  const std::size_t count = model.parameters().size();
  run.log().write("params", {{"task", task}, {"count", count}});
  if (lecture > 0)
    run.compare("parameters", static_cast<double>(count), lecture, kExact);
  else
    run.result("parameters", std::to_string(count));
}

void save(const std::string& path, const Course& course, const History& history) {
  std::vector<double> data, grads;
  for (const Value p : course.model.parameters()) {
    data.push_back(p.data());
    grads.push_back(p.grad());
  }
  const json file{{"format", kFormat},
                  {"setup", course.setup},
                  {"step", history.losses.size()},
                  {"parameters", data},
                  {"gradients", grads},
                  {"losses", history.losses},
                  {"accuracies", history.accuracies}};
  write_file_atomically(path, file.dump());
}

History load(const std::string& path, const Course& course) {
  try {
    return restore(read_file(path), course);
  } catch (const json::exception& error) {
    throw IoError(fmt::format("{}: torn or not a checkpoint: {}", path, error.what()));
  } catch (const IoError& error) {
    const std::string text = error.what();
    throw IoError(text.find(path) == std::string::npos ? fmt::format("{}: {}", path, text) : text);
  }
}

History descend(Run& run, const TrainingFlags& flags, const Course& course) {
  History history;
  if (!flags.resume.empty()) history = load(flags.resume, course);
  const std::string file = flags.save.empty() ? run.path_of(course.task + ".checkpoint.json") : flags.save;
  if (!file.empty()) check_writable(file);
  const auto first = static_cast<int64_t>(history.losses.size());
  const StopOnSignal stop;
  const bool is_short = flags.steps < 1000;  // over before a bar could be read
  Progress progress(course.task, flags.steps, run.flags().quiet || is_short, first);
  for (int64_t k = first; k < flags.steps && !stop_requested(); ++k) {
    const Scope step;  // what this step puts on the tape is forgotten at its end
    const Outcome outcome = course.outcome(k);
    const double loss = outcome.loss.data(), rate = course.rate(k);
    if (!std::isfinite(loss))
      throw AppError(
          fmt::format("{}: the loss at step {} is {}: a smaller --lr may help", course.task, k, loss));
    update(course.model, outcome.loss, rate, course.zero_grad);
    history.losses.push_back(loss);
    history.accuracies.push_back(outcome.accuracy);
    if (is_logged_step(k, flags.steps, flags.log_every)) log_step(run, course, k, outcome, rate);
    if (flags.save_every > 0 && (k + 1) % flags.save_every == 0 && !file.empty()) save(file, course, history);
    progress.step(loss);
  }
  progress.finish();
  run.set_speed(progress.steps_per_second());
  if (!file.empty()) save(file, course, history);
  if (stop_requested())
    run.say(fmt::format("Stopped after {} of {} steps{}.", history.losses.size(), flags.steps,
                        file.empty() ? "" : fmt::format("; go on with `--resume {}`", file)));
  return history;
}

}  // namespace lt::apps::micrograd
