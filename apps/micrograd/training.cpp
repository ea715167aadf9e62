#include <libtensor/apps/micrograd/training.h>

// Sums run in the order of the examples, as Python's sum() does. The inputs become
// leaves of the step's Scope.

namespace lt::apps::micrograd {

Outcome squared_error(MLP& model) {
  Value loss = 0;
  int right = 0;
  for (std::size_t i = 0; i < kFourInputs.size(); ++i) {
    const auto& [a, b, c] = kFourInputs[i];
    const Value output = model(std::array<Value, 3>{a, b, c})[0];
    loss += pow(output - kFourTargets[i], 2);
    right += (output.data() > 0) == (kFourTargets[i] > 0);
  }
  return {loss, right / 4.0};
}

Outcome margin_loss(MLP& model, const Moons& data, std::span<const int64_t> batch) {
  const double count = static_cast<double>(batch.size());
  Value losses = 0, squares = 0;
  int64_t right = 0;
  for (const int64_t i : batch) {
    const auto& [x, y] = data.points[static_cast<std::size_t>(i)];
    const double label = 2 * data.labels[static_cast<std::size_t>(i)] - 1;
    const Value score = model(std::array<Value, 2>{x, y})[0];
    losses += relu(1 + -label * score);
    right += (score.data() > 0) == (label > 0);
  }
  for (const Value p : model.parameters()) squares += p * p;
  return {losses * (1 / count) + 1e-4 * squares, static_cast<double>(right) / count};
}

void update(MLP& model, Value loss, double lr, bool zero_grad) {
  if (zero_grad) model.zero_grad();
  loss.backward();
  model.step(lr);
}

}  // namespace lt::apps::micrograd
