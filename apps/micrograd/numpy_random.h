#pragma once

// NumPy's legacy random numbers (np.random.seed and what follows), bit for bit: the stream below
// scikit-learn's data sets.

#include <cstdint>
#include <optional>
#include <vector>

#include <libtensor/tensor/random/mt19937.h>

namespace lt::apps {

// np.random.RandomState(seed). Not locked: one thread at a time.
class NumpyRandom {
 public:
  explicit NumpyRandom(uint32_t value) : engine_(value) {}

  // The next 32-bit word.
  uint32_t word() { return engine_(); }
  // Uniform in [0, 1) with 53 bits.
  double rand();
  // Standard normal, from a pair of which the second is kept for the next call.
  double randn();
  // throws: ValueError unless std >= 0
  double normal(double mean, double std);
  // A shuffled 0..n-1. throws: ValueError for n outside 0..2^32
  std::vector<int64_t> permutation(int64_t n);

 private:
  // Uniform in 0..largest, both included.
  uint32_t interval(uint32_t largest);

  Mt19937 engine_;
  std::optional<double> kept_normal_;
};

}  // namespace lt::apps
