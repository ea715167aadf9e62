#pragma once

// What the lecture's path (bigram_net.cpp) and the exercises beside it share.

#include <limits>

#include <libtensor/apps/common/mlp_net.h>
#include <libtensor/apps/common/steps.h>

namespace lt::apps::bigram_net {

// The defaults are the lecture's: whole batches, a rate that never falls.
struct Flags {
  TrainingFlags training{.steps = 100, .batch = 0, .lr = 50, .decay_at = std::numeric_limits<int64_t>::max()};
  int64_t order = 2;
  double reg = 0.01;
  bool one_hot = false;
};

void declare(Options& options, Flags& flags);

//   throws: AppError where a training step would not fit into memory
void check_memory(const Flags& flags, int64_t examples, int64_t V);

// The first rows of xs as one-hot rows, with their letters.
void draw_one_hot(Run& run, const IntTensor& xs, const Vocabulary& vocabulary);
// What the net learned beside the table that counting gives.
void draw_tables(Run& run, const Tensor& learned, const IntTensor& N, const Vocabulary& vocabulary);

// The regularisation, from none to much: losses, and what becomes of a pair that never occurs.
void sweep_regularisation(Run& run, const Flags& flags, const Examples& all, const Vocabulary& vocabulary);

// --order 3: two characters of context, train names, dev names beside.
void trigram(Run& run, const Flags& flags, const Words& data, const Vocabulary& vocabulary);

}  // namespace lt::apps::bigram_net
