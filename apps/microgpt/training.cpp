#include <algorithm>
#include <cmath>

#include <libtensor/apps/microgpt/microgpt.h>
#include <libtensor/tensor/creation.h>

// What is the same on scalars and on tensors.

namespace lt::apps::microgpt {

void declare(Options& options, Flags& flags) {
  options.flags.seed = 42;
  options.flags.samples = 20;
  options.leave_out({"--sampling", "--profile"});  // numbers come from Python's stream
  options.add("--engine scalar|tensor", flags.engine,
              "what it computes on: a graph of numbers, or of tensors", {.selects = true});
  options.add_training(flags.training);
  options.add("--layers N", flags.sizes.layers, "attention and MLP, so many times", {.min = 1, .max = 64});
  options.add("--embed N", flags.sizes.embed, "numbers at each position", {.min = 1, .max = 4096});
  options.add("--heads N", flags.sizes.heads, "of each attention; --embed is shared among them",
              {.min = 1, .max = 4096});
  options.add("--block N", flags.sizes.block, "positions: the longest name that it can learn and make",
              {.min = 1, .max = 4096});
  options.add("--temperature T", flags.temperature, "of sampling: below 1 it dares less",
              {.group = "Random numbers", .min = 0, .above_min = true});
}

// cell: tokens
Ids Tokenizer::encode(const std::string& name) const {
  Ids ids{mark()};
  for (const int64_t symbol : vocabulary.encode(name)) ids.push_back(symbol - 1);
  ids.push_back(mark());
  return ids;
}
// end

// cell: weights
Weights draw_weights(const Sizes& sizes, PythonRandom& random) {
  const auto matrix = [&](int64_t rows, int64_t columns) {
    DoubleTensor drawn = zeros<double>({rows, columns});
    for (double& number : drawn.mutable_span()) number = random.gauss(0, 0.08);
    return drawn;
  };
  const int64_t embed = sizes.embed;
  Weights weights;
  weights.emplace_back("wte", matrix(sizes.vocabulary, embed));
  weights.emplace_back("wpe", matrix(sizes.block, embed));
  weights.emplace_back("head", matrix(sizes.vocabulary, embed));
  for (int64_t i = 0; i < sizes.layers; ++i) {
    for (const char* name : {"wq", "wk", "wv", "wo"}) weights.emplace_back(name, matrix(embed, embed));
    weights.emplace_back("up", matrix(4 * embed, embed));
    weights.emplace_back("down", matrix(embed, 4 * embed));
  }
  return weights;
}
// end

// cell: adam
void Adam::update(Model& model, int64_t step, double rate) {
  const double m_share = 1 - std::pow(0.85, static_cast<double>(step + 1));  // what is not their start at 0
  const double v_share = 1 - std::pow(0.99, static_cast<double>(step + 1));
  for (size_t i = 0; i < m.size(); ++i) {
    const double gradient = model.gradients[i];
    m[i] = 0.85 * m[i] + (1 - 0.85) * gradient;             // where it has been going
    v[i] = 0.99 * v[i] + (1 - 0.99) * gradient * gradient;  // how large the gradients are
    *model.parameters[i] -= rate * (m[i] / m_share) / (std::sqrt(v[i] / v_share) + 1e-8);
  }
}
// end

Names batch_of(const Names& names, int64_t step, int64_t size) {
  Names batch;
  for (int64_t i = 0; i < size; ++i)
    batch.push_back(names[static_cast<size_t>((step * size + i) % std::ssize(names))]);
  return batch;
}

// cell: sample
namespace {
// One of the ids 0, 1, ... with these odds, as Python's random.choices.
int64_t choose(const Numbers& odds, PythonRandom& random) {
  Numbers sums;
  for (const double of_one : odds) sums.push_back(of_one + (sums.empty() ? 0 : sums.back()));
  const double at = random.random() * sums.back();
  return std::upper_bound(sums.begin(), sums.end() - 1, at) - sums.begin();
}
}  // namespace

std::string sample(Model& model, const Tokenizer& tokenizer, double temperature, PythonRandom& random) {
  Ids ids{tokenizer.mark()};
  std::string name;
  while (std::ssize(ids) <= model.sizes.block) {
    Numbers odds = model.logits(ids);
    for (double& x : odds) x *= 1 / temperature;
    const double most = *std::ranges::max_element(odds);
    for (double& x : odds) x = std::exp(x - most);
    ids.push_back(choose(odds, random));
    if (ids.back() == tokenizer.mark()) break;
    name += tokenizer.letter(ids.back());
  }
  return name;
}
// end

}  // namespace lt::apps::microgpt
