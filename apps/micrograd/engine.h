#pragma once

// Lecture 1's engine: a number that remembers how it was made, so that a gradient can flow back through it.
//
//   Value a(2.0, "a"), b(-3.0, "b");
//   Value L = tanh(2 * a + b);
//   L.backward();
//   a.grad();                          // dL/da

#include <string>
#include <vector>

#include <libtensor/apps/micrograd/tape.h>

namespace lt::apps::micrograd {

// A handle, as in Python: copies name the same number, which lives until the Scope
// (tape.h) it was made in ends.
//   throws: GradError, from every member, for a value that outlived its Scope or strayed from its thread
// cell: Value
class Value {
 public:
  Value(double data);  // implicit: plain numbers stand on either side of every operator
  Value(double data, const std::string& label) : Value(data) { this->label(label); }

  double& data() const { return node().data; }
  double& grad() const { return node().grad; }

  // Puts d(this)/d(each) into the grad of every value this one was made from; leaves
  // add it to what they have.
  void backward() const;

  // Its own part of backward(): adds to the grads of its inputs what comes to them through it.
  void pass_back() const;

  // For drawing. A leaf has no op and no inputs.
  const Op* op() const { return node().op; }
  std::vector<Value> inputs() const;
  double exponent() const { return Tape::current().at(node().right).data; }  // of a power
  Value label(const std::string& text) const;
  std::string label() const;
  std::uint32_t place() const { return place_; }

 private:
  friend Value record(const Op&, double data, Value x, Value y);
  Value(std::uint32_t place, std::uint32_t scope) : place_(place), scope_(scope) {}
  Node& node() const { return Tape::current().at(place_, scope_); }

  std::uint32_t place_, scope_;
};
// end

Value operator+(Value a, Value b);
Value operator*(Value a, Value b);
Value operator-(Value a);
Value operator-(Value a, Value b);
Value operator/(Value a, Value b);
inline Value& operator+=(Value& a, Value b) { return a = a + b; }
inline Value& operator-=(Value& a, Value b) { return a = a - b; }
inline Value& operator*=(Value& a, Value b) { return a = a * b; }
inline Value& operator/=(Value& a, Value b) { return a = a / b; }

Value pow(Value a, double exponent);
Value exp(Value a);
Value log(Value a);
Value tanh(Value a);
Value relu(Value a);

// An operation of your own: its op, which must outlive it, its value and its inputs.
Value record(const Op& op, double data, Value x, Value y);
inline Value record(const Op& op, double data, Value x) { return record(op, data, x, x); }

}  // namespace lt::apps::micrograd
