#include <libtensor/apps/micrograd/engine.h>

#include <cmath>

// Each operator computes its value and says, right there, how the gradient of what it made goes back
// to what it was made from. Inputs come before outputs on the tape, so backward is one walk down it:
// no sort, no recursion.

namespace lt::apps::micrograd {

// cell: +
Value operator+(Value a, Value b) {
  static constexpr Op add{"+", 2, [](const Node& out, Node& x, Node& y) {
                            x.grad += out.grad;
                            y.grad += out.grad;
                          }};
  return record(add, a.data() + b.data(), a, b);
}
// end

// cell: *
Value operator*(Value a, Value b) {
  static constexpr Op multiply{"*", 2, [](const Node& out, Node& x, Node& y) {
                                 x.grad += y.data * out.grad;
                                 y.grad += x.data * out.grad;
                               }};
  return record(multiply, a.data() * b.data(), a, b);
}
// end

Value operator-(Value a) { return a * -1; }
Value operator-(Value a, Value b) { return a + -b; }
Value operator/(Value a, Value b) { return a * pow(b, -1); }

Value pow(Value a, double exponent) {
  static constexpr Op power{"**", 1, [](const Node& out, Node& x, Node& k) {
                              if (k.data != 0) x.grad += k.data * std::pow(x.data, k.data - 1) * out.grad;
                            }};
  return record(power, std::pow(a.data(), exponent), a, exponent);
}

Value exp(Value a) {
  static constexpr Op op{"exp", 1, [](const Node& out, Node& x, Node&) { x.grad += out.data * out.grad; }};
  return record(op, std::exp(a.data()), a);
}

Value log(Value a) {
  static constexpr Op op{"log", 1, [](const Node& out, Node& x, Node&) { x.grad += out.grad / x.data; }};
  return record(op, std::log(a.data()), a);
}

// cell: tanh
Value tanh(Value a) {
  static constexpr Op op{
      "tanh", 1, [](const Node& out, Node& x, Node&) { x.grad += (1 - out.data * out.data) * out.grad; }};
  return record(op, std::tanh(a.data()), a);
}
// end

Value relu(Value a) {
  static constexpr Op op{"ReLU", 1, [](const Node& out, Node& x, Node&) {
                           if (out.data > 0) x.grad += out.grad;
                         }};
  return record(op, a.data() < 0 ? 0 : a.data(), a);
}

namespace {
// Takes an op's output into the backward pass, once, without what an earlier pass left in its grad.
bool reach(Node& n) {
  if (!n.op || n.reached) return false;
  n.reached = 1;
  n.grad = 0;
  return true;
}
}  // namespace

// cell: backward
void Value::backward() const {
  Tape& tape = Tape::current();
  std::int64_t waiting = reach(node());
  grad() += 1;
  for (std::uint32_t place = place_; waiting > 0; --place) {
    Node& out = tape.at(place);
    if (!out.reached) continue;
    Node &x = tape.at(out.left), &y = tape.at(out.right);
    waiting += reach(x) + reach(y) - 1;
    out.op->backward(out, x, y);
    out.reached = 0;
  }
}
// end

void Value::pass_back() const {
  Tape& tape = Tape::current();
  const Node& out = node();
  if (out.op) out.op->backward(out, tape.at(out.left), tape.at(out.right));
}

std::vector<Value> Value::inputs() const {
  if (!op()) return {};
  const Value left(node().left, scope_), right(node().right, scope_);
  return op()->inputs == 1 ? std::vector{left} : std::vector{left, right};
}

Value::Value(double data) : Value(Tape::current().append({data}), Tape::current().scope()) {}

Value record(const Op& op, double data, Value x, Value y) {
  Tape& tape = Tape::current();
  const std::uint32_t place = tape.append({data, 0, &op, x.place_, y.place_ & 0x7fffffff});
  return {place, tape.scope()};
}

Value Value::label(const std::string& text) const {
  node();
  Tape::current().labels[place_] = text;
  return *this;
}

std::string Value::label() const {
  const auto& labels = Tape::current().labels;
  const auto found = labels.find(place_);
  return found == labels.end() ? "" : found->second;
}

}  // namespace lt::apps::micrograd
