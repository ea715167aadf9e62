#include <fmt/core.h>

#include <array>
#include <cmath>

#include <libtensor/apps/micrograd/lecture.h>

// The lecture's exercises: a derivative by hand, by differences and by the engine; a softmax and its loss.

namespace lt::apps::micrograd {
namespace {

// An operation that the engine lacks takes three lines.
Value sin(Value x) {
  static constexpr Op op{"sin", 1,
                         [](const Node& out, Node& in, Node&) { in.grad += std::cos(in.data) * out.grad; }};
  return record(op, std::sin(x.data()), x);
}

double sin(double x) { return std::sin(x); }

template <typename T>
T f(T a, T b, T c) {
  using std::pow;
  return -pow(a, 3) + sin(3 * b) - 1.0 / c + pow(b, 2.5) - pow(a, 0.5);
}

constexpr std::array<double, 3> kPoint = {2, 3, 4};
constexpr double kGradient[] = {-12.353553390593273, 10.25699027111255, 0.0625};

double f_moved(std::size_t axis, double by) {
  std::array<double, 3> at = kPoint;
  at[axis] += by;
  return f(at[0], at[1], at[2]);
}

void derivatives(Run& run) {
  const Scope scope;
  run.heading("Exercise: the derivative of a function");
  run.code("f(a, b, c) = -a**3 + sin(3*b) - 1.0/c + b**2.5 - a**0.5");
  const Value a(2, "a"), b(3, "b"), c(4, "c");
  const Value y = f(a, b, c).label("f");
  y.backward();
  run.compare("f(2, 3, 4)", y.data(), 6.336362190988558, kRecorded);
  const Value inputs[] = {a, b, c};
  for (std::size_t i = 0; i < 3; ++i)
    run.compare(fmt::format("df/d{}", inputs[i].label()), inputs[i].grad(), kGradient[i], kRecorded);

  run.say(
      "The same by differences, with h = 1e-6: to one side the error is of the order of h, to both sides of "
      "its square.");
  std::vector<std::vector<std::string>> rows;
  const double h = 1e-6;
  double one_sided = 0, symmetric = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const double one = (f_moved(i, h) - f_moved(i, 0)) / h - kGradient[i];
    const double both = (f_moved(i, h) - f_moved(i, -h)) / (2 * h) - kGradient[i];
    rows.push_back({inputs[i].label(), fmt::format("{:.1e}", one), fmt::format("{:.1e}", both)});
    one_sided = std::max(one_sided, std::abs(one));
    symmetric = std::max(symmetric, std::abs(both));
  }
  run.table({"", "one side", "both sides"}, rows);
  run.check("exercise: largest error to one side, of 6e-6", one_sided, 6e-6, within(0.5e-6));
  run.check("exercise: largest error to both sides, of 3e-9", symmetric, 3e-9,
            within(3e-9));  // rounding, at its worst
  draw(run, "exercise", "-a**3 + sin(3b) - 1/c + b**2.5 - a**0.5", y);
}

void softmax(Run& run) {
  const Scope scope;
  run.heading("Exercise: softmax and the negative logarithm");
  run.code("counts = exp(logits); probabilities = counts / sum(counts); loss = -log(probabilities[3])");
  const std::array<Value, 4> logits = {Value(0, "logits[0]"), Value(3, "logits[1]"), Value(-2, "logits[2]"),
                                       Value(1, "logits[3]")};
  Value sum = 0;
  for (const Value logit : logits) sum += exp(logit);
  const Value loss = (-log(exp(logits[3]) / sum)).label("loss");
  loss.backward();
  run.compare("loss", loss.data(), 2.1755153626167147, kRecorded);
  constexpr double kSlopes[] = {0.041772570515, 0.839024507463, 0.005653302662, -0.886450380640};
  for (std::size_t i = 0; i < logits.size(); ++i)  // known to twelve decimals
    run.compare(fmt::format("dloss/dlogits[{}]", i), logits[i].grad(), kSlopes[i], within(1e-12));
  run.say("The gradient is softmax minus one at the label: lecture 5 comes back to it.");
  draw(run, "softmax", "The loss of a softmax", loss);
}

}  // namespace

void exercise(Run& run) {
  derivatives(run);
  softmax(run);
}

}  // namespace lt::apps::micrograd
