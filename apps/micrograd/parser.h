#pragma once

// Expressions as people type them, for --expr.

#include <string>
#include <vector>

#include <libtensor/apps/micrograd/engine.h>

namespace lt::apps::micrograd {

struct Expression {
  Value value;
  std::vector<Value> names;
};

// The text as a value on the tape, and its names' values, given as "a=2". Takes numbers, names, ( ), + - * /
// **, the minus sign, and exp, log, tanh, relu; ** binds as in Python, and its right side is a constant. Each
// value is labelled by its own text.
//   throws: UsageError, with a ^ under the place: for what is no expression, a name without a value, a result
//   that is no finite number (1/0, log(-1)), nesting of more than 200 levels; for a value of no use
Expression parse(const std::string& text, const std::vector<std::string>& values);

}  // namespace lt::apps::micrograd
