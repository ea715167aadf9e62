#pragma once

// Lecture 1's networks: a neuron weighs its inputs, a layer is neurons side by side, an
// MLP is layers in a row.

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
struct Neuron {
  Neuron(std::size_t inputs, Squash how, bool draws_bias, PythonRandom& random);
  Value operator()(std::span<const Value> x) const;

  std::vector<Value> w;
  Value b;
  Squash squash;
};

struct Layer {
  Layer(std::size_t inputs, std::size_t outputs, Squash squash, bool draws_bias, PythonRandom& random);
  // The outputs are the layer's own, and overwritten by its next call.
  std::span<const Value> operator()(std::span<const Value> x);

  std::vector<Neuron> neurons;

 private:
  std::vector<Value> outputs_;
};

// Its parameters live as long as the Scope that it is made in.
class MLP {
 public:
  // sizes: inputs, then each layer's outputs; draws layer by layer, neuron by neuron
  MLP(const std::vector<std::size_t>& sizes, const Style& style, PythonRandom& random);
  std::span<const Value> operator()(std::span<const Value> x);

  const std::vector<Value>& parameters() const { return parameters_; }
  void zero_grad();
  // One step downhill: each parameter against its gradient.
  void step(double lr);

 private:
  std::vector<Layer> layers_;
  std::vector<Value> parameters_;
};

}  // namespace lt::apps::micrograd
