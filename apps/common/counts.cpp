#include <libtensor/apps/common/counts.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/tensor/error.h>

// Everything is a few tensor ops on the table: a count is an index_put with accumulate, a likelihood is the
// sum of counts times log-probabilities. Logarithms are summed in double: a float32 running sum of 228,146 of
// them is off by 50.

namespace lt::apps {
namespace {

constexpr int64_t kMostCells = int64_t{1} << 24;
constexpr size_t kLongestSample = 1000;

// The row of P for a context: P[i] or P[i][j].
template <typename T>
BasicTensor<T> row_of(BasicTensor<T> P, const std::vector<int64_t>& context) {
  for (const int64_t id : context) P = P[id];
  return P;
}

void slide(std::vector<int64_t>& context, int64_t next) {
  context.erase(context.begin());
  context.push_back(next);
}

std::vector<int64_t> start_context(int axes) {
  return std::vector<int64_t>(static_cast<size_t>(axes) - 1, 0);
}

}  // namespace

std::vector<int64_t> targets(const std::string& word, const Vocabulary& vocabulary) {
  std::vector<int64_t> ids = vocabulary.encode(word);
  ids.push_back(0);
  return ids;
}

void check_table_size(int64_t V, int64_t order) {
  if (V <= (order == 2 ? 4096 : 256)) return;
  throw ShapeError(fmt::format("{} different characters make a table of {}^{} cells, above the limit of {}",
                               V, V, order, kMostCells));
}

IntTensor count(const std::vector<std::string>& words, const Vocabulary& vocabulary, int64_t order) {
  const int64_t V = vocabulary.size();
  check_table_size(V, order);
  // cell: count
  const Examples examples = windows(words, vocabulary, order - 1);
  std::vector<IntTensor> cells = examples.x.unbind(1);  // one or two characters before
  cells.push_back(examples.y);                          // and the one that follows
  IntTensor N = zeros<int64_t>(order == 2 ? Shape{V, V} : Shape{V, V, V});
  index_put_(N, cells, ones<int64_t>({1}), /*accumulate=*/true);
  // end
  return N;
}

Likelihood nll(const DoubleTensor& P, const IntTensor& seen) {
  const DoubleTensor known = where(isnan(P), zeros_like(P), P);
  const DoubleTensor terms = seen.cast<double>() * log(known);
  return {-sum(where(seen > 0, terms, zeros_like(terms))).item(), sum(seen).item()};
}

std::string steps_text(const std::string& word, const Vocabulary& vocabulary, const DoubleTensor& P) {
  constexpr size_t kShown = 60;
  std::vector<int64_t> context = start_context(P.dim());
  const std::vector<int64_t> ids = targets(word, vocabulary);
  std::string text;
  for (size_t i = 0; i < std::min(ids.size(), kShown); ++i) {
    const double seen = row_of(P, context)[ids[i]].item(), p = std::isnan(seen) ? 0 : seen;
    text += fmt::format("  {}{}: {:.4f} {:.4f}\n", vocabulary.decode(context), vocabulary.symbol(ids[i]), p,
                        std::log(p));
    slide(context, ids[i]);
  }
  return text + (ids.size() > kShown ? "  ...\n" : "");
}

std::vector<std::string> sample(const Tensor& P, const Vocabulary& vocabulary, int64_t how_many,
                                Generator generator) {
  std::vector<std::string> names;
  for (int64_t i = 0; i < how_many; ++i) {
    // cell: sample a name
    std::vector<int64_t> context = start_context(P.dim());  // {0}: where a name starts
    std::vector<int64_t> name;
    do {
      const Tensor p = row_of(P, context);
      name.push_back(multinomial(p, 1, true, generator).item());
      slide(context, name.back());
    } while (name.back() != 0 && name.size() < kLongestSample);
    // end
    names.push_back(vocabulary.decode(name));
  }
  return names;
}

std::vector<Frequent> most_frequent(const IntTensor& N, const Vocabulary& vocabulary, int64_t how_many) {
  const auto [counts, cells] = sort(N.flatten(), 0, true);
  std::vector<Frequent> out;
  const int64_t V = vocabulary.size();
  for (int64_t i = 0; i < std::min(how_many, counts.numel()) && counts.at({i}) > 0; ++i) {
    std::vector<int64_t> ids;
    int64_t cell = cells.at({i});
    for (int axis = 0; axis < N.dim(); ++axis, cell /= V) ids.insert(ids.begin(), cell % V);
    out.push_back({vocabulary.decode(ids), counts.at({i})});
  }
  return out;
}

}  // namespace lt::apps
