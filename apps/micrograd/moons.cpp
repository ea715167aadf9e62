#include <algorithm>
#include <cmath>
#include <numeric>

#include <libtensor/apps/common/curves.h>
#include <libtensor/apps/micrograd/micrograd.h>
#include <libtensor/apps/plot/chart.h>

// The demo: a network learns to tell two half moons apart.

namespace lt::apps::micrograd {
namespace {

plot::Chart& scatter(plot::Chart& chart, const Moons& data) {
  std::array<std::vector<double>, 2> x, y;  // by label
  for (size_t i = 0; i < data.points.size(); ++i) {
    x[static_cast<size_t>(data.labels[i])].push_back(data.points[i][0]);
    y[static_cast<size_t>(data.labels[i])].push_back(data.points[i][1]);
  }
  return chart.equal().scatter(x[0], y[0], "-1").scatter(x[1], y[1], "+1");
}

// A grid over the points and 1 around them, in steps of 0.25; in wider steps where that would be more than
// 200 a side.
struct Grid {
  double x, y, step = 0.25;
  int64_t columns, rows;

  explicit Grid(const Moons& data) {
    const auto range = [&](size_t axis) {
      const auto by_axis = [axis](const auto& p, const auto& q) { return p[axis] < q[axis]; };
      const auto [low, high] = std::minmax_element(data.points.begin(), data.points.end(), by_axis);
      return std::pair{(*low)[axis] - 1, (*high)[axis] + 1};
    };
    const auto [left, right] = range(0);
    const auto [bottom, top] = range(1);
    x = left;
    y = bottom;
    step = std::max({step, (right - left) / 200, (top - bottom) / 200});
    columns = static_cast<int64_t>(std::ceil((right - left) / step));
    rows = static_cast<int64_t>(std::ceil((top - bottom) / step));
  }
};

// The network's score at each point of the grid, row by row.
std::vector<double> scores_on(const Grid& grid, MLP& model) {
  std::vector<double> scores;
  for (int64_t row = 0; row < grid.rows; ++row) {
    for (int64_t column = 0; column < grid.columns; ++column) {
      const Scope forget;
      const std::array at = {grid.x + static_cast<double>(column) * grid.step,
                             grid.y + static_cast<double>(row) * grid.step};
      scores.push_back(model(at)[0].data());
    }
  }
  return scores;
}

std::string boundary(const Moons& data, const Grid& grid, MLP& model) {
  plot::Chart chart("Decision boundary", "x", "y");
  chart.regions(grid.x, grid.y, grid.step, grid.columns, scores_on(grid, model));
  return scatter(chart, data).svg();
}

void show_boundary(Run& run, const Grid& grid, MLP& model, const Pairs& frames) {
  const std::vector<double> scores = scores_on(grid, model);
  run.say(
      "Where the network says +1: its score at each point of a grid. The line between is its decision "
      "boundary; it bends a little at every ReLU.");
  run.result("grid columns", grid.columns);
  run.result("grid rows", grid.rows);
  run.result("first x of the grid", grid.x);
  run.result("first y of the grid", grid.y);
  run.result("cells that are positive",
             std::count_if(scores.begin(), scores.end(), [](double s) { return s > 0; }));
  run.frames("moons_boundary.svg", "Where the network says -1 and +1, as it learns.", "step", frames);
}

}  // namespace

// cell: margin loss
Outcome margin_loss(MLP& model, const Moons& data, std::span<const int64_t> batch) {
  const double count = static_cast<double>(batch.size());
  Value losses = 0, squares = 0;
  int64_t right = 0;
  for (const int64_t i : batch) {
    const double label = 2 * data.labels[static_cast<size_t>(i)] - 1;
    const Value score = model(data.points[static_cast<size_t>(i)])[0];
    losses += relu(1 + -label * score);
    right += (score.data() > 0) == (label > 0);
  }
  for (const Value p : model.parameters()) squares += p * p;
  return {losses * (1 / count) + 1e-4 * squares, static_cast<double>(right) / count};
}
// end

void moons(Run& run, const Flags& flags) {
  const Scope scope;
  const auto seed = static_cast<uint32_t>(run.flags().seed);
  run.heading("Two moons");
  run.say(
      "Two half circles that reach into each other, with noise, on the stream of NumPy and scikit-learn. "
      "No straight line parts them.");
  // cell: moons
  NumpyRandom numpy(seed);
  const Moons data = make_moons(flags.points, flags.noise, numpy);
  PythonRandom random(seed);
  MLP model(2, flags.sizes(), kLibrary, random);  // ReLU neurons, a linear last one, biases from 0
  // end
  run.cell("moons");
  run.result("points", std::ssize(data.points));
  run.result("first point, [0]", data.points[0][0]);
  run.result("first point, [1]", data.points[0][1]);
  plot::Chart chart("Two moons", "x", "y");
  run.figure("moons.svg", "The points and their labels.", scatter(chart, data).svg());
  run.parameters(std::ssize(model.parameters()));
  run.say(
      "The loss: each score should have its label's sign, with a margin of 1; and parameters should stay "
      "small.");
  run.cell("margin loss");
  if (flags.no_zero_grad) run.say(kPilingUp);

  std::vector<int64_t> all(data.points.size());
  std::iota(all.begin(), all.end(), 0);
  std::vector<int64_t> batch = all;
  int64_t drawn = 0;
  const Grid grid(data);
  Pairs frames;
  const auto draw_frame = [&](int64_t step) {
    frames.emplace_back(std::to_string(step), boundary(data, grid, model));
  };
  run.cell("train on moons");
  TrainingState state = state_of(model, "moons");
  state.loss_now = [&] {
    const Scope forget;
    return margin_loss(model, data, all).loss.data();
  };
  Steps steps = run.steps(flags.training, std::move(state));
  // cell: train on moons
  for (Step& step : steps) {
    if (step.is_shown()) draw_frame(step.index());
    const Scope forget;  // at its end, what this step has made
    // minibatch; a run that is gone on with draws those of the steps before too
    for (; flags.training.batch > 0 && drawn <= step.index(); ++drawn) {
      batch = numpy.permutation(flags.points);
      batch.resize(static_cast<size_t>(std::min(flags.training.batch, flags.points)));
    }
    // forward pass
    const auto [loss, accuracy] = margin_loss(model, data, batch);
    step.loss(loss.data());
    step.also("accuracy", accuracy);
    // backward pass
    if (!flags.no_zero_grad) model.zero_grad();
    loss.backward();
    // update, at a rate that falls to a tenth in 100 steps
    const double rate =
        step.rate() * (1 - 0.9 * static_cast<double>(std::min<int64_t>(step.index(), 100)) / 100);
    step.set_rate(rate);
    for (const Value p : model.parameters()) p.data() -= rate * p.grad();
  }
  // end
  if (!steps.done()) return;
  {
    const Scope forget;
    const auto [loss, accuracy] = margin_loss(model, data, all);
    run.result("loss after", loss.data());
    run.result("accuracy after", accuracy);
  }
  draw_losses(run, steps.losses(), flags.training.decay_at, "moons_loss.svg");
  draw_frame(std::ssize(steps.losses()));
  show_boundary(run, grid, model, frames);
}

}  // namespace lt::apps::micrograd
