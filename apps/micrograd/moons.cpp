#include <libtensor/apps/common/moons.h>

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <libtensor/apps/common/python_random.h>
#include <libtensor/apps/micrograd/descent.h>
#include <libtensor/apps/micrograd/lecture.h>
#include <libtensor/apps/plot/chart.h>

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
constexpr LectureStep kLectureEnd{100, .010977891484, 100};

std::vector<double> coordinates(const Moons& data, int label, std::size_t axis) {
  std::vector<double> some;
  for (std::size_t i = 0; i < data.points.size(); ++i)
    if (data.labels[i] == label) some.push_back(data.points[i][axis]);
  return some;
}

plot::Chart& scatter(plot::Chart& chart, const Moons& data) {
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
  plot::Chart chart("Decision boundary", "x", "y");
  chart.regions(x.first, y.first, step, x.count, scores);
  run.figure("moons_boundary.svg", "Where the network says -1 and +1", scatter(chart, data).svg());
}

// The steps that the lecture names, and the end of the run on all points.
void show_steps(Run& run, const History& history, double end_loss, double end_accuracy, bool as_lecture) {
  const bool whole = as_lecture && history.losses.size() == 100;
  std::vector<std::vector<std::string>> rows;
  const auto add = [&](const std::string& step, double loss, double accuracy, const LectureStep* lecture) {
    rows.push_back({step, fmt::format("{:.12f}", loss), lecture ? fmt::format("{:.12f}", lecture->loss) : "",
                    fmt::format("{:g} %", 100 * accuracy)});
    if (!lecture) return;
    run.check(fmt::format("moons: loss at step {}", step), loss, lecture->loss, kDouble);
    run.check(fmt::format("moons: accuracy at step {}", step), 100 * accuracy, lecture->percent,
              within(1e-9));
  };
  for (const LectureStep& row : kLectureMoons) {
    if (row.step >= history.losses.size()) break;
    add(std::to_string(row.step), history.losses[row.step], history.accuracies[row.step],
        as_lecture ? &row : nullptr);
  }
  add("after", end_loss, end_accuracy, whole ? &kLectureEnd : nullptr);
  if (whole) run.check("moons: first loss, all digits", history.losses[0], kFirstLoss, kRecorded);
  run.table({"step", "loss", "lecture", "accuracy"}, rows);
}

void draw_history(Run& run, const History& history) {
  std::vector<double> steps(history.losses.size()), percent(history.losses.size());
  std::iota(steps.begin(), steps.end(), 0);
  std::transform(history.accuracies.begin(), history.accuracies.end(), percent.begin(),
                 [](double a) { return 100 * a; });
  run.figure("moons_loss.svg", "Loss of the two moons",
             plot::Chart("Loss", "step", "loss").log_y().line(steps, history.losses).svg());
  run.figure("moons_accuracy.svg", "Share of the points on their side",
             plot::Chart("Accuracy", "step", "%").line(steps, percent).svg());
}

bool is_lecture(const Settings& s, uint64_t seed) {
  return seed == 1337 && s.points == 100 && s.noise == 0.1 && s.hidden == std::vector<int64_t>{16, 16} &&
         s.training.lr == 1 && s.training.decay_at == 0 && s.training.batch == 0 && !s.no_zero_grad;
}

// Falls to a tenth over the first 100 steps and stays there.
double rate(const TrainingFlags& flags, int64_t k) {
  const double fall = 1 - 0.9 * static_cast<double>(std::min<int64_t>(k, 100)) / 100;
  return flags.lr * fall * (flags.decay_at > 0 && k >= flags.decay_at ? 0.1 : 1);
}

Moons draw_data(Run& run, const Settings& settings, NumpyRandom& numpy) {
  run.say(
      "Two half circles that reach into each other, with noise, on the stream of NumPy and scikit-learn.");
  run.code(fmt::format("NumpyRandom numpy({});\nMoons data = make_moons({}, {}, numpy);", run.flags().seed,
                       settings.points, settings.noise));
  Moons data = make_moons(settings.points, settings.noise, numpy);
  plot::Chart chart("Two moons", "x", "y");
  run.figure("moons.svg", "The points and their labels", scatter(chart, data).svg());
  return data;
}

MLP make_model(Run& run, const Settings& settings) {
  run.say(
      "The network: ReLU neurons, a linear last one, biases that start at 0. The loss: each score should "
      "have its label's sign, with a margin of 1; and parameters should stay small.");
  run.code(
      "Value score = model(point)[0];\nlosses += relu(1 + -label * score);\n...\n"
      "Value loss = losses * (1 / count) + 1e-4 * squares;");
  if (settings.no_zero_grad)
    run.say(
        "Each step adds its gradients to those of all steps before (`--no-zero-grad`): the lecture's bug.");
  std::vector<std::size_t> sizes{2};
  sizes.insert(sizes.end(), settings.hidden.begin(), settings.hidden.end());
  sizes.push_back(1);
  PythonRandom random(run.flags().seed);
  return MLP(sizes, kLibrary, random);
}

}  // namespace

void moons(Run& run, const Settings& settings) {
  const Scope scope;
  const TrainingFlags& flags = settings.training;
  const uint64_t seed = run.flags().seed;
  const bool as_lecture = is_lecture(settings, seed);
  run.heading("Two moons");
  NumpyRandom numpy(static_cast<uint32_t>(seed));
  const Moons data = draw_data(run, settings, numpy);
  MLP model = make_model(run, settings);
  show_count(run, "moons", model, as_lecture ? 337 : 0);

  std::vector<int64_t> all(data.points.size());
  std::iota(all.begin(), all.end(), 0);
  std::vector<int64_t> batch = all;
  int64_t drawn = 0;
  const auto outcome = [&](int64_t k) {
    if (flags.batch == 0) return margin_loss(model, data, all);
    // as many permutations as steps: a resumed run goes on in the stream where the first one stopped
    for (; drawn <= k; ++drawn) batch = numpy.permutation(settings.points);
    batch.resize(static_cast<std::size_t>(std::min(flags.batch, settings.points)));
    return margin_loss(model, data, batch);
  };
  const std::string setup = fmt::format("moons, hidden {}, seed {}, points {}, noise {}",
                                        Json(settings.hidden).text(), seed, settings.points, settings.noise);
  const Course course{
      "moons", setup, model, outcome, [&](int64_t k) { return rate(flags, k); }, !settings.no_zero_grad};
  const History history = descend(run, flags, course);
  {
    const Scope end;
    const Outcome reached = margin_loss(model, data, all);
    show_steps(run, history, reached.loss.data(), reached.accuracy, as_lecture);
  }
  draw_history(run, history);
  draw_boundary(run, model, data, as_lecture && history.losses.size() == 100);
}

}  // namespace lt::apps::micrograd
