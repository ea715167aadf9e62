#pragma once

// The two data sets that lecture 1 trains on, each with its loss.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <libtensor/apps/common/moons.h>
#include <libtensor/apps/micrograd/nn.h>

namespace lt::apps::micrograd {

// A loss on the tape, and the share of examples whose score has the sign of its label.
struct Outcome {
  Value loss;
  double accuracy;
};

// Four examples by hand: three numbers each, and what the network should say.
inline constexpr std::array<std::array<double, 3>, 4> kFourInputs = {
    {{2.0, 3.0, -1.0}, {3.0, -1.0, 0.5}, {0.5, 1.0, 1.0}, {1.0, 1.0, -1.0}}};
inline constexpr std::array<double, 4> kFourTargets = {1.0, -1.0, -1.0, 1.0};

// The sum of squared errors over the four.
Outcome squared_error(MLP& model);

// The mean of relu(1 - label * score), labels -1 and +1, plus 1e-4 times the sum of squared parameters; over
// the points of `batch`.
Outcome margin_loss(MLP& model, const Moons& data, std::span<const int64_t> batch);

// One step of gradient descent on a loss; with zero_grad off, gradients pile up as they did in the lecture.
void update(MLP& model, Value loss, double lr, bool zero_grad = true);

}  // namespace lt::apps::micrograd
