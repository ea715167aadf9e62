#pragma once

// The lecture's figures that a run does not show: --check compares them too.

#include <libtensor/apps/common/counts.h>
#include <libtensor/apps/common/run.h>

namespace lt::apps {

// N: the counts of all of the lecture's names, order 2.
void check_the_rest(Run& run, const IntTensor& N, const Vocabulary& vocabulary);

}  // namespace lt::apps
