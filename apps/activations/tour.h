#pragma once

// The stages before any training: first losses, stuck units, and pictures of them.

#include <libtensor/apps/activations/stages.h>

namespace lt::apps::activations {

// The first loss of each stage, and how its tanh layer stands on the first minibatch.
void show_starts(Run& run, const Splits& data, const Settings& settings);
// Histograms of the tanh layer before and after, and which units are saturated: the original beside `stage`.
void draw_tanh_layer(Run& run, const Splits& data, const Settings& settings, const std::string& stage);
// The first thousand losses of the original and of the softmax stage: the hockey stick goes.
void draw_hockey_stick(Run& run, const Splits& data, const Settings& settings);

}  // namespace lt::apps::activations
