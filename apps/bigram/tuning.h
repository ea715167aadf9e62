#pragma once

// Choosing the smoothing: train on one part of the names, choose on a second, look at the third once.

#include "apps/common/run.h"
#include "tensor/tensor.h"

namespace lt::apps {

struct Tuned {
  double smoothing;  // with the lowest dev loss
  IntTensor N;       // counts of the train names
};

// Prints the table, draws the curves, and logs "tune" and "tuned".
Tuned tune(Run& run, const Words& data, const Vocabulary& vocabulary, int64_t order);

}  // namespace lt::apps
