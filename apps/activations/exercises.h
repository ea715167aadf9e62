#pragma once

// The lecture's two exercises.

#include <libtensor/apps/activations/stages.h>

namespace lt::apps::activations {

// 1: what a network learns whose parameters all start at zero.
void zero_initialisation(Run& run, const Splits& data, const Settings& settings);
// 2: BatchNorm folded into the weights of a trained deep network.
void fold_batchnorm(Run& run, const Splits& data, const Settings& settings);

}  // namespace lt::apps::activations
