#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include <libtensor/apps/common/python_random.h>
#include <libtensor/apps/micrograd/descent.h>
#include <libtensor/apps/micrograd/lecture.h>
#include <libtensor/apps/plot/chart.h>

// The lecture's last cells: a small network learns four examples by heart.

namespace lt::apps::micrograd {
namespace {

// By seed: the untrained output for [2, 3, -1], then the loss at these steps.
constexpr int64_t kSteps[] = {0, 1, 2, 5, 10, 19, 49, 99};
const std::map<uint64_t, std::vector<double>> kLectureFour = {
    {1337,
     {0.427678112488, 6.005402783252, 3.202149646920, 2.462170928154, 0.700097620773, 0.053354899107,
      0.017781874686, 0.005173595607, 0.002295376403}},
    {42,
     {0.699409362022, 5.230517512042, 3.124109694205, 3.265975023865, 0.375132563189, 0.083704380090,
      0.036498756087, 0.011372621371, 0.004949604037}}};
constexpr double kOutputsAfter100[] = {0.972714, -0.994036, -0.973394, 0.972042};

constexpr const char* kOneStep =
    "Each step: the sum of squared errors, gradients set to zero, backward, and every parameter a little "
    "against its gradient.";
constexpr const char* kPilingUp =
    "Each step adds its gradients to those of all steps before (`--no-zero-grad`): the lecture's bug. Steps "
    "grow and grow; an easy problem may survive that, and this one may be thrown so far that every neuron "
    "saturates.";

// One step as this run takes it.
std::string step_code(const Settings& s) {
  return fmt::format(
      "Scope step;\n"
      "Value loss = squared_error(model).loss;\n"
      "{}loss.backward();\n"
      "model.step({});",
      s.no_zero_grad ? "" : "model.zero_grad();\n", s.training.lr);
}

std::vector<double> outputs(MLP& model) {
  const Scope scope;
  std::vector<double> all;
  for (const auto& [a, b, c] : kFourInputs) all.push_back(model(std::array<Value, 3>{a, b, c})[0].data());
  return all;
}

void show_losses(Run& run, const History& history, const std::vector<double>* lecture) {
  for (std::size_t i = 0; i < std::size(kSteps); ++i) {
    const auto step = static_cast<std::size_t>(kSteps[i]);
    if (step >= history.losses.size()) break;
    const std::string name = fmt::format("loss at step {}", step);
    if (lecture)
      run.compare(name, history.losses[step], (*lecture)[i + 1], kDouble);
    else
      run.result(name, show(history.losses[step]));
  }
}

void show_outputs(Run& run, MLP& model, bool after_100) {
  const std::vector<double> now = outputs(model);
  for (std::size_t i = 0; i < now.size(); ++i) {
    const auto& [a, b, c] = kFourInputs[i];
    const std::string name = fmt::format("[{}, {}, {}] should say {}", a, b, c, kFourTargets[i]);
    if (after_100)
      run.compare(name, now[i], kOutputsAfter100[i], kDigits6);
    else
      run.result(name, show(now[i]));
  }
}

bool is_lecture(const Settings& s) {
  return s.hidden == std::vector<int64_t>{4, 4} && s.training.lr == 0.1 && s.training.decay_at == 0 &&
         !s.no_zero_grad;
}

void draw_loss(Run& run, const History& history, uint64_t seed) {
  std::vector<double> steps(history.losses.size());
  std::iota(steps.begin(), steps.end(), 0);
  const std::string title = fmt::format("Four examples: loss, seed {}", seed);
  run.figure(fmt::format("four_loss_{}.svg", seed), title,
             plot::Chart(title, "step", "loss").log_y().line(steps, history.losses).svg());
}

}  // namespace

void four(Run& run, const Settings& settings, uint64_t seed) {
  const Scope scope;
  std::vector<std::size_t> sizes{3};
  sizes.insert(sizes.end(), settings.hidden.begin(), settings.hidden.end());
  sizes.push_back(1);
  const TrainingFlags& flags = settings.training;
  const bool as_lecture = is_lecture(settings);
  const auto known = kLectureFour.find(seed);
  const std::vector<double>* lecture = as_lecture && known != kLectureFour.end() ? &known->second : nullptr;

  run.heading(fmt::format("Four examples, seed {}", seed));
  run.say(
      "Neurons side by side make a layer, layers in a row make a network. Weights and biases are drawn by "
      "Python's `random`, uniform between -1 and 1; every neuron ends in a tanh.");
  run.code(fmt::format("PythonRandom random({});\nMLP model({{{}}}, kLecture, random);", seed,
                       fmt::join(sizes, ", ")));
  PythonRandom random(seed);
  MLP model(sizes, kLecture, random);
  show_count(run, "four", model, as_lecture ? 41 : 0);
  if (lecture) run.compare("untrained, [2, 3, -1]", outputs(model)[0], (*lecture)[0], kDouble);
  run.say(settings.no_zero_grad ? kPilingUp : kOneStep);
  run.code(step_code(settings));
  const auto rate = [&](int64_t k) {
    return flags.decay_at > 0 && k >= flags.decay_at ? flags.lr / 10 : flags.lr;
  };
  const Course course{"four", fmt::format("four, hidden {}, seed {}", Json(settings.hidden).text(), seed),
                      model,  [&](int64_t) { return squared_error(model); },
                      rate,   !settings.no_zero_grad};
  const History history = descend(run, flags, course);
  show_losses(run, history, lecture);
  show_outputs(run, model, lecture && seed == 1337 && history.losses.size() == 100);
  draw_loss(run, history, seed);
}

}  // namespace lt::apps::micrograd
