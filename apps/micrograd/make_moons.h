#pragma once

// Two interleaving half circles: the data of micrograd's demo.

#include <array>
#include <cstdint>
#include <vector>

#include <libtensor/apps/micrograd/numpy_random.h>

namespace lt::apps {

struct Moons {
  std::vector<std::array<double, 2>> points;
  std::vector<int> labels;  // 0: the upper moon, 1: the lower one
};

// scikit-learn's make_moons(n_samples=count, noise=noise) on NumPy's stream: shuffled points, each
// coordinate moved by a normal of standard deviation `noise` (drawn even for 0).
//   throws: ValueError for a negative count or noise
Moons make_moons(int64_t count, double noise, NumpyRandom& random);

}  // namespace lt::apps
