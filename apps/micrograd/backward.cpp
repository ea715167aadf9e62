#include <algorithm>
#include <functional>
#include <set>

#include <libtensor/apps/micrograd/graph.h>
#include <libtensor/apps/micrograd/micrograd.h>

// The lecture's middle: the engine goes backward by itself.

namespace lt::apps::micrograd {
namespace {

std::string labels_of(const std::vector<Value>& values) {
  std::string all;
  for (const Value v : values) all += (all.empty() ? "" : ", ") + v.label();
  return all;
}

void one_by_one(Run& run) {
  const Scope scope;
  run.heading("Each operation knows its own step back");
  run.say(
      "No need to do it by hand: when an operation makes its value, it also says how the gradient of that "
      "value goes back to the inputs. Called one by one, from o to the inputs:");
  run.cell("+");
  run.cell("*");
  run.cell("tanh");
  const auto [x1, x2, w1, w2, b, x1w1, x2w2, x1w1x2w2, n, o] = LectureNeuron();
  // cell: one by one
  o.grad() = 1;
  for (const Value v : {o, n, b, x1w1x2w2, x2w2, x1w1}) v.pass_back();
  // end
  run.cell("one by one");
  show_slopes(run, {x1, w1, x2, w2, b});
}

void in_topological_order(Run& run) {
  const Scope scope;
  run.heading("The order: topological");
  run.say(
      "A value may pass its gradient on only when all of it has come, so after everything that was made "
      "from it. The graph has no circles (a DAG), so there is such an order: inputs first, backward goes "
      "through it from its end.");
  const auto [x1, x2, w1, w2, b, x1w1, x2w2, x1w1x2w2, n, o] = LectureNeuron();
  // cell: topological order
  std::vector<Value> topo;
  std::set<uint32_t> visited;
  const std::function<void(Value)> build_topo = [&](Value v) {
    if (!visited.insert(v.place()).second) return;
    for (const Value input : v.inputs()) build_topo(input);
    topo.push_back(v);
  };
  build_topo(o);
  // end
  run.cell("topological order");
  run.result("topological order of o", labels_of(topo));
  // cell: the wrong order
  for (const Value v : topo) v.grad() = 0;
  o.grad() = 1;
  for (const Value v : topo) v.pass_back();  // from the inputs to o
  const double too_early = x1.grad();
  // end
  run.cell("the wrong order");
  run.result("do/dx1 in the wrong order", too_early);
  run.say("0: from the inputs to o, x1*w1 passes its gradient on before it has any. From o back:");
  // cell: backward in order
  for (const Value v : topo) v.grad() = 0;
  o.grad() = 1;
  std::reverse(topo.begin(), topo.end());
  for (const Value v : topo) v.pass_back();
  // end
  run.cell("backward in order");
  show_slopes(run, {x1, w1, x2, w2, b});
  run.say(
      "`o.backward()` is these lines. The engine need not even sort: it keeps its values in the order of "
      "their making, and a value is always made after its inputs.");
  run.cell("backward");
}

// The lecture's first engine: what comes overwrites what was there.
// cell: the bug
Value buggy_add(Value a, Value b) {
  static constexpr Op add{"+", 2, [](const Node& out, Node& x, Node& y) {
                            x.grad = out.grad;  // should be +=
                            y.grad = out.grad;
                          }};
  return record(add, a.data() + b.data(), a, b);
}
// end

void shared_inputs(Run& run) {
  const Scope scope;
  run.heading("A bug: values that are used more than once");
  run.say(
      "b = a + a is 2*a, so db/da is 2. An engine that overwrites gradients says 1; what comes along "
      "several ways must be added, as the multivariable chain rule has it.");
  run.cell("the bug");
  // cell: a + a
  const Value a(3, "a"), wrong = buggy_add(a, a);
  wrong.backward();
  const double overwritten = a.grad();
  a.grad() = 0;
  const Value b = (a + a).label("b");
  b.backward();
  // end
  run.cell("a + a");
  run.result("b = a + a", b.data());
  run.result("db/da if gradients overwrite", overwritten);
  run.result("db/da", a.grad());
  draw(run, "twice", "b = a + a: both ways lead to one a.", b);
  // cell: shared
  const Value p(-2, "a"), q(3, "b");
  const Value d = (p * q).label("d"), e = (p + q).label("e"), f = (d * e).label("f");
  f.backward();
  // end
  run.cell("shared");
  run.result("f = (a*b) * (a+b)", f.data());
  run.result("df/da", p.grad());
  run.result("df/db", q.grad());
  draw(run, "shared", "f = (a*b) * (a+b), at a = -2, b = 3.", f);
}

}  // namespace

void show_slopes(Run& run, const std::vector<Value>& inputs) {
  for (const Value v : inputs) run.result("do/d" + v.label(), v.grad());
}

void backward_by_itself(Run& run) {
  one_by_one(run);
  in_topological_order(run);
  shared_inputs(run);
}

}  // namespace lt::apps::micrograd
