#pragma once

// The lecture's four diagnostics of the deep network: spreads of activations, of their gradients, of the
// weights' gradients, and how far each update moves a weight.

#include <libtensor/apps/activations/deep.h>

namespace lt::apps::activations {

// After a step of training: a table and a figure for each. `compare`: the lecture's own run of 1,001 steps.
void show_inside(Run& run, const DeepNet& net, const UpdateRatios& ratios, bool compare);

// The update ratios alone: figure, and means beside the lecture's.
void show_update_ratios(Run& run, const DeepNet& net, const UpdateRatios& ratios);

}  // namespace lt::apps::activations
