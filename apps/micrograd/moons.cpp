#include "apps/common/moons.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "apps/common/chart.h"
#include "apps/common/python_random.h"
#include "apps/micrograd/descent.h"
#include "apps/micrograd/lecture.h"

// The demo: a network learns to tell two half moons apart.

namespace lt::apps::micrograd {
namespace {

struct LectureStep {
  std::size_t step;
  double loss;
  double percent;
};
constexpr LectureStep kLectureMoons[] = {
    {0, .895844102868, 50},  {1, 1.723590533697, 81},  {5, .313545481919, 86},  {10, .245070238537, 91},
    {20, .189775228561, 91}, {40, .060160098952, 100}, {50, .098751147656, 96}, {99, .010978370135, 100}};
constexpr double kFirstLoss = 0.8958441028683222;
constexpr double kLastLoss = .010977891484;

std::vector<double> coordinates(const Moons& data, int label, std::size_t axis) {
  std::vector<double> some;
  for (std::size_t i = 0; i < data.points.size(); ++i)
    if (data.labels[i] == label) some.push_back(data.points[i][axis]);
  return some;
}

Chart& scatter(Chart& chart, const Moons& data) {
  return chart.equal()
      .scatter(coordinates(data, 0, 0), coordinates(data, 0, 1), "-1")
      .scatter(coordinates(data, 1, 0), coordinates(data, 1, 1), "+1");
}

// One axis of the grid: from the points' minimum - 1 in steps of 0.25 to below their maximum + 1; in wider
// steps where that would be more than 200.
struct Axis {
  double first, step;
  int64_t count;

  Axis(const Moons& data, std::size_t axis, double least_step) {
    const auto by_axis = [axis](const auto& p, const auto& q) { return p[axis] < q[axis]; };
    const auto [low, high] = std::minmax_element(data.points.begin(), data.points.end(), by_axis);
    first = (*low)[axis] - 1;
    const double span = (*high)[axis] + 1 - first;
    step = std::max(least_step, span / 200);
    count = static_cast<int64_t>(std::ceil(span / step));
  }
};

void draw_boundary(Run& run, MLP& model, const Moons& data, bool as_lecture) {
  const double step = std::max(Axis(data, 0, 0.25).step, Axis(data, 1, 0.25).step);
  const Axis x(data, 0, step), y(data, 1, step);
  std::vector<double> scores;
  for (int64_t row = 0; row < y.count; ++row)
    for (int64_t column = 0; column < x.count; ++column) {
      const Scope scope;
      const Value at[] = {x.first + static_cast<double>(column) * step,
                          y.first + static_cast<double>(row) * step};
      scores.push_back(model(at)[0].data());
    }
  if (as_lecture) {
    const auto positive = std::count_if(scores.begin(), scores.end(), [](double s) { return s > 0; });
    run.compare("grid columns, from x = -2.022194", static_cast<double>(x.count), 21, kExact);
    run.compare("grid rows, from y = -1.548639", static_cast<double>(y.count), 15, kExact);
    run.check("first x of the grid", x.first, -2.022194, kDigits6);
    run.check("first y of the grid", y.first, -1.548639, kDigits6);
    run.compare("cells that are positive", static_cast<double>(positive), 126, kExact);
  }
  Chart chart("Decision boundary", "x", "y");
  chart.regions(x.first, y.first, step, x.count, scores);
  run.figure("moons_boundary.svg", "Where the network says -1 and +1", scatter(chart, data).svg());
}

void show_steps(Run& run, const History& history, double after, bool as_lecture) {
  std::vector<std::vector<std::string>> rows;
  const auto add = [&](const std::string& step, double loss, double lecture, const std::string& percent) {
    rows.push_back(
        {step, fmt::format("{:.12f}", loss), as_lecture ? fmt::format("{:.12f}", lecture) : "", percent});
  };
  for (const auto& [step, loss, percent] : kLectureMoons) {
    if (step >= history.losses.size()) break;
    const double ours = 100 * history.accuracies[step];
    add(std::to_string(step), history.losses[step], loss, fmt::format("{:.0f} %", ours));
    if (!as_lecture) continue;
    run.check(fmt::format("moons: loss at step {}", step), history.losses[step], loss, kDouble);
    run.check(fmt::format("moons: accuracy at step {}", step), ours, percent,
              within(1e-9));  // a share of 100, rounded
  }
  const bool full_run = as_lecture && history.losses.size() == 100;
  if (full_run) run.check("moons: loss after the last step", after, kLastLoss, kDouble);
  if (as_lecture) run.check("moons: first loss", history.losses.at(0), kFirstLoss, kRecorded);
  rows.push_back(
      {"after", fmt::format("{:.12f}", after), full_run ? fmt::format("{:.12f}", kLastLoss) : "", ""});
  run.table({"step", "loss", "lecture", "accuracy"}, rows);
}

void draw_history(Run& run, const History& history) {
  std::vector<double> steps(history.losses.size()), percent(history.losses.size());
  std::iota(steps.begin(), steps.end(), 0);
  std::transform(history.accuracies.begin(), history.accuracies.end(), percent.begin(),
                 [](double a) { return 100 * a; });
  run.figure("moons_loss.svg", "Loss of the two moons",
             Chart("Loss", "step", "loss").log_y().line(steps, history.losses).svg());
  run.figure("moons_accuracy.svg", "Share of the points on their side",
             Chart("Accuracy", "step", "%").line(steps, percent).svg());
}

}  // namespace

void moons(Run& run, const Settings& settings) {
  const Scope scope;
  const TrainingFlags& flags = settings.training;
  const uint64_t seed = run.flags().seed;
  const bool as_lecture = seed == 1337 && settings.points == 100 && settings.noise == 0.1 &&
                          !settings.no_zero_grad && settings.hidden == std::vector<int64_t>{16, 16} &&
                          flags.lr == 1 && flags.decay_at == 0 && flags.batch == 0;
  run.heading("Two moons");
  run.say(
      "Two half circles that reach into each other, with noise, on the stream of NumPy and scikit-learn.");
  run.code("NumpyRandom numpy(1337);\nMoons data = make_moons(100, 0.1, numpy);");
  NumpyRandom numpy(static_cast<uint32_t>(seed));
  const Moons data = make_moons(settings.points, settings.noise, numpy);
  Chart chart("Two moons", "x", "y");
  run.figure("moons.svg", "The points and their labels", scatter(chart, data).svg());

  run.say(
      "The network: ReLU neurons, a linear last one, biases that start at 0. The loss: each score should "
      "have its "
      "label's sign, with a margin of 1; and parameters should stay small.");
  run.code(
      "Value score = model(point)[0];\nlosses += relu(1 + -label * score);\n...\nValue loss = losses * (1 / "
      "count) + "
      "1e-4 * squares;");
  std::vector<std::size_t> sizes{2};
  sizes.insert(sizes.end(), settings.hidden.begin(), settings.hidden.end());
  sizes.push_back(1);
  PythonRandom random(seed);
  MLP model(sizes, kLibrary, random);
  run.log().write("params", {{"task", "moons"}, {"count", model.parameters().size()}});
  if (as_lecture)
    run.compare("parameters", static_cast<double>(model.parameters().size()), 337, kExact);
  else
    run.result("parameters", std::to_string(model.parameters().size()));

  std::vector<int64_t> all(data.points.size());
  std::iota(all.begin(), all.end(), 0);
  std::vector<int64_t> batch = all;
  int64_t drawn = 0;
  const auto outcome = [&](int64_t k) {
    // as many permutations as steps, so that a resumed run goes on in the stream where the first one stopped
    for (; flags.batch > 0 && drawn <= k; ++drawn) batch = numpy.permutation(settings.points);
    batch.resize(flags.batch > 0 ? static_cast<std::size_t>(std::min(flags.batch, settings.points))
                                 : all.size());
    return margin_loss(model, data, batch);
  };
  // falls to a tenth over the first 100 steps and stays there
  const auto rate = [&](int64_t k) {
    const double fall = 1 - 0.9 * static_cast<double>(std::min<int64_t>(k, 100)) / 100;
    return flags.lr * fall * (flags.decay_at > 0 && k >= flags.decay_at ? 0.1 : 1);
  };
  const Course course{"moons",
                      fmt::format("moons, hidden {}, seed {}, points {}, noise {}",
                                  Json(settings.hidden).text(), seed, settings.points, settings.noise),
                      model,
                      outcome,
                      rate,
                      !settings.no_zero_grad};
  const History history = descend(run, flags, course);
  double after = 0;
  {
    const Scope step;
    after = margin_loss(model, data, all).loss.data();
  }
  show_steps(run, history, after, as_lecture && !history.losses.empty());
  draw_history(run, history);
  draw_boundary(run, model, data, as_lecture && history.losses.size() == 100);
}

}  // namespace lt::apps::micrograd
