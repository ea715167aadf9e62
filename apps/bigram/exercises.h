#pragma once

// The lecture's exercises: trigrams, and choosing the smoothing on names that were not counted.

#include <libtensor/apps/bigram/show.h>
#include <libtensor/apps/common/run.h>

namespace lt::apps {

// Counts train names, tries smoothings on dev names, looks at test names once. Prints the table, draws the
// curves, logs "examples", "tune" and "tuned". Returns the smoothing of the lowest dev loss.
//   throws: AppError for fewer than 10 names
double tune(Run& run, const Split& split, const Vocabulary& vocabulary, int64_t order);

// --order 3: contexts of two characters.
void trigram(Run& run, const Words& data, const Vocabulary& vocabulary, const Flags& flags);

}  // namespace lt::apps
