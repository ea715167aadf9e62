#include <fmt/format.h>

#include <cmath>

#include <libtensor/apps/activations/deep.h>
#include <libtensor/apps/plot/chart.h>

// The gains, and the cells at the notebook's end. Each cell starts a fresh stream of the run's seed.

namespace lt::apps::activations {
namespace {

// The bell curve N(mean, std) at x.
std::vector<double> bell(const std::vector<double>& x, double mean, double std) {
  std::vector<double> y;
  for (const double at : x) {
    const double z = (at - mean) / std;
    y.push_back(std::exp(-z * z / 2) / (std * std::sqrt(2 * std::acos(-1.0))));
  }
  return y;
}

}  // namespace

DeepNet first_pass(const Run& run, const Flags& flags, const Splits& splits) {
  Generator g = run.generator(run.flags().seed);
  DeepNet net(splits.vocabulary.size(), flags, g);
  const auto [X, Y] = minibatch(splits.train, flags.training.batch, g);
  cross_entropy(net.logits(X), Y).backward();
  return net;
}

void gains(Run& run, const Flags& flags, const Splits& splits) {
  run.heading("The gain, before any training");
  run.say(
      "Each tanh squashes. Without a gain activations shrink from layer to layer, with too much of it they "
      "saturate; 5/3 is about right. Without the tanhs only a gain of 1 keeps the spread. With batch "
      "normalisation the gain hardly matters, which is why deep nets became trainable. First and fifth "
      "hidden layer:");
  std::vector<std::vector<std::string>> rows;
  const auto row = [&](const std::string& name, double gain, bool no_batchnorm, bool linear) {
    Flags kind = flags;
    kind.gain = gain;
    kind.no_batchnorm = no_batchnorm;
    kind.linear = linear;
    const DeepNet net = first_pass(run, kind, splits);
    std::vector<std::string> stds, saturated, gradients;
    for (const size_t layer : {net.hidden.front(), net.hidden.back()}) {
      const Variable& t = net.layers[layer]->out;
      const double share = mean((abs(t.data()) > 0.97F).cast<float>()).item();
      stds.push_back(fmt::format("{:.2f}", t.data().stddev().item()));
      saturated.push_back(linear ? "-" : fmt::format("{:.1f}", 100 * share));
      gradients.push_back(fmt::format("{:.1e}", t.grad().stddev().item()));
    }
    rows.push_back({name, stds[0], stds[1], saturated[0], saturated[1], gradients[0], gradients[1]});
  };
  for (const bool linear : {false, true}) {
    for (const auto& [name, gain] : {std::pair{"5/3", 5.0 / 3}, {"1", 1}, {"0.5", 0.5}, {"3", 3}})
      row(fmt::format("{}gain {}", linear ? "linear, " : "", name), gain, true, linear);
  }
  for (const double gain : {1.0, 3.0}) row(fmt::format("batchnorm, gain {}", gain), gain, false, false);
  run.table({"", "std 1", "std 5", "sat. % 1", "5", "gradient 1", "5"}, rows);
}

void large_products(Run& run) {
  run.heading("A large product, forward and backward");
  run.say("c = b @ a with 1,000 terms in each sum: c spreads by sqrt(1000), and so does the gradient of a.");
  run.cell("large product");
  {
    // cell: large product
    Generator g = run.generator(run.flags().seed);
    const Variable a(randn({1000, 1}, g), true);
    const Variable b(randn({1000, 1000}, g), true);
    const Variable c = matmul(b, a);
    matmul(Variable(randn(1000, g)), c).backward(ones(1));
    // end
    for (const auto& [name, x] : {std::pair{"a", a}, {"b", b}, {"c", c}})
      run.result(fmt::format("std of {}", name), x.data().stddev());
    for (const auto& [name, x] : {std::pair{"c", c}, {"a", a}, {"b", b}})
      run.result(fmt::format("gradient of {}", name), x.grad().stddev());
  }
  run.say("Normalised in between, the gradient that reaches the input is of size 1:");
  run.cell("normalised product");
  // cell: normalised product
  Generator g = run.generator(run.flags().seed);
  const Variable inp(randn(1000, g), true);
  const Variable w(randn({1000, 1000}, g), true);
  const Variable x = matmul(w, inp);
  const Variable out = (x - mean(x)) / sqrt(var(x) + 1e-5F);
  matmul(out, Variable(randn(1000, g))).backward();
  // end
  run.result("std of out", out.data().stddev());
  for (const auto& [name, v] : {std::pair{"out", out}, {"x", x}, {"w", w}, {"inp", inp}})
    run.result(fmt::format("gradient of {}", name), v.grad().stddev());
}

namespace {

struct Five {
  Tensor x, y;
  double mean, std;
};

Five five_numbers(const Run& run, double x0) {
  // cell: five numbers
  Generator g = run.generator(run.flags().seed + 1);
  Tensor x = randn(5, g) * 5;
  x[0] = static_cast<float>(x0);
  const Tensor y = (x - x.mean()) / x.stddev();
  // end
  return {x, y, x.mean().item(), x.stddev().item()};
}

std::string picture_of(const Five& five) {
  std::vector<double> axis;
  for (int i = 0; i <= 120; ++i) axis.push_back(-6 + 0.1 * i);
  plot::Chart chart(fmt::format("Input mean {:.2f}, std {:.2f}", five.mean, five.std), "value", "density");
  chart.size(800, 400).x_range(-6, 6).y_range(-0.06, 1.08);
  chart.line(axis, bell(axis, five.mean, five.std), "N(mean, std)", "#1f77b4")
      .line(axis, bell(axis, 0, 1), "N(0, 1)", "#d62728");
  for (int64_t i = 0; i < 5; ++i) chart.faint_line({five.x.at({i}), five.y.at({i})}, {1, 0});
  chart.scatter(five.x.cast<double>().to_vector(), std::vector<double>(5, 1), "x", "#1f77b4");
  chart.scatter(five.y.cast<double>().to_vector(), std::vector<double>(5, 0), "normalised", "#d62728");
  return chart.svg();
}

}  // namespace

void draw_widget(Run& run) {
  Pairs frames;
  for (int x0 = -10; x0 <= 10; x0 += 2)
    frames.emplace_back(std::to_string(x0), picture_of(five_numbers(run, x0)));
  run.frames("widget.svg",
             "Five numbers (blue, above) and the same normalised (red, below): one that moves, moves all.",
             "x[0]", frames);
}

void widget(Run& run, double x0) {
  run.heading("Normalising five numbers");
  run.say("Batch normalisation couples the examples of a batch: one that moves, moves all the others.");
  run.cell("five numbers");
  const Five five = five_numbers(run, x0);
  run.result("mean", five.mean);
  run.result("std", five.std);
  for (int64_t i = 0; i < 5; ++i) run.result(fmt::format("x[{}]", i), five.x.at({i}));
  for (int64_t i = 0; i < 5; ++i) run.result(fmt::format("normalised x[{}]", i), five.y.at({i}));
  run.figure("widget_at.svg", fmt::format("With x[0] = {:g}.", x0), picture_of(five));
  draw_widget(run);
  run.try_next(
      {{fmt::format("activations --widget {:g}", x0 + 5), "the first number elsewhere, and all five move"},
       {"activations", "batch normalisation in a network"}});
}

}  // namespace lt::apps::activations
