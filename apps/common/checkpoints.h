#pragma once

// A run's checkpoints: what must fit before it goes on from one.

#include <cstdint>
#include <string>
#include <vector>

#include <libtensor/nn/checkpoint.h>

namespace lt::apps {

// The checkpoint in a file: of a run with this set-up ("net 2/20, lr 0.1, names 32033").
//   throws: IoError for a file that is missing, torn, changed, no regular one, or of another set-up: it names
//   the parts between commas that differ
nn::Checkpoint open_checkpoint(const std::string& file, const std::string& setup);

// The losses of the steps that were done, at most `steps`.
//   throws: IoError naming the file where they are no list of finite numbers, or more
std::vector<double> saved_losses(const nn::Checkpoint& checkpoint, const std::string& file, int64_t steps);

// What a loop wrote down, under "series." and each name: lists of one length, at most one number a step.
//   throws: IoError naming the file where they are not, or are empty although there were steps
std::vector<std::vector<double>> saved_series(const nn::Checkpoint& checkpoint, const std::string& file,
                                              const std::vector<std::string>& names, int64_t steps_done);

}  // namespace lt::apps
