#pragma once

// Python's `random` module, bit for bit: what the lectures shuffle names and draw micrograd's weights with.

#include <concepts>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <libtensor/tensor/random/mt19937.h>

namespace lt::apps {

// random.Random(seed). Not locked: one thread at a time.
class PythonRandom {
 public:
  // Of a negative integer the magnitude counts, so that 3 and -3 are one stream.
  explicit PythonRandom(std::integral auto value) : engine_(0) {
    const auto bits = static_cast<uint64_t>(value);
    seed(std::cmp_less(value, 0) ? 0 - bits : bits);
  }

  // Uniform in [0, 1) with 53 bits.
  double random();
  // `count` random bits. throws: ValueError for a count outside 0..64
  uint64_t getrandbits(int count);
  // Uniform in 0..n-1. throws: ValueError for n = 0
  uint64_t randbelow(uint64_t n);
  // Uniform in [low, high].
  double uniform(double low, double high);
  // Normal, from a pair of which the second is kept for the next call.
  double gauss(double mean, double std);
  template <typename T>
  void shuffle(std::vector<T>& sequence) {
    using std::swap;
    for (size_t i = sequence.size(); i-- > 1;) swap(sequence[i], sequence[randbelow(i + 1)]);
  }

 private:
  void seed(uint64_t value);

  Mt19937 engine_;
  std::optional<double> kept_normal_;
};

}  // namespace lt::apps
