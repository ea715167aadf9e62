#pragma once

// The tasks of lecture 1, in its order.

#include <string>
#include <vector>

#include <libtensor/apps/common/run.h>
#include <libtensor/apps/micrograd/engine.h>

namespace lt::apps::micrograd {

struct Settings {
  std::string task = "all";
  std::vector<int64_t> hidden;  // layer sizes; none: the task's own
  int64_t points = 100;
  double noise = 0.1;
  bool no_zero_grad = false;
  TrainingFlags training;
};

void expression(Run& run);
void exercise(Run& run);
void four(Run& run, const Settings& settings, uint64_t seed);
void moons(Run& run, const Settings& settings);

// Figures that the lecture's own programs print with all their digits.
inline constexpr Tolerance kRecorded{.relative = 1e-12};

// The expression's graph as it stands: FILE.svg, and FILE.dot for Graphviz.
void draw(Run& run, const std::string& file, const std::string& title, Value root);

}  // namespace lt::apps::micrograd
