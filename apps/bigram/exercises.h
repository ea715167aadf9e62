#pragma once

// The lecture's exercises: trigrams, and choosing the smoothing on names that were not counted.

#include "apps/bigram/show.h"
#include "apps/common/run.h"

namespace lt::apps {

struct Tuned {
  double smoothing;  // with the lowest dev loss
  IntTensor N;       // counts of the train names
};

// Counts train names, chooses on dev names, looks at test names once. Prints the table, draws the curves, and
// logs "tune" and "tuned".
Tuned tune(Run& run, const Words& data, const Vocabulary& vocabulary, int64_t order);

// --order 3: contexts of two characters.
void trigram(Run& run, const Words& data, const Vocabulary& vocabulary, const Flags& flags);

}  // namespace lt::apps
