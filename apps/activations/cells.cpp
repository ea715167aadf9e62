#include <libtensor/apps/activations/cells.h>

#include <fmt/format.h>

#include <cmath>

#include <libtensor/apps/plot/chart.h>
#include <libtensor/autograd/ops.h>
#include <libtensor/nn/diagnostics.h>

// Each cell starts a fresh stream of the run's seed.

namespace lt::apps::activations {
namespace {

double std_of(const Tensor& x) { return stddev(x).item(); }

std::string density_of(const std::string& title, const Tensor& x) {
  const nn::Density curve = nn::density(x, 50);
  return plot::Chart(title, "value", "density").size(440, 320).line(curve.x, curve.density).svg();
}

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

void show_toy_loss(Run& run) {
  run.heading("The initial loss");
  run.say(
      "At the start every character should look equally likely, which costs ln 27. A net that is confidently "
      "wrong pays far more, and its first thousand steps only squash the logits. Four classes, the third one "
      "right:");
  run.code("Tensor loss = cross_entropy(tensor({0, 0, 5, 0}), scalar<int64_t>(2));");
  const std::tuple<const char*, Tensor, double> cases[] = {{"0 0 0 0", tensor({0, 0, 0, 0}), 1.386294},
                                                           {"0 0 5 0", tensor({0, 0, 5, 0}), 0.020012},
                                                           {"-3 5 0 2", tensor({-3, 5, 0, 2}), 5.055303}};
  for (const auto& [name, logits, lecture] : cases) {
    const double loss = cross_entropy(Variable(logits), scalar<int64_t>(2)).item();
    run.compare(fmt::format("loss of {}", name), loss, lecture, kDigits6);
  }
  run.compare("ln 27", std::log(27.0), 3.295837, kDigits6);
}

void show_kaiming(Run& run) {
  run.heading("Kaiming initialisation");
  run.say(
      "A sum of ten products spreads by the square root of ten. Weights divided by sqrt(fan in) keep the "
      "spread; a tanh squashes it, for which a gain of 5/3 makes up (He et al., 2015).");
  run.code(
      "Tensor x = randn({1000, 10}, g);\nTensor w = randn({10, 200}, g) / std::sqrt(10.0F);\n"
      "Tensor y = matmul(x, w);");
  Generator g = run.generator(run.flags().seed);
  const Tensor x = randn({1000, 10}, g);
  const Tensor w = randn({10, 200}, g);
  const Tensor y = matmul(x, w);
  run.compare("std of x", std_of(x), 1.005728, kSingle);
  run.compare("std of x @ w", std_of(y), 3.160831, kSingle);
  run.compare("with w / sqrt(10)", std_of(matmul(x, w / std::sqrt(10.0F))), 0.999543, kSingle);
  run.compare("with w * 0.2", std_of(matmul(x, w * 0.2F)), 0.632166, kSingle);
  run.compare("with w * 5", std_of(matmul(x, w * 5)), 15.804155, kSingle);
  run.figure("kaiming.svg", "x, and the wider x @ w.",
             plot::side_by_side({density_of("x", x), density_of("x @ w", y)}));
}

void show_large_products(Run& run) {
  run.heading("A large product, forward and backward");
  run.say("c = b @ a with 1,000 terms in each sum: c spreads by sqrt(1000), and so does the gradient of a.");
  const int64_t n = 1000;
  {
    Generator g = run.generator(run.flags().seed);
    const Variable a(randn({n, 1}, g), true);
    const Variable b(randn({n, n}, g), true);
    const Variable c = matmul(b, a);
    matmul(Variable(randn(n, g)), c).backward(ones(1));
    run.compare("std of a", std_of(a.data()), .987597, kSingle);
    run.compare("std of b", std_of(b.data()), 1.000672, kSingle);
    run.compare("std of c", std_of(c.data()), 31.012417, kSingle);
    run.compare("gradient of c", std_of(c.grad()), .978256, kSingle);
    run.compare("gradient of a", std_of(a.grad()), 30.881830, kSingle);
    run.compare("gradient of b", std_of(b.grad()), .966660, kSingle);
  }
  run.say(
      "Normalised, out = (x - mean) / sqrt(var + eps), the gradient that reaches the input is of size 1.");
  Generator g = run.generator(run.flags().seed);
  const Variable inp(randn(n, g), true);
  const Variable w(randn({n, n}, g), true);
  const Variable x = matmul(w, inp);
  const Variable out = (x - mean(x)) / sqrt(var(x) + 1e-5F);
  matmul(out, Variable(randn(n, g))).backward();
  run.compare("std of out", std_of(out.data()), 1, kSingle);
  run.compare("gradient of out", std_of(out.grad()), .978256, kSingle);
  run.compare("gradient of x", std_of(x.grad()), .031544, within(0.6e-6));  // five digits
  run.compare("gradient of w", std_of(w.grad()), .031169, within(0.6e-6));
  run.compare("gradient of inp", std_of(inp.grad()), .995305, kSingle);
}

void show_widget(Run& run, double x0) {
  run.heading("Normalising five numbers");
  run.say("Batch normalisation couples the examples of a batch: one that moves, moves all the others.");
  Generator g = run.generator(run.flags().seed + 1);
  Tensor x = randn(5, g) * 5;
  x.narrow(0, 0, 1).fill_(static_cast<float>(x0));
  const double mu = mean(x).item();
  const double sigma = std_of(x);
  const Tensor y = (x - static_cast<float>(mu)) / static_cast<float>(sigma);
  const bool is_lecture = x0 == 0 || x0 == 10;
  const auto show_one = [&](const char* name, double ours, double lecture) {
    is_lecture ? run.compare(name, ours, lecture, within(0.5e-4)) : run.result(name, show(ours));
  };
  show_one("mean", mu, x0 == 0 ? 1.5593 : 3.5593);
  show_one("std", sigma, x0 == 0 ? 2.3885 : 4.2318);
  std::vector<double> axis;
  for (int i = 0; i <= 120; ++i) axis.push_back(-6 + 0.1 * i);
  plot::Chart chart(fmt::format("Input mean {:.2f}, std {:.2f}", mu, sigma), "value", "density");
  chart.size(800, 400).x_range(-6, 6);
  chart.line(axis, bell(axis, mu, sigma), "N(mean, std)", "#1f77b4")
      .line(axis, bell(axis, 0, 1), "N(0, 1)", "#d62728");
  for (int64_t i = 0; i < 5; ++i) chart.faint_line({x.at({i}), y.at({i})}, {1, 0});
  chart.scatter(x.cast<double>().to_vector(), std::vector<double>(5, 1), "x", "#1f77b4");
  chart.scatter(y.cast<double>().to_vector(), std::vector<double>(5, 0), "normalised", "#d62728");
  run.figure("widget.svg", "Five numbers (blue, at height 1) and the same normalised (red, at height 0).",
             chart.svg());
}

}  // namespace lt::apps::activations
