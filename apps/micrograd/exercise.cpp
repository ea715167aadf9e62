#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

#include <libtensor/apps/micrograd/graph.h>
#include <libtensor/apps/micrograd/micrograd.h>

// Beside the lecture's path: its exercises, and the expressions of the repository's README and test.

namespace lt::apps::micrograd {
namespace {

double sin(double x) { return std::sin(x); }

// cell: sin
// An operation that the engine lacks: its value, and how its gradient goes back.
Value sin(Value x) {
  static constexpr Op op{"sin", 1,
                         [](const Node& out, Node& in, Node&) { in.grad += std::cos(in.data) * out.grad; }};
  return record(op, std::sin(x.data()), x);
}
// end

// cell: exercise
template <typename T>  // double or Value
T f(T a, T b, T c) {
  using std::pow;
  return -pow(a, 3) + sin(3 * b) - 1.0 / c + pow(b, 2.5) - pow(a, 0.5);
}
// end

double f_moved(size_t axis, double by) {
  std::array<double, 3> at = {2, 3, 4};
  at[axis] += by;
  return f(at[0], at[1], at[2]);
}

void derivatives(Run& run) {
  const Scope scope;
  run.heading("Exercise: the derivative of a function");
  run.say("f(a, b, c) = -a**3 + sin(3*b) - 1/c + b**2.5 - a**0.5. The engine has no sine, so it gets one.");
  run.cell("sin");
  run.cell("exercise");
  const std::array<Value, 3> inputs = {Value(2, "a"), Value(3, "b"), Value(4, "c")};
  const Value y = f(inputs[0], inputs[1], inputs[2]).label("f");
  y.backward();
  run.result("f(2, 3, 4)", y.data());
  for (const Value v : inputs) run.result("df/d" + v.label(), v.grad());
  // cell: differences
  const double h = 1e-6;
  const auto one_side = [&](size_t i) { return (f_moved(i, h) - f_moved(i, 0)) / h; };
  const auto both_sides = [&](size_t i) { return (f_moved(i, h) - f_moved(i, -h)) / (2 * h); };
  // end
  run.say(
      "By differences with h = 1e-6: on one side the error is of the order of h, on both sides of its "
      "square.");
  run.cell("differences");
  double one = 0, both = 0;
  for (size_t i = 0; i < 3; ++i) {
    run.result("one side, " + inputs[i].label(), one_side(i));
    run.result("both sides, " + inputs[i].label(), both_sides(i));
    one = std::max(one, std::abs(one_side(i) - inputs[i].grad()));
    both = std::max(both, std::abs(both_sides(i) - inputs[i].grad()));
  }
  run.result("largest error to one side", one);
  run.result("largest error to both sides", both);
  draw(run, "exercise", "-a**3 + sin(3b) - 1/c + b**2.5 - a**0.5", y);
}

void softmax(Run& run) {
  const Scope scope;
  run.heading("Exercise: softmax and the negative logarithm");
  run.say(
      "The logits 0, 3, -2, 1 as probabilities, exp(logit) / sum of exp(logits); the loss is -log of the "
      "last one, the label's.");
  const std::array<Value, 4> logits = {Value(0, "logits[0]"), Value(3, "logits[1]"), Value(-2, "logits[2]"),
                                       Value(1, "logits[3]")};
  // cell: softmax
  Value sum = 0;
  for (const Value logit : logits) sum += exp(logit);
  std::vector<Value> probabilities;
  for (const Value logit : logits) probabilities.push_back(exp(logit) / sum);
  const Value loss = (-log(probabilities[3])).label("loss");
  loss.backward();
  // end
  run.cell("softmax");
  run.result("loss", loss.data());
  for (size_t i = 0; i < logits.size(); ++i) {
    run.result(fmt::format("probability {}", i), probabilities[i].data());
    run.result("dloss/d" + logits[i].label(), logits[i].grad());
  }
  run.say("The gradient is softmax minus one at the label: lecture 5 comes back to it.");
  draw(run, "softmax", "The loss of a softmax.", loss);
}

}  // namespace

void larger_expressions(Run& run) {
  const Scope scope;
  run.heading("Larger expressions");
  run.say("z = 2*x + 2 + x, q = relu(z) + z*x, h = relu(z*z), y = h + q + q*x.");
  run.say(
      "From c = a + b and d = a*b + b**3, c grows by c + 1, then by 1 + c - a; d by 2*d + relu(b + a), then "
      "by "
      "3*d + relu(b - a); f = (c - d)**2, g = f/2 + 10/f.");
  // cell: larger
  const Value x(-4, "x");
  const Value z = (2 * x + 2 + x).label("z");
  const Value q = (relu(z) + z * x).label("q");
  const Value h = relu(z * z).label("h");
  const Value y = (h + q + q * x).label("y");
  y.backward();

  const Value a(-4, "a"), b(2, "b");
  Value c = a + b, d = a * b + pow(b, 3);
  c += c + 1;
  c += 1 + c - a;
  d += 2 * d + relu(b + a);
  d += 3 * d + relu(b - a);
  const Value e = c - d, f = pow(e, 2), g = f / 2 + 10 / f;
  g.backward();
  // end
  run.cell("larger");
  run.result("y at x = -4", y.data());
  run.result("dy/dx", x.grad());
  run.result("g at a = -4, b = 2", g.data());
  run.result("dg/da", a.grad());
  run.result("dg/db", b.grad());
  draw(run, "sanity", "The graph of y.", y);
  draw(run, "larger", "The graph of g.", g.label("g"));
}

void exercise(Run& run) {
  derivatives(run);
  softmax(run);
}

}  // namespace lt::apps::micrograd
