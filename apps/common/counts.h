#pragma once

// The model that is a table of counts: how often each symbol follows each context. Order 2 looks at one
// character back, order 3 at two; N has that many axes, the last for the symbol that follows.

#include <cstdint>
#include <string>
#include <vector>

#include <libtensor/apps/common/text_data.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/random.h>

namespace lt::apps {

// A word's characters as ids, and the end.
std::vector<int64_t> targets(const std::string& word, const Vocabulary& vocabulary);

//   throws: ShapeError where the alphabet is too large for such a table (above 2^24 cells)
void check_table_size(int64_t V, int64_t order);

// shapes: (V, V) for order 2, (V, V, V) for order 3. A word is framed: ".emma." at order 2, "..emma." at
// order 3.
//   throws: ShapeError as check_table_size
IntTensor count(const std::vector<std::string>& words, const Vocabulary& vocabulary, int64_t order);

// Each row of N + K divided by its sum.
template <typename T>
BasicTensor<T> probabilities(const IntTensor& N, double K) {
  // cell: smoothed
  const BasicTensor<T> counts = N.cast<T>() + static_cast<T>(K);
  return counts / sum(counts, -1, true);
  // end
}

// A negative log-likelihood in double: of `count` characters together.
struct Likelihood {
  double total = 0;
  int64_t count = 0;
  double mean() const { return total / static_cast<double>(count); }
};

// Of data that was counted as `seen`, under P: what the model is judged by. Infinite where something seen has
// no probability, also where a context never counted has no distribution at all (K = 0).
Likelihood nll(const DoubleTensor& P, const IntTensor& seen);

// A word step by step, its first 60: a line "  em: 0.3885 -0.9454" ("..e" at order 3) each, with the
// probability and its logarithm.
std::string steps_text(const std::string& word, const Vocabulary& vocabulary, const DoubleTensor& P);

// Names drawn a character at a time until "."; one that reaches 1000 characters is cut there.
std::vector<std::string> sample(const Tensor& P, const Vocabulary& vocabulary, int64_t how_many,
                                Generator generator);

// The most frequent cells of N, and how often each was seen; of equals the first in the table.
struct Frequent {
  std::string symbols;
  int64_t count;
};
std::vector<Frequent> most_frequent(const IntTensor& N, const Vocabulary& vocabulary, int64_t how_many);

}  // namespace lt::apps
