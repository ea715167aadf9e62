#pragma once

// What the gain of the weights does to the deep network.

#include <libtensor/apps/activations/deep.h>

namespace lt::apps::activations {

// The lecture's mean update ratios over steps 501 to 1,000: C, then each Linear's weight.
struct LectureRatios {
  DeepOptions options;
  double ratios[7];
};
// null where the lecture gives none for such a network
const LectureRatios* lecture_ratios(const DeepOptions& options);

// Without training: how activations and gradients spread at step 0 for each choice of
// gain, tanh and BatchNorm.
void show_gains(Run& run, const Splits& data, const Settings& settings);
// --check: update ratios under each of the lecture's gains, and the linear net that diverges.
void check_gains(Run& run, const Splits& data, const Settings& settings);

}  // namespace lt::apps::activations
