#include <libtensor/apps/bigram_net/model.h>

#include <fmt/format.h>

#include <libtensor/apps/common/counts.h>
#include <libtensor/apps/common/mlp_net.h>
#include <libtensor/apps/common/training.h>

namespace lt::apps::bigram_net {

std::string Data::text(int64_t example, const Vocabulary& vocabulary) const {
  const int64_t id = x.at({example});
  const int64_t size = vocabulary.size();
  return order == 2 ? vocabulary.symbol(id) : vocabulary.symbol(id / size) + vocabulary.symbol(id % size);
}

Data encode(const std::vector<std::string>& words, const Vocabulary& vocabulary, int64_t order) {
  const auto [x, y] = windows(words, vocabulary, order - 1);
  IntTensor ids = x.select(1, 0);
  for (int64_t i = 1; i < order - 1; ++i) ids = ids * vocabulary.size() + x.select(1, i);
  return {.x = ids.contiguous(), .y = y, .val_x = {}, .val_y = {}, .order = order};
}

Examples batch_of(const Data& data, int64_t size, Generator& generator) {
  const Examples all{data.x, data.y};
  return size == 0 ? all : minibatch(all, size, generator);
}

Data load(Run& run, const Words& words, const Vocabulary& vocabulary, int64_t order) {
  if (order == 2) {
    Data data = encode(words.words, vocabulary, order);
    run.log().write("examples", {{"train", data.y.numel()}});
    return data;
  }
  const Split split = split_words(words.words);
  if (split.train.empty() || split.val.empty()) {
    throw AppError(fmt::format("--order 3 trains on four fifths of the names: {} has too few", words.source));
  }
  Data data = encode(split.train, vocabulary, order);
  const Data val = encode(split.val, vocabulary, order);
  data.val_x = val.x;
  data.val_y = val.y;
  run.log().write("examples", {{"train", data.y.numel()}, {"val", val.y.numel()}});
  return data;
}

bool Settings::is_lecture(const Run& run) const {
  const Settings lecture;
  return training.batch == lecture.training.batch && training.decay_at == lecture.training.decay_at &&
         run.flags().seed == CommonFlags().seed;
}

Model::Model(int64_t vocabulary, int64_t model_order, Generator& generator) : order(model_order) {
  constexpr int64_t kMost = int64_t{1} << 24;
  int64_t rows = 1;
  for (int64_t i = 1; i < order; ++i) rows *= vocabulary;
  if (rows * vocabulary > kMost) {
    throw ShapeError(fmt::format("bigram_net: {} characters at order {} want {} numbers; {} is the most",
                                 vocabulary, order, rows * vocabulary, kMost));
  }
  W = Variable(randn({rows, vocabulary}, generator), true);
}

Variable Model::logits(const IntTensor& x, bool one_hot_product) const {
  if (!one_hot_product) return embedding(W, x);
  return matmul(Variable(one_hot(x, W.size(0)).cast<float>()), W);
}

std::vector<std::string> Model::sample(const Vocabulary& vocabulary, int64_t how_many,
                                       Generator generator) const {
  const int64_t size = vocabulary.size();
  const Tensor P = softmax(W.data(), 1);
  return lt::apps::sample(order == 2 ? P : P.view({size, size, size}), vocabulary, how_many, generator);
}

Trained fit(Run& run, const Data& data, const Vocabulary& vocabulary, const Settings& settings) {
  Generator generator = run.generator(run.flags().seed);
  Trained result{.model = Model(vocabulary.size(), settings.order, generator), .losses = {}};
  const Model& model = result.model;
  run.log().write("params", {{"count", model.W.numel()}});
  nn::SGD sgd({model.W}, settings.training.lr);
  const auto reg = static_cast<float>(settings.reg);
  const Course course{
      .name = "train",
      .setup = fmt::format("bigram_net order {} reg {} batch {} seed {} names {}", settings.order,
                           settings.reg, settings.training.batch, run.flags().seed, settings.data),
      .optimizer = sgd,
      .generator = generator,
      .parameters = {{"W", model.W}},
      .loss = [&] {
        const auto [x, y] = batch_of(data, settings.training.batch, generator);
        const Variable loss = cross_entropy(model.logits(x, settings.one_hot), y);
        return reg > 0 ? loss + mean(square(model.W)) * reg : loss;
      }};
  const History history = train(run, settings.training, course);
  result.losses = history.losses;
  result.stopped = history.stopped;
  return result;
}

double plain_loss(const Model& model, const IntTensor& x, const IntTensor& y) {
  const NoGrad no_grad;
  return cross_entropy(model.logits(x), y).item();
}

}  // namespace lt::apps::bigram_net
