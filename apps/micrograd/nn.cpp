#include <libtensor/apps/micrograd/nn.h>

// Every value of a forward pass goes to the tape; layers keep their buffer of handles, so a training step in
// steady state asks the system for no memory.

namespace lt::apps::micrograd {

namespace {
std::vector<Value> draw(std::size_t count, PythonRandom& random) {
  std::vector<Value> values;
  for (std::size_t i = 0; i < count; ++i) values.emplace_back(random.uniform(-1, 1));
  return values;
}
}  // namespace

Neuron::Neuron(std::size_t inputs, Squash how, bool draws_bias, PythonRandom& random)
    : w(draw(inputs, random)), b(draws_bias ? random.uniform(-1, 1) : 0), squash(how) {}

Value Neuron::operator()(std::span<const Value> x) const {
  Value sum = b;
  for (std::size_t i = 0; i < w.size(); ++i) sum += w[i] * x[i];
  return squash(sum);
}

Layer::Layer(std::size_t inputs, std::size_t outputs, Squash squash, bool draws_bias, PythonRandom& random) {
  for (std::size_t i = 0; i < outputs; ++i) neurons.emplace_back(inputs, squash, draws_bias, random);
}

std::span<const Value> Layer::operator()(std::span<const Value> x) {
  outputs_.clear();
  for (const Neuron& neuron : neurons) outputs_.push_back(neuron(x));
  return outputs_;
}

MLP::MLP(const std::vector<std::size_t>& sizes, const Style& style, PythonRandom& random) {
  for (std::size_t i = 1; i < sizes.size(); ++i) {
    const Squash squash = i + 1 == sizes.size() ? style.last : style.hidden;
    layers_.emplace_back(sizes[i - 1], sizes[i], squash, style.draws_bias, random);
  }
  for (const Layer& layer : layers_)
    for (const Neuron& neuron : layer.neurons) {
      parameters_.insert(parameters_.end(), neuron.w.begin(), neuron.w.end());
      parameters_.push_back(neuron.b);
    }
}

std::span<const Value> MLP::operator()(std::span<const Value> x) {
  for (Layer& layer : layers_) x = layer(x);
  return x;
}

void MLP::zero_grad() {
  for (const Value p : parameters_) p.grad() = 0;
}

void MLP::step(double lr) {
  for (const Value p : parameters_) p.data() -= lr * p.grad();
}

}  // namespace lt::apps::micrograd
