#include <fmt/format.h>

#include <algorithm>

#include <libtensor/apps/micrograd/graph.h>
#include <libtensor/apps/micrograd/micrograd.h>
#include <libtensor/apps/micrograd/parser.h>

// --expr: the graph and the gradients of any expression of the engine's operators.

namespace lt::apps::micrograd {

void show_expression(Run& run, const Flags& flags) {
  const Scope scope;
  constexpr std::ptrdiff_t kMostDrawn = 100;  // values
  const Expression expression = parse(flags.expr, flags.at);
  run.start();
  run.heading(flags.expr.size() > 60 ? "An expression of yours" : flags.expr);
  expression.value.backward();
  const auto& nodes = to_graph(expression.value).nodes;
  const auto count =
      std::count_if(nodes.begin(), nodes.end(), [](const auto& node) { return !node.is_operation; });
  if (count <= kMostDrawn) {
    print_tree(run, expression.value);
    draw(run, "expression", "Each value, and the slope of the result in it.", expression.value);
  } else {
    run.say(fmt::format("{} values are too many to draw: here are the result and the gradients.", count));
  }
  run.result("value", expression.value.data());
  for (const Value name : expression.names) run.result("slope in " + name.label(), name.grad());
  run.say("Where a slope is positive, the value grows with that name.");
  run.try_next({{"micrograd", "how these gradients are found"},
                {"micrograd --expr \"a + a\" a=3", "a value that is used twice"}});
}

}  // namespace lt::apps::micrograd
