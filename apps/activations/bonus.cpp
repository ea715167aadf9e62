#include <fmt/format.h>

#include <array>
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

FirstPass::FirstPass(const Run& run, const Flags& flags, const Splits& splits, const DeepKind& kind)
    : g(run.generator(run.flags().seed)), net(splits.vocabulary.size(), kind, g) {
  const auto [X, Y] = minibatch(splits.train, flags.training.batch, g);
  cross_entropy(net.logits(X), Y).backward();
}

void gains(Run& run, const Flags& flags, const Splits& splits) {
  run.heading("The gain, before any training");
  run.say(
      "Each tanh squashes. Without a gain activations shrink from layer to layer, with too much of it they "
      "saturate; 5/3 is about right. Without the tanhs only a gain of 1 keeps the spread. With batch "
      "normalisation the gain hardly matters, which is why deep nets became trainable. First and fifth "
      "hidden layer:");
  const std::pair<const char*, DeepKind> nets[] = {{"gain 5/3", {false, true, 5.0 / 3}},
                                                   {"gain 1", {false, true, 1}},
                                                   {"gain 0.5", {false, true, 0.5}},
                                                   {"gain 3", {false, true, 3}},
                                                   {"linear, gain 5/3", {false, false, 5.0 / 3}},
                                                   {"linear, gain 1", {false, false, 1}},
                                                   {"linear, gain 0.5", {false, false, 0.5}},
                                                   {"batchnorm, gain 1", {true, true, 1}},
                                                   {"batchnorm, gain 3", {true, true, 3}}};
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, kind] : nets) {
    const FirstPass first(run, flags, splits, kind);
    std::vector<std::string> stds, saturated, gradients;
    for (const size_t layer : {first.net.hidden.front(), first.net.hidden.back()}) {
      const Variable& t = first.net.layers[layer]->out;
      const double share = mean((abs(t.data()) > 0.97F).cast<float>()).item();
      stds.push_back(fmt::format("{:.2f}", t.data().stddev().item()));
      saturated.push_back(kind.tanh ? fmt::format("{:.1f}", 100 * share) : "-");
      gradients.push_back(fmt::format("{:.1e}", t.grad().stddev().item()));
    }
    rows.push_back({name, stds[0], stds[1], saturated[0], saturated[1], gradients[0], gradients[1]});
  }
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

void widget(Run& run, double x0) {
  run.heading("Normalising five numbers");
  run.say("Batch normalisation couples the examples of a batch: one that moves, moves all the others.");
  run.cell("five numbers");
  const Five five = five_numbers(run, x0);
  run.result("mean", five.mean);
  run.result("std", five.std);
  for (int64_t i = 0; i < 5; ++i) run.result(fmt::format("x[{}]", i), five.x.at({i}));
  for (int64_t i = 0; i < 5; ++i) run.result(fmt::format("normalised x[{}]", i), five.y.at({i}));
  Pairs frames;
  for (int back = 10; back >= 0; --back)
    frames.emplace_back(fmt::format("{:g}", x0 - back), picture_of(five_numbers(run, x0 - back)));
  run.frames("widget.svg", "Five numbers (blue, at height 1) and the same normalised (red, at height 0).",
             "x[0] =", frames);
  run.try_next(
      {{fmt::format("activations --widget {:g}", x0 + 5), "the first number elsewhere, and all five move"},
       {"activations", "batch normalisation in a network"}});
}

}  // namespace lt::apps::activations
