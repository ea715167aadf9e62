#pragma once

// The lecture's demonstrations on the way to the trained network.

#include <libtensor/apps/common/mlp_net.h>
#include <libtensor/apps/common/run.h>
#include <libtensor/apps/mlp/search.h>

namespace lt::apps::mlp {

// The windows of the first names, as the lecture prints them: "..e ---> m".
void show_windows(Run& run, const std::vector<std::string>& words, const Vocabulary& vocabulary,
                  int64_t block);
// One embedding by index and by one-hot product; the concatenated row as a cat, and as a
// view of the same storage.
void show_embedding(Run& run, const Examples& examples, const MlpSizes& sizes);
// Cross-entropy against its parts written out, at logits that overflow.
void show_stable_loss(Run& run);
// --overfit N: the first N names as one batch, the lecture's first small net; 1001 steps unless given.
void overfit(Run& run, const Words& data, const Vocabulary& vocabulary, Settings settings, int64_t names);
// --find-lr: rates from 10^-3 to 10^0, one minibatch each.
void find_learning_rate(Run& run, const Examples& examples, const MlpSizes& sizes, int64_t log_every);

}  // namespace lt::apps::mlp
