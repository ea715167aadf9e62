#include <fmt/core.h>

#include <array>
#include <cmath>

#include <libtensor/apps/micrograd/lecture.h>
#include <libtensor/apps/plot/chart.h>

// The lecture's first hour: what a derivative is, then expressions whose gradients are first found by bumping
// and then by backward(), and a neuron.

namespace lt::apps::micrograd {
namespace {

double f(double x) { return 3 * x * x - 4 * x + 5; }

// from, from + step, ..., below `to`.
std::vector<double> range(double from, double to, double step) {
  std::vector<double> x;
  for (int i = 0; from + i * step < to - step / 1000; ++i) x.push_back(from + i * step);
  return x;
}

plot::Chart curve(const char* title, double step, double (*y)(double)) {
  const std::vector<double> x = range(-5, 5, step);
  std::vector<double> values;
  for (const double at : x) values.push_back(y(at));
  plot::Chart chart(title, "x");
  chart.line(x, values);
  return chart;
}

void grad(Run& run, const char* name, Value v, double lecture) {
  run.compare(name, v.grad(), lecture, kRecorded);
}

void slopes(Run& run) {
  run.heading("What a derivative is");
  run.say("Move the input a little: how much does the output move, for each unit of input?");
  run.code("f(x) = 3*x**2 - 4*x + 5\nslope = (f(x + h) - f(x)) / h");
  const auto slope = [](double x, double h) { return (f(x + h) - f(x)) / h; };
  run.compare("f(3)", f(3), 20, kExact);
  run.compare("slope at 3, h = 0.001", slope(3, 0.001), 14.003, kDouble);
  run.compare("slope at -3, h = 0.001", slope(-3, 0.001), -21.997, kDouble);
  run.compare("slope at 2/3, h = 0.000001", slope(2.0 / 3, 1e-6), 3e-6,
              within(2e-9));  // rounding of f, 1e-15, over h
  run.figure("parabola.svg", "`3*x**2 - 4*x + 5`", curve("A parabola", 0.25, f).svg());

  run.say("With several inputs, one slope for each: here `d = a*b + c` at (2, -3, 10).");
  const auto d = [](double a, double b, double c) { return a * b + c; };
  const double h = 0.0001;
  run.compare("bumping a", (d(2 + h, -3, 10) - d(2, -3, 10)) / h, -3, kDouble);
  run.compare("bumping b", (d(2, -3 + h, 10) - d(2, -3, 10)) / h, 2, kDouble);
  run.compare("bumping c", (d(2, -3, 10 + h) - d(2, -3, 10)) / h, 1, kDouble);
}

double L(double a, double b, double c, double f) {  // NOLINT: the lecture's name
  return (a * b + c) * f;
}

void first_expression(Run& run) {
  const Scope scope;
  run.heading("An expression that knows its gradients");
  run.code(
      "Value a(2.0, \"a\"), b(-3.0, \"b\"), c(10.0, \"c\"), f(-2.0, \"f\");\n"
      "Value e = a * b, d = e + c, L = d * f;\nL.backward();");
  const Value a(2, "a"), b(-3, "b"), c(10, "c"), f(-2, "f");
  const Value e = (a * b).label("e"), d = (e + c).label("d"), loss = (d * f).label("L");
  draw(run, "expression_before", "L before backward", loss);
  loss.backward();
  run.compare("L", loss.data(), -8, kRecorded);
  grad(run, "dL/da", a, 6);
  grad(run, "dL/db", b, -4);
  grad(run, "dL/dc", c, -2);
  grad(run, "dL/df", f, 4);
  grad(run, "dL/de", e, -2);
  grad(run, "dL/dd", d, -2);
  draw(run, "expression", "L after backward", loss);

  run.say("The same by bumping each input by h = 0.000001.");
  const double h = 1e-6, at = L(2, -3, 10, -2);
  const Tolerance kBumped = within(1e-8);  // rounding of L, 1e-15, over h
  run.compare("bumping a", (L(2 + h, -3, 10, -2) - at) / h, a.grad(), kBumped);
  run.compare("bumping b", (L(2, -3 + h, 10, -2) - at) / h, b.grad(), kBumped);
  run.compare("bumping c", (L(2, -3, 10 + h, -2) - at) / h, c.grad(), kBumped);
  run.compare("bumping f", (L(2, -3, 10, -2 + h) - at) / h, f.grad(), kBumped);

  run.say("A step uphill: each input 0.01 of its gradient further, and L grows.");
  for (const Value v : {a, b, c, f}) v.data() += 0.01 * v.grad();
  run.compare("L", ((a * b + c) * f).data(), -7.286496, kDouble);
}

void shared_inputs(Run& run) {
  const Scope scope;
  run.heading("Values that are used more than once");
  run.say(
      "Their gradients are sums over the uses. An engine that overwrites instead of adding says 1 for `a + "
      "a`: the "
      "lecture's bug.");
  const Value a(3, "a");
  const Value b = (a + a).label("b");
  b.backward();
  run.compare("b = a + a", b.data(), 6, kRecorded);
  grad(run, "db/da", a, 2);
  draw(run, "twice", "b = a + a", b);

  const Value p(-2, "a"), q(3, "b");
  const Value d = (p * q).label("d"), e = (p + q).label("e"), f = (d * e).label("f");
  f.backward();
  run.compare("f = (a*b) * (a+b)", f.data(), -6, kRecorded);
  grad(run, "df/da", p, -3);
  grad(run, "df/db", q, -8);
  draw(run, "shared", "f = (a*b) * (a+b)", f);
}

void larger_expressions(Run& run) {
  const Scope scope;
  run.heading("Larger expressions");
  run.code("z = 2*x + 2 + x;  q = relu(z) + z*x;  h = relu(z*z);  y = h + q + q*x");
  const Value x(-4, "x");
  const Value z = (2 * x + 2 + x).label("z"), q = (relu(z) + z * x).label("q"), h = relu(z * z).label("h");
  const Value y = (h + q + q * x).label("y");
  y.backward();
  run.compare("y at x = -4", y.data(), -20, kRecorded);
  grad(run, "dy/dx", x, 46);
  draw(run, "sanity", "The graph of y", y);

  run.code(
      "c = a + b;  d = a*b + b**3;  c += c + 1;  c += 1 + c - a;  d += 2*d + relu(b + a);\n"
      "d += 3*d + relu(b - a);  e = c - d;  f = e**2;  g = f/2 + 10/f");
  const Value a(-4, "a"), b(2, "b");
  Value c = a + b, d = a * b + pow(b, 3);
  c += c + 1;
  c += 1 + c - a;
  d += 2 * d + relu(b + a);
  d += 3 * d + relu(b - a);
  const Value e = (c.label("c") - d.label("d")).label("e"), f = pow(e, 2).label("f");
  const Value g = (f / 2 + 10 / f).label("g");
  g.backward();
  run.compare("g at a = -4, b = 2", g.data(), 24.70408163265306, kRecorded);
  grad(run, "dg/da", a, 138.83381924198252);
  grad(run, "dg/db", b, 645.5772594752186);
  draw(run, "larger", "The graph of g", g);
}

// A neuron's inputs, weights and bias, and what it hands to its tanh.
struct Neuron {
  Value x1, x2, w1, w2, b, n;
  explicit Neuron(double bias)
      : x1(2, "x1"),
        x2(0, "x2"),
        w1(-3, "w1"),
        w2(1, "w2"),
        b(bias, "b"),
        n(((x1 * w1).label("x1*w1") + (x2 * w2).label("x2*w2")).label("x1*w1 + x2*w2") + b) {
    n.label("n");
  }
};

constexpr const char* kNeuronNames[] = {"o", "do/dx1", "do/dw1", "do/dx2", "do/dw2", "do/db"};
using NeuronFigures = std::array<double, 6>;

NeuronFigures backward(const Neuron& k, Value o) {
  o.backward();
  return {o.data(), k.x1.grad(), k.w1.grad(), k.x2.grad(), k.w2.grad(), k.b.grad()};
}

void compare_neuron(Run& run, const NeuronFigures& ours, const NeuronFigures& lecture) {
  for (std::size_t i = 0; i < ours.size(); ++i) run.compare(kNeuronNames[i], ours[i], lecture[i], kRecorded);
}

// All digits, where the usual six would hide what there is to see.
void compare_neuron_closely(Run& run, const NeuronFigures& ours, const NeuronFigures& lecture) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    rows.push_back({kNeuronNames[i], fmt::format("{:.16g}", ours[i]), fmt::format("{:.16g}", lecture[i])});
    run.check(kNeuronNames[i], ours[i], lecture[i], kRecorded);
  }
  run.table({"", "ours", "lecture"}, rows);
}

// Slopes by moving each input to both sides, which cancels the curvature that one side would leave.
void bump_neuron(Run& run, double bias, const NeuronFigures& figures) {
  const auto output = [](const std::array<double, 5>& v) {
    return std::tanh(v[0] * v[1] + v[2] * v[3] + v[4]);
  };
  constexpr const char* kInputs[] = {"x1", "w1", "x2", "w2", "b"};
  const std::array<double, 5> at = {2, -3, 0, 1, bias};
  const double h = 1e-6;
  run.say("The same by bumping each input by h = 0.000001, up and down.");
  for (std::size_t i = 0; i < at.size(); ++i) {
    std::array<double, 5> up = at, down = at;
    up[i] += h;
    down[i] -= h;
    run.compare(fmt::format("bumping {}", kInputs[i]), (output(up) - output(down)) / (2 * h), figures[i + 1],
                within(1e-8));  // rounding of the output, 1e-16, over h
  }
}

void neuron(Run& run) {
  const Scope scope;
  constexpr double kBias = 6.8813735870195432;
  constexpr NeuronFigures kFigures = {0.707106781186547, -1.5, 1, 0.5, 0, 0.5};
  run.heading("A neuron");
  run.say("Inputs times weights, a bias, and a tanh that squashes the sum.");
  run.figure("tanh.svg", "`tanh(x)`", curve("tanh", 0.2, [](double x) { return std::tanh(x); }).grid().svg());
  run.code("Value n = x1*w1 + x2*w2 + b;\nValue o = tanh(n);\no.backward();");
  const Neuron whole(kBias);
  run.compare("n", whole.n.data(), 0.8813735870195432, kRecorded);
  const Value o = tanh(whole.n).label("o");
  draw(run, "neuron_before", "The neuron before backward", o);
  compare_neuron(run, backward(whole, o), kFigures);
  draw(run, "neuron", "The neuron after backward", o);
  bump_neuron(run, kBias, kFigures);

  run.say(
      "tanh taken apart into what it is made of: how much one operation does is up to you, as long as it "
      "knows its own "
      "slope. The gradients are the same.");
  run.code("Value e = exp(2 * n);\nValue o = (e - 1) / (e + 1);\no.backward();");
  const Neuron split(kBias);
  const Value e = exp(2 * split.n).label("e"), parts = ((e - 1) / (e + 1)).label("o");
  compare_neuron(run, backward(split, parts), kFigures);
  draw(run, "neuron_split", "The neuron, its tanh taken apart", parts);

  run.say(
      "The lecture then asks PyTorch, whose tensors hold float32 unless told otherwise: the bias is rounded "
      "on its way in, and everything after computed in double. It shows from the seventh digit on.");
  const Neuron rounded(static_cast<float>(kBias));
  compare_neuron_closely(run, backward(rounded, tanh(rounded.n)),
                         {0.7071066904050358, -1.5000003851533106, 1.0000002567688737, 0.5000001283844369, 0,
                          0.5000001283844369});
}

}  // namespace

void expression(Run& run) {
  slopes(run);
  first_expression(run);
  shared_inputs(run);
  larger_expressions(run);
  neuron(run);
}

}  // namespace lt::apps::micrograd
