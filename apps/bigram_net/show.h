#pragma once

// What the app shows beside the lecture's figures, and --check.

#include <string>
#include <vector>

#include <libtensor/apps/bigram_net/model.h>

namespace lt::apps::bigram_net {

// The first examples of a name as one-hot rows.
void draw_one_hot(Run& run, const Data& data, const Vocabulary& vocabulary);
// The learned table beside the counted one.
void draw_table(Run& run, const Model& model, const Data& data, const Vocabulary& vocabulary);
// The losses, and the one that counting would reach on the same examples.
void draw_training(Run& run, const Model& model, const Data& data, const std::vector<double>& losses);
void show_val(Run& run, const Model& model, const Data& data);
// The losses that the lecture's own settings give, where these are they.
void compare_losses(Run& run, const Settings& settings, const std::vector<double>& losses);
// --check: every figure of lectures.md's sections 4 and 5 that a net gives.
void check_all(Run& run, const Words& words, const Vocabulary& vocabulary, const Settings& settings);

}  // namespace lt::apps::bigram_net
