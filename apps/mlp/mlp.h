#pragma once

// What the lecture's path (mlp.cpp) and the parts beside it share.

#include <string>

#include <libtensor/apps/common/splits.h>
#include <libtensor/apps/common/steps.h>

namespace lt::apps::mlp {

// The defaults are the lecture's.
struct Flags : MlpFlags {
  std::string init = "original";
  bool direct = false;
  double weight_decay = 0;
  double momentum = 0;
  int64_t overfit = 0;
  bool find_lr = false;
  bool search = false;

  bool is_exercise() const { return init != "original" || direct || weight_decay > 0 || momentum > 0; }
};

void declare(Options& options, Flags& flags);

// A small net and the first `flags.overfit` names, again and again: the lecture's first training.
void overfit(Run& run, const Flags& flags, const Words& data, const Vocabulary& vocabulary);

// The embedding as a map: each character where its two numbers say. shapes: C (V, 2)
std::string map_of(const Tensor& C, const Vocabulary& vocabulary);
// A small net with two numbers a character, its map while it is trained.
void embed_in_the_plane(Run& run, const Splits& splits, int64_t steps);

// The exponential sweep of the learning rate, over the windows of all names.
void find_learning_rate(Run& run, const Flags& flags, const Words& data, const Vocabulary& vocabulary);

// The exercises: another initialisation, direct connections, momentum, weight decay.
void improve(Run& run, const Flags& flags, const Words& data, const Splits& splits);

// A grid of settings, a table sorted by dev loss, and bars.
void search(Run& run, const Flags& flags, const Splits& splits);

}  // namespace lt::apps::mlp
