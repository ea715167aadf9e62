// Prints random expressions with the engine's value and gradients, one a line of JSON, for PyTorch to check.
//   micrograd_expressions_dump SEED COUNT

#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

#include <libtensor/tests/apps/micrograd_expressions.h>

using namespace lt::apps::micrograd;

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  ExpressionSource source(static_cast<std::uint32_t>(std::atol(argv[1])));
  for (long n = std::atol(argv[2]); n > 0; --n) {
    const Scope scope;
    const RandomExpression e = source.next();
    const std::vector<Value> leaves(e.leaves.begin(), e.leaves.end());
    const Value result = evaluate(e, leaves);
    result.backward();
    nlohmann::json steps = nlohmann::json::array(), gradients = nlohmann::json::array();
    for (const Step& s : e.steps) steps.push_back({s.op, s.left, s.right, s.number});
    for (const Value leaf : leaves) gradients.push_back(leaf.grad());
    std::cout << nlohmann::json{{"leaves", e.leaves},
                                {"steps", steps},
                                {"value", result.data()},
                                {"gradients", gradients}}
              << '\n';
  }
}
