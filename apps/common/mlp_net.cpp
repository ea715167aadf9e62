#include <libtensor/apps/common/mlp_net.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace lt::apps {
namespace {

constexpr int64_t kSplitRows = 4096;  // of a split loss: their activations stay in the second-level cache

Variable drawn(const Shape& shape, float scale, Generator& generator) {
  return Variable(randn(shape, generator) * scale, true);
}

}  // namespace

void declare_mlp(Options& options, MlpFlags& flags) {
  options.flags.samples = 20;
  options.flags.sample_seed = 2147483657;
  options.add_training(flags.training);
  options.add("--block N", flags.block, "characters of context", {.min = 1, .max = 64});
  options.add("--embed N", flags.embed, "numbers in an embedding", {.min = 1, .max = 4096});
  options.add("--hidden N", flags.hidden, "units of the tanh layer", {.min = 1, .max = 65536});
}

MlpScales mlp_scales(const std::string& stage, const MlpSizes& sizes) {
  const int64_t fan_in = sizes.block * sizes.embed;
  MlpScales by;
  if (stage == "original") return by;
  // cell: softmax
  by.W2 = 0.01F;
  by.b2 = 0;
  // end
  if (stage == "softmax") return by;
  // cell: tanh
  by.W1 = 0.2F;
  by.b1 = 0.01F;
  // end
  if (stage == "tanh") return by;
  // cell: kaiming
  by.W1 = static_cast<float>((5.0 / 3) / std::sqrt(static_cast<double>(fan_in)));
  // end
  if (stage == "kaiming" || stage == "batchnorm") return by;
  throw ValueError(fmt::format("mlp_scales: no stage is called \"{}\"", stage));
}

// Of a parameter its gradient and the update besides; of an example what forward keeps and backward adds, or
// in a split loss half of that.
double bytes_to_train(const MlpSizes& sizes, int64_t batch) {
  const auto inputs = static_cast<double>(sizes.block * sizes.embed);
  const auto hidden = static_cast<double>(sizes.hidden);
  const auto vocabulary = static_cast<double>(sizes.vocabulary);
  const double examples = static_cast<double>(std::max(batch, kSplitRows / 2));
  return sizeof(float) *
         (3 * (inputs + vocabulary) * hidden + examples * (2 * inputs + 4 * hidden + 4 * vocabulary));
}

MlpNet::MlpNet(const MlpSizes& net_sizes, const MlpScales& scales, Generator& generator, bool direct)
    : sizes(net_sizes) {
  const int64_t inputs = sizes.block * sizes.embed;
  C = drawn({sizes.vocabulary, sizes.embed}, 1, generator);
  W1 = drawn({inputs, sizes.hidden}, scales.W1, generator);
  b1 = drawn(sizes.hidden, scales.b1, generator);
  W2 = drawn({sizes.hidden, sizes.vocabulary}, scales.W2, generator);
  b2 = drawn(sizes.vocabulary, scales.b2, generator);
  if (direct) W0 = drawn({inputs, sizes.vocabulary}, 1, generator);
}

Variable MlpNet::embeddings(const IntTensor& x) const {
  return embedding(C, x).view({x.size(0), sizes.block * sizes.embed});
}

Variable MlpNet::preactivations(const IntTensor& x) const { return addmm(b1, embeddings(x), W1); }

Variable MlpNet::logits(const IntTensor& x) const {
  const Variable emb = embeddings(x);
  const Variable h = tanh(addmm(b1, emb, W1));  // emb @ W1 + b1, in one pass
  const Variable out = addmm(b2, h, W2);
  return W0.defined() ? out + matmul(emb, W0) : out;
}

std::vector<std::pair<std::string, Variable>> MlpNet::parameters() const {
  std::vector<std::pair<std::string, Variable>> all = {
      {"C", C}, {"W1", W1}, {"b1", b1}, {"W2", W2}, {"b2", b2}};
  if (W0.defined()) all.emplace_back("W0", W0);
  return all;
}

std::vector<Variable> variables(const std::vector<std::pair<std::string, Variable>>& named) {
  std::vector<Variable> all;
  for (const auto& [name, variable] : named) all.push_back(variable);
  return all;
}

int64_t count_parameters(const std::vector<std::pair<std::string, Variable>>& parameters) {
  int64_t count = 0;
  for (const auto& [name, parameter] : parameters) count += parameter.numel();
  return count;
}

Examples minibatch(const Examples& examples, int64_t size, Generator& generator) {
  const IntTensor ix = randint(0, examples.y.size(0), size, generator);
  return {examples.x[ix], examples.y[ix]};
}

double split_loss(const Logits& logits, const Examples& examples) {
  const NoGrad no_grad;
  double total = 0;
  const int64_t count = examples.y.size(0);
  for (int64_t first = 0; first < count; first += kSplitRows) {
    const int64_t rows = std::min(kSplitRows, count - first);
    const Variable loss =
        cross_entropy(logits(examples.x.narrow(0, first, rows)), examples.y.narrow(0, first, rows));
    total += static_cast<double>(loss.item()) * static_cast<double>(rows);
  }
  return total / static_cast<double>(count);
}

std::vector<std::string> sample_names(const Logits& logits, const Vocabulary& vocabulary, int64_t block,
                                      int64_t how_many, Generator generator) {
  constexpr size_t kLongest = 1000;
  const NoGrad no_grad;
  std::vector<std::string> names;
  for (int64_t i = 0; i < how_many; ++i) {
    // cell: sample
    std::vector<int64_t> ids;
    std::vector<int64_t> context(static_cast<size_t>(block), 0);
    do {
      const Tensor p = softmax(logits(from_vector<int64_t>(context, {1, block})).data(), 1);
      ids.push_back(multinomial(p, 1, false, generator).item());
      std::rotate(context.begin(), context.begin() + 1, context.end());
      context.back() = ids.back();
    } while (ids.back() != 0 && ids.size() < kLongest);
    // end
    names.push_back(vocabulary.decode(ids));
  }
  return names;
}

}  // namespace lt::apps
