#include <libtensor/apps/micrograd/nn.h>

// Every value of a forward pass goes to the tape; layers keep their buffer of handles, so a training step in
// steady state asks the system for no memory.

namespace lt::apps::micrograd {

namespace {
std::vector<Value> draw(int64_t count, PythonRandom& random) {
  std::vector<Value> values;
  for (int64_t i = 0; i < count; ++i) values.emplace_back(random.uniform(-1, 1));
  return values;
}
}  // namespace

// cell: Neuron, Layer, MLP
Neuron::Neuron(int64_t inputs, Squash how, bool draws_bias, PythonRandom& random)
    : w(draw(inputs, random)), b(draws_bias ? random.uniform(-1, 1) : 0), squash(how) {}

Value Neuron::operator()(std::span<const Value> x) const {
  Value sum = b;
  for (size_t i = 0; i < w.size(); ++i) sum += w[i] * x[i];
  return squash(sum);
}

Layer::Layer(int64_t inputs, int64_t outputs, Squash squash, bool draws_bias, PythonRandom& random) {
  for (int64_t i = 0; i < outputs; ++i) neurons.emplace_back(inputs, squash, draws_bias, random);
}

std::span<const Value> Layer::operator()(std::span<const Value> x) {
  outputs_.clear();
  for (const Neuron& neuron : neurons) outputs_.push_back(neuron(x));
  return outputs_;
}

MLP::MLP(int64_t inputs, const std::vector<int64_t>& sizes, const Style& style, PythonRandom& random) {
  for (const int64_t outputs : sizes) {
    const Squash squash = layers.size() + 1 == sizes.size() ? style.last : style.hidden;
    layers.emplace_back(inputs, outputs, squash, style.draws_bias, random);
    inputs = outputs;
  }
  for (const Layer& layer : layers)
    for (const Neuron& neuron : layer.neurons) {
      parameters_.insert(parameters_.end(), neuron.w.begin(), neuron.w.end());
      parameters_.push_back(neuron.b);
    }
}

std::span<const Value> MLP::operator()(std::span<const double> x) {
  inputs_.assign(x.begin(), x.end());
  std::span<const Value> y = inputs_;
  for (Layer& layer : layers) y = layer(y);
  return y;
}

void MLP::zero_grad() {
  for (const Value p : parameters_) p.grad() = 0;
}
// end

}  // namespace lt::apps::micrograd
