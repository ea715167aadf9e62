#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include <libtensor/apps/common/memory.h>
#include <libtensor/apps/makemore/makemore.h>
#include <libtensor/tensor/ops.h>

namespace lt::apps::makemore {
namespace {

int64_t block_size_for(const Words& data, const Vocabulary& vocabulary) {
  int64_t longest = 0;
  for (const std::string& word : data.words) longest = std::max(longest, std::ssize(vocabulary.encode(word)));
  // x and y, and the lists that they are made of
  const double places = static_cast<double>(data.words.size()) * static_cast<double>(longest + 1);
  require_memory(fmt::format("{}: names of up to {} characters", data.source, longest),
                 4 * sizeof(int64_t) * places);
  return longest + 1;
}

std::vector<std::string> names_at(const Words& data, const IntTensor& order) {
  std::vector<std::string> names;
  for (const int64_t i : order.to_vector()) names.push_back(data.words[static_cast<size_t>(i)]);
  return names;
}

int64_t how_many_to_test(const Words& data) {
  const auto names = static_cast<int64_t>(data.words.size());
  if (names < 10)
    throw AppError(
        fmt::format("{}: {} names are too few: a tenth of them is kept for testing", data.source, names));
  return std::min<int64_t>(1000, names / 10);
}

}  // namespace

Dataset::Dataset(std::vector<std::string> names, const Vocabulary& vocabulary, int64_t block_size)
    : words(std::move(names)), known(words.begin(), words.end()) {
  const auto count = static_cast<int64_t>(words.size());
  // cell: rows
  std::vector<int64_t> inputs, targets;
  for (const std::string& word : words) {
    std::vector<int64_t> row = vocabulary.encode(word);
    const std::ptrdiff_t letters = std::ssize(row);
    row.insert(row.begin(), 0);
    row.resize(static_cast<size_t>(block_size), 0);  // 0, the letters, 0 ...
    inputs.insert(inputs.end(), row.begin(), row.end());
    std::rotate(row.begin(), row.begin() + 1, row.end());  // the letters, 0 ...
    std::fill(row.begin() + letters + 1, row.end(), -1);   // ... then nothing to predict
    targets.insert(targets.end(), row.begin(), row.end());
  }
  x = from_vector<int64_t>(inputs, {count, block_size});
  y = from_vector<int64_t>(targets, {count, block_size});
  // end
}

std::string Dataset::first_words(int64_t count) const {
  return fmt::format("{}", fmt::join(words.begin(), words.begin() + std::min(count, std::ssize(words)), " "));
}

Datasets::Datasets(Run& run, const Words& data, Generator& generator)
    : vocabulary(Vocabulary::of(data)),
      block_size(block_size_for(data, vocabulary)),
      train({}, vocabulary, block_size),
      test({}, vocabulary, block_size) {
  const int64_t tested = how_many_to_test(data);
  // cell: split
  const IntTensor order = randperm(static_cast<int64_t>(data.words.size()), generator);
  const int64_t trained = order.size(0) - tested;
  train = Dataset(names_at(data, order.narrow(0, 0, trained)), vocabulary, block_size);
  test = Dataset(names_at(data, order.narrow(0, trained, tested)), vocabulary, block_size);
  // end
  run.log().write("examples", {{"train", trained}, {"test", tested}});
}

ModelConfig config_of(const Flags& flags, const Datasets& data) {
  return {data.vocabulary.size(), data.block_size, flags.n_layer, flags.n_head, flags.n_embd, flags.n_embd2};
}

Generator data_loader(const Run& run, Generator& generator) {
  random_(empty<int64_t>(Shape{}), generator);  // the workers'
  const IntTensor seed = random_(empty<int64_t>(Shape{}), generator);
  return run.generator(static_cast<uint64_t>(seed.item()));
}

std::vector<std::string> generate(Model& model, const Datasets& data, int64_t how_many, int64_t top_k,
                                  Generator& generator) {
  std::vector<std::string> names;
  if (how_many == 0) return names;
  const NoGrad no_grad;
  // cell: generate
  IntTensor idx = zeros<int64_t>({how_many, 1});  // all begin with "."
  for (int64_t i = 0; i < data.block_size - 1; ++i) {
    Tensor logits = model.forward(idx).data().select(1, -1);  // (how_many, vocab_size)
    if (top_k > 0) {
      const int64_t k = std::min(top_k, logits.size(1));
      const Tensor least = topk(logits, k).values.narrow(1, k - 1, 1);
      logits = masked_fill(logits, logits < least, -std::numeric_limits<float>::infinity());
    }
    idx = cat({idx, multinomial(softmax(logits, 1), 1, false, generator)}, 1);
  }
  // end
  for (int64_t i = 0; i < how_many; ++i) {
    std::vector<int64_t> ids = idx[i].narrow(0, 1, data.block_size - 1).to_vector();
    ids.erase(std::find(ids.begin(), ids.end(), 0), ids.end());
    names.push_back(data.vocabulary.decode(ids) + ".");
  }
  return names;
}

}  // namespace lt::apps::makemore
