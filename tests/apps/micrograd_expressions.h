#pragma once

// Random scalar expressions, the same for a seed everywhere: what the engine's gradients are checked on.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <libtensor/apps/micrograd/engine.h>

namespace lt::apps::micrograd {

// One step of an expression: an operation on earlier entries, or on one and a plain number.
struct Step {
  std::string op;
  std::size_t left, right;
  double number;
};

// Its entries are the leaves, then the steps in order; the last is the result.
struct RandomExpression {
  std::vector<double> leaves;
  std::vector<Step> steps;
};

inline double relu(double x) { return std::max(x, 0.0); }

// What the step makes of the entries before it, in plain doubles or on the tape.
template <typename T>
T take(const Step& s, const std::vector<T>& entries) {
  using std::exp, std::log, std::pow, std::tanh;
  const T x = entries[s.left], y = entries[s.right];
  if (s.op == "add") return x + y;
  if (s.op == "sub") return x - y;
  if (s.op == "mul") return x * y;
  if (s.op == "div") return x / y;
  if (s.op == "neg") return -x;
  if (s.op == "exp") return exp(x);
  if (s.op == "log") return log(x);
  if (s.op == "tanh") return tanh(x);
  if (s.op == "relu") return relu(x);
  if (s.op == "pow") return pow(x, s.number);
  if (s.op == "add_number") return x + s.number;
  if (s.op == "number_sub") return s.number - x;
  if (s.op == "mul_number") return s.number * x;
  return s.number / x;  // number_div
}

// The last entry.
template <typename T>
T evaluate(const RandomExpression& e, std::vector<T> entries) {
  for (const Step& s : e.steps) entries.push_back(take(s, entries));
  return entries.back();
}

class ExpressionSource {
 public:
  explicit ExpressionSource(std::uint32_t seed) : words_(seed) {}

  // 1 to 4 leaves, 1 to 24 steps. Uses the latest entries more often, so that most of it reaches the result.
  RandomExpression next() {
    RandomExpression e;
    for (std::uint32_t n = 1 + below(4); n > 0; --n) e.leaves.push_back(number(-2, 2));
    std::vector<double> values = e.leaves;
    for (std::uint32_t n = 1 + below(24); n > 0; --n) {
      const Step step = draw(values);
      values.push_back(take(step, values));
      e.steps.push_back(step);
    }
    return e;
  }

 private:
  // Draws until the value is one that a gradient in double can be compared at: moderate, off relu's corner.
  Step draw(const std::vector<double>& values) {
    static const char* const kOps[] = {"add",        "sub",        "mul",        "div",       "neg",
                                       "exp",        "log",        "tanh",       "relu",      "pow",
                                       "add_number", "number_sub", "mul_number", "number_div"};
    static const double kPowers[] = {-2, -1, 0.5, 2, 3};
    while (true) {
      Step s{kOps[below(14)], pick(values.size()), pick(values.size()), number(-2, 2)};
      if (s.op == "pow") s.number = kPowers[below(5)];
      const double x = values[s.left], result = take(s, values);
      if (!std::isfinite(result) || std::abs(result) > 20) continue;
      if (s.op == "relu" && std::abs(x) < 1e-2) continue;
      if ((s.op == "log" || s.op == "pow") && x < 0.1) continue;
      if (s.op == "div" && std::abs(values[s.right]) < 0.1) continue;
      if (s.op == "number_div" && std::abs(x) < 0.1) continue;
      return s;
    }
  }

  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(words_() % n); }
  double number(double low, double high) {
    return low + (high - low) * (static_cast<double>(words_()) * 0x1p-32);
  }
  std::size_t pick(std::size_t count) {
    const auto n = static_cast<std::uint32_t>(count);
    return std::max(below(n), below(n));
  }

  std::mt19937 words_;  // the same words on every platform
};

}  // namespace lt::apps::micrograd
