#pragma once

// Lecture 1's networks: a neuron weighs its inputs, a layer is neurons side by side, an MLP is layers in a
// row.

#include <span>
#include <vector>

#include <libtensor/apps/common/python_random.h>
#include <libtensor/apps/micrograd/engine.h>

namespace lt::apps::micrograd {

using Squash = Value (*)(Value);
inline Value linear(Value x) { return x; }

// How neurons squash, and where biases start: drawn after the neuron's weights, or at 0 without a draw.
struct Style {
  Squash hidden, last;
  bool draws_bias;
};
inline constexpr Style kLecture{tanh, tanh, true};     // as built in the video
inline constexpr Style kLibrary{relu, linear, false};  // as in the library that came of it

// Weights are uniform(-1, 1).
// cell: classes
struct Neuron {
  Neuron(int64_t inputs, Squash how, bool draws_bias, PythonRandom& random);
  Value operator()(std::span<const Value> x) const;

  std::vector<Value> w;
  Value b;
  Squash squash;
};

struct Layer {
  Layer(int64_t inputs, int64_t outputs, Squash squash, bool draws_bias, PythonRandom& random);
  // The outputs are the layer's own, and overwritten by its next call.
  std::span<const Value> operator()(std::span<const Value> x);

  std::vector<Neuron> neurons;

 private:
  std::vector<Value> outputs_;
};

// Its parameters live as long as the Scope that it is made in.
class MLP {
 public:
  // sizes: each layer's outputs; draws layer by layer, neuron by neuron
  MLP(int64_t inputs, const std::vector<int64_t>& sizes, const Style& style, PythonRandom& random);
  std::span<const Value> operator()(std::span<const double> x);

  const std::vector<Value>& parameters() const { return parameters_; }
  void zero_grad();
  std::vector<Layer> layers;

 private:
  std::vector<Value> inputs_;
  std::vector<Value> parameters_;
};
// end

}  // namespace lt::apps::micrograd
