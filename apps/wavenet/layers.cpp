#include <libtensor/apps/wavenet/layers.h>

#include <fmt/format.h>

namespace lt::apps::wavenet {
namespace {

std::unique_ptr<Layer> make_norm(int64_t dim, int64_t time, bool bug) {
  // cell: norm
  if (bug && time > 1) return std::make_unique<BatchNorm1d>(dim, Dims{0}, Shape{1, time, dim});
  const Dims all_but_channels = time > 1 ? Dims{0, 1} : Dims{0};
  // in one pass, with the same result
  return std::make_unique<FusedBatchNorm1d>(dim, all_but_channels, Shape(dim));
  // end
}

}  // namespace

Variable Sequential::operator()(const IntTensor& X) {
  // cell: sequential
  Variable x = (*embedding)(X);
  for (const auto& layer : layers) {
    x = (*layer)(x);
    layer->shape = x.shape();
  }
  return x;
  // end
}

void Sequential::train(bool training) {
  for (const auto& layer : layers) layer->training = training;
}

Parameters Sequential::parameters() const {
  Parameters all = {{"0.weight", embedding->weight}};
  for (size_t i = 0; i < layers.size(); ++i) {
    for (const auto& [name, p] : layers[i]->parameters())
      all.emplace_back(fmt::format("{}.{}", i + 1, name), p);
  }
  return all;
}

Buffers Sequential::buffers() const {
  Buffers all;
  for (size_t i = 0; i < layers.size(); ++i) {
    for (const auto& [name, b] : layers[i]->buffers()) all.emplace_back(fmt::format("{}.{}", i + 1, name), b);
  }
  return all;
}

Sequential make_network(const Sizes& sizes, Generator& g) {
  Sequential model;
  // cell: network
  model.embedding = std::make_unique<Embedding>(sizes.vocabulary, sizes.embed, g);
  int64_t time = sizes.block, channels = sizes.embed;
  do {
    const int64_t n = sizes.flat ? sizes.block : 2;
    time /= n;
    model.layers.push_back(std::make_unique<FlattenConsecutive>(n));
    model.layers.push_back(std::make_unique<Linear>(channels * n, sizes.hidden, g, false));
    model.layers.push_back(make_norm(sizes.hidden, time, sizes.bn_bug));
    model.layers.push_back(std::make_unique<Tanh>());
    if (sizes.dropout > 0) model.layers.push_back(std::make_unique<Dropout>(sizes.dropout, g));
    channels = sizes.hidden;
  } while (time > 1);
  auto last = std::make_unique<Linear>(sizes.hidden, sizes.vocabulary, g, true);
  last->weight.data() *= 0.1F;  // less confident at the start
  model.layers.push_back(std::move(last));
  // end
  return model;
}

}  // namespace lt::apps::wavenet
