#pragma once

// The three splits that lectures 3 to 6 train, tune and test on.

#include <libtensor/apps/common/mlp_net.h>
#include <libtensor/apps/common/run.h>

namespace lt::apps {

// The lecture's split of the names, as windows of `block` characters. Logs "examples".
//   throws: AppError where no name is left to train on
struct Splits {
  Splits(Run& run, const Words& words, int64_t block);

  Vocabulary vocabulary;
  int64_t block;
  Examples train, val, test;  // val and test are empty for fewer than 10 names
};

struct SplitLosses {
  double train, val, test;  // NaN where the split is empty
};
SplitLosses split_losses(const Logits& logits, const Splits& splits);

// Lines and log events of the split losses, what they are for, and what a uniform guess costs.
SplitLosses show_splits(Run& run, const Logits& logits, const Splits& splits);
// As many names as --samples says, marked where they are among the data's.
void show_names(Run& run, const Logits& logits, const Splits& splits, const Words& data);
// "train 2.31, dev 2.34; carlah. amelle.": for Steps::watch.
std::string how_far(const Run& run, const Logits& logits, const Splits& splits);

}  // namespace lt::apps
