// Lecture 1, "Building micrograd": derivatives, an engine that finds them, and networks trained by it.
//
//   micrograd                                   all of the lecture
//   micrograd --task four --steps 100           one part of it: expression, four, moons, exercise
//   micrograd --expr "tanh(2*a+b)" a=2 b=-3     the graph and the gradients of an expression of yours

#include <fmt/format.h>

#include <cmath>

#include <libtensor/apps/common/stop.h>
#include <libtensor/apps/micrograd/graph.h>
#include <libtensor/apps/micrograd/micrograd.h>
#include <libtensor/apps/plot/chart.h>

using namespace lt;
using namespace lt::apps;
using namespace lt::apps::micrograd;

namespace {

void draw_curve(Run& run, const char* title, double step, double (*y)(double)) {
  std::vector<double> xs, ys;
  for (double x = -5; x < 5 - step / 2; x = -5 + step * static_cast<double>(xs.size())) {
    xs.push_back(x);
    ys.push_back(y(x));
  }
  run.figure(fmt::format("{}.svg", title), fmt::format("The {}, between -5 and 5.", title),
             plot::Chart(title, "x").grid().line(xs, ys).svg());
}

// cell: f
double f(double x) { return 3 * x * x - 4 * x + 5; }
// end

void derivatives(Run& run) {
  run.heading("What a derivative is");
  run.say(
      "f(x) = 3*x*x - 4*x + 5. Move the input by a little h: how much does the output move, for each unit "
      "of h?");
  // cell: slope
  const auto slope = [](double x, double h) { return (f(x + h) - f(x)) / h; };
  // end
  run.cell("f");
  run.cell("slope");
  draw_curve(run, "parabola", 0.25, f);
  run.result("f(3)", f(3));
  run.result("slope at 3, h = 0.001", slope(3, 0.001));
  run.result("slope at -3, h = 0.001", slope(-3, 0.001));
  run.result("slope at 2/3, h = 0.000001", slope(2.0 / 3, 1e-6));
  run.say("Uphill at 3, downhill at -3, level at 2/3, where the parabola is lowest.");
  run.say("With several inputs there is a slope for each: d = a*b + c, each input moved alone.");
  // cell: d
  const double a = 2, b = -3, c = 10, h = 0.0001;
  const double d = a * b + c;
  const double by_a = ((a + h) * b + c - d) / h;
  const double by_b = (a * (b + h) + c - d) / h;
  const double by_c = (a * b + (c + h) - d) / h;
  // end
  run.cell("d");
  run.result("slope of d, bumping a", by_a);
  run.result("slope of d, bumping b", by_b);
  run.result("slope of d, bumping c", by_c);
}

double l_of(double a, double b, double c, double f) { return (a * b + c) * f; }

void expression(Run& run) {
  const Scope scope;
  run.heading("Values that remember how they were made");
  run.say(
      "L = (a*b + c)*f, one operation at a time. Each Value keeps its number, its gradient (0 so far), and "
      "the values and the operation that it was made from: the graph of the expression.");
  // cell: L
  const Value a(2, "a"), b(-3, "b"), c(10, "c"), f(-2, "f");
  const Value e = (a * b).label("e");
  const Value d = (e + c).label("d");
  const Value L = (d * f).label("L");
  // end
  run.cell("Value");
  run.cell("L");
  print_tree(run, L);
  draw(run, "expression_before", "L = (a*b + c)*f before backward: no gradient is known.", L);

  run.heading("Backward by hand, node by node");
  run.say(
      "The gradient of a value is the slope of L in it. From L back to the inputs, each is the slope of "
      "one operation times the gradient of what it made: the chain rule.");
  // cell: by hand
  L.grad() = 1;                    // L moves with itself
  d.grad() = f.data() * L.grad();  // L = d * f
  f.grad() = d.data() * L.grad();
  e.grad() = 1 * d.grad();  // d = e + c: a sum passes its gradient on
  c.grad() = 1 * d.grad();
  a.grad() = b.data() * e.grad();  // e = a * b
  b.grad() = a.data() * e.grad();
  // end
  run.cell("by hand");
  run.result("L", L.data());
  run.result("dL/dL", L.grad());
  run.result("dL/dd = f * dL/dL", d.grad());
  run.result("dL/df = d * dL/dL", f.grad());
  run.result("dL/de = 1 * dL/dd", e.grad());
  run.result("dL/dc = 1 * dL/dd", c.grad());
  run.result("dL/da = b * dL/de", a.grad());
  run.result("dL/db = a * dL/de", b.grad());
  draw(run, "expression", "The same with the gradients that were found by hand.", L);
  run.say("The check: move each input by h = 0.000001, and see how much L moves.");
  const double h = 1e-6, l = l_of(2, -3, 10, -2);
  run.result("slope of L, bumping a", (l_of(2 + h, -3, 10, -2) - l) / h);
  run.result("slope of L, bumping b", (l_of(2, -3 + h, 10, -2) - l) / h);
  run.result("slope of L, bumping c", (l_of(2, -3, 10 + h, -2) - l) / h);
  run.result("slope of L, bumping f", (l_of(2, -3, 10, -2 + h) - l) / h);
  run.say("What gradients are for: a step of 0.01 along them, and L grows.");
  // cell: step uphill
  for (const Value v : {a, b, c, f}) v.data() += 0.01 * v.grad();
  const Value after = (a * b + c) * f;
  // end
  run.cell("step uphill");
  run.result("L after a step uphill", after.data());
}

void neuron_by_hand(Run& run) {
  const Scope scope;
  run.heading("A neuron");
  run.say(
      "Inputs times weights, a bias, and a tanh that squashes the sum to between -1 and 1: o = tanh(n), n = "
      "x1*w1 + x2*w2 + b.");
  draw_curve(run, "tanh", 0.2, std::tanh);
  run.cell("neuron");
  const auto [x1, x2, w1, w2, b, x1w1, x2w2, x1w1x2w2, n, o] = LectureNeuron();
  draw(run, "neuron_before", "The neuron before backward.", o);
  // cell: neuron by hand
  o.grad() = 1;
  n.grad() = 1 - o.data() * o.data();                                        // the slope of tanh
  x1w1.grad() = x2w2.grad() = x1w1x2w2.grad() = b.grad() = n.grad();         // sums pass it on
  x1.grad() = w1.data() * x1w1.grad(), w1.grad() = x1.data() * x1w1.grad();  // in a product the slope
  x2.grad() = w2.data() * x2w2.grad(), w2.grad() = x2.data() * x2w2.grad();  // is the other factor
  // end
  run.cell("neuron by hand");
  run.result("o", o.data());
  run.result("do/dn = 1 - o*o", n.grad());
  show_slopes(run, {x1, w1, x2, w2, b});
  print_tree(run, o);
  draw(run, "neuron", "The neuron with its gradients.", o);
  run.say("w2 has no gradient: its input x2 is 0, so moving w2 moves nothing.");
}

void lecture(Run& run, const Flags& flags) {
  refuse_what_does_not_fit(run, flags);
  if (!flags.expr.empty()) return show_expression(run, flags);
  run.start();
  const bool all = flags.task == "all";
  const auto begins = [&](const std::string& task) {
    if (all) run.part("--task " + task);
    return (all || task == flags.task) && !stop_requested();
  };
  if (begins("expression")) {
    derivatives(run);
    expression(run);
    neuron_by_hand(run);
    backward_by_itself(run);
    second_half(run);
    larger_expressions(run);
  }
  if (begins("four")) four(run, flags_of(run, flags, "four"));
  if (begins("moons")) moons(run, flags_of(run, flags, "moons"));
  if (begins("exercise")) exercise(run);
  run.part("");
  run.try_next(
      {{"micrograd --expr \"tanh(2*a+b)\" a=2 b=-3", "any expression of yours: its graph, its gradients"},
       {"micrograd --task four --steps 100", "a hundred steps, and what the network says then"},
       {"micrograd --task four --no-zero-grad", "the lecture's bug: old gradients pile up"},
       {"micrograd --task moons --noise 0.3 --hidden 4", "a harder problem for a smaller network"},
       {"bigram", "lecture 2: a language model of names, by counting"}});
}

}  // namespace

int main(int argc, char** argv) {
  return run_app<Flags>(argc, argv,
                        {"micrograd", "Lecture 1: an engine for gradients, and networks trained by it",
                         "micrograd --task moons --hidden 16,16 --noise 0.2", kAppTexts},
                        declare, lecture);
}
