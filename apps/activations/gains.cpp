#include <libtensor/apps/activations/gains.h>

#include <fmt/format.h>

#include <cmath>

#include <libtensor/apps/activations/inside.h>
#include <libtensor/nn/diagnostics.h>

// The lecture's tables for other gains than 1, with and without BatchNorm and tanh.

namespace lt::apps::activations {
namespace {

const LectureRatios kRatios[] = {{{true, true, 1}, {-3.10, -2.28, -2.12, -2.19, -2.22, -2.25, -1.96}},
                                 {{true, true, 5.0 / 3}, {-3.07, -2.62, -2.41, -2.48, -2.51, -2.55, -2.27}},
                                 {{true, true, 0.2}, {-3.15, -1.57, -1.62, -1.65, -1.67, -1.68, -1.51}},
                                 {{false, true, 5.0 / 3}, {-2.96, -2.52, -2.33, -2.41, -2.43, -2.51, -1.46}}};

struct GainRow {
  const char* name;
  DeepOptions options;
  double std[5];
  double saturated[5];  // percent; negative where the lecture gives none
  double first, last;   // std of the gradient of the first and the last output
};
const GainRow kGains[] = {
    {"gain 5/3",
     {false, true, 5.0 / 3},
     {.75, .69, .67, .66, .66},
     {20.25, 8.38, 6.62, 5.47, 6.12},
     4.2e-4,
     3.1e-4},
    {"gain 1", {false, true, 1}, {.62, .48, .41, .35, .32}, {3.50, .03, .06, 0, 0}, 1.8e-4, 3.1e-4},
    {"gain 0.5", {false, true, 0.5}, {.41, .20, .10, .05, .02}, {0, 0, 0, 0, 0}, 1.9e-5, 3.1e-4},
    {"gain 3", {false, true, 3}, {.85, .84, .84, .84, .84}, {47.7, 40.5, 42.4, 42.0, 42.4}, 1.0e-3, 3.1e-4},
    {"linear, gain 5/3",
     {false, false, 5.0 / 3},
     {1.65, 2.72, 4.67, 7.50, 12.78},
     {-1, -1, -1, -1, -1},
     2.6e-3,
     3.2e-4},
    {"linear, gain 1", {false, false, 1}, {.99, .98, 1.01, .97, .99}, {-1, -1, -1, -1, -1}, 3.2e-4, 3.1e-4},
    {"linear, gain 0.5",
     {false, false, 0.5},
     {.49, .25, .13, .06, .03},
     {-1, -1, -1, -1, -1},
     2.0e-5,
     3.1e-4},
    {"batchnorm, gain 1",
     {true, true, 1},
     {.63, .64, .64, .64, .64},
     {3.69, 2.59, 2.66, 2.78, 2.72},
     9.0e-4,
     4.8e-4},
    {"batchnorm, gain 3",
     {true, true, 3},
     {.63, .64, .64, .64, .64},
     {3.69, 2.59, 2.66, 2.78, 2.72},
     9.0e-4,
     4.8e-4}};

// The first minibatch of a fresh net, forward and backward.
DeepNet at_step_0(Run& run, const Splits& data, const Settings& settings, const DeepOptions& options) {
  Generator generator = run.generator(run.flags().seed);
  DeepNet net(settings.sizes, options, generator);
  const auto [x, y] = minibatch(data.train, 32, generator);
  cross_entropy(net.logits(x), y).backward();
  return net;
}

std::vector<std::string> gain_row(Run& run, const DeepNet& net, const GainRow& lecture) {
  std::string stds, saturated;
  const bool is_tanh = lecture.options.tanh;
  for (size_t i = 0; i < net.hidden_layers(); ++i) {
    const nn::TensorStats spread = nn::tensor_stats(net.hidden(i).data());
    stds += fmt::format("{}{:.2f}", i > 0 ? " " : "", spread.std);
    saturated += fmt::format("{}{:.2f}", i > 0 ? " " : "", 100 * spread.saturated);
    const std::string name = fmt::format("{}, layer {}", lecture.name, i);
    run.check(name + ": std", spread.std, lecture.std[i], within(0.0051));
    // One element of 3,200 is 0.031 percent; the lecture gives one or two decimals.
    if (is_tanh) run.check(name + ": saturated", 100 * spread.saturated, lecture.saturated[i], within(0.082));
  }
  const double first = nn::tensor_stats(net.hidden(0).grad()).std;
  const double last = nn::tensor_stats(net.hidden(net.hidden_layers() - 1).grad()).std;
  const std::string name = lecture.name;
  run.check(name + ": first gradient", first, lecture.first, {.relative = 0.05});  // two digits
  run.check(name + ": last gradient", last, lecture.last, {.relative = 0.05});
  return {name, stds, is_tanh ? saturated : "-", fmt::format("{:.1e} to {:.1e}", first, last)};
}

}  // namespace

const LectureRatios* lecture_ratios(const DeepOptions& options) {
  for (const LectureRatios& row : kRatios) {
    const bool is_same = row.options.batchnorm == options.batchnorm && row.options.tanh == options.tanh &&
                         std::abs(row.options.gain - options.gain) < 0.01;
    if (is_same) return &row;
  }
  return nullptr;
}

void show_gains(Run& run, const Splits& data, const Settings& settings) {
  run.heading("The gain");
  run.say(
      "Before any training: each tanh squashes, so without a gain the activations shrink from layer to "
      "layer, and with too much of it they saturate. 5/3 is about right. With BatchNorm the gain hardly "
      "matters. Below, for the five hidden layers: the spread of the outputs, how many are saturated, and "
      "the "
      "spread of the outputs' gradients, from the first layer to the last.");
  std::vector<std::vector<std::string>> rows;
  for (const GainRow& row : kGains) {
    rows.push_back(gain_row(run, at_step_0(run, data, settings, row.options), row));
  }
  run.table({"", "std of the outputs", "saturated, %", "std of the gradients"}, rows);
}

void check_gains(Run& run, const Splits& data, const Settings& settings) {
  for (const LectureRatios& row : kRatios) {
    run.heading(
        fmt::format("BatchNorm {}, gain {:.2f}", row.options.batchnorm ? "on" : "off", row.options.gain));
    const DeepTrained trained = train_deep(run, data, settings, row.options);
    if (trained.stopped) return;
    show_update_ratios(run, trained.net, trained.ratios);
  }
  Settings few = settings;
  few.training.steps = 6;
  std::string ends = "a finite loss";
  try {
    train_deep(run, data, few, {false, false, 5.0 / 3});
  } catch (const AppError&) {
    ends = "not a finite loss";
  }
  run.compare("linear, gain 5/3, by step 5", ends, "not a finite loss");
}

}  // namespace lt::apps::activations
