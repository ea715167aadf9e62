#include <fmt/format.h>

#include <libtensor/apps/wavenet/wavenet.h>

// The shapes inside of a network, and what the lecture's bug does to them.

namespace lt::apps::wavenet {

void show_shapes(Run& run, const Sequential& model, const IntTensor& X) {
  run.heading("Shapes");
  run.say(
      "Batch, time, channels: each FlattenConsecutive halves the time and doubles the channels, each Linear "
      "brings these to the hidden size. matmul works on the last axis, whatever stands before it.");
  run.result("batch of contexts", to_string(X.shape()));
  run.result("0 Embedding", to_string((*model.embedding)(X).shape()));
  for (size_t i = 0; i < model.layers.size(); ++i)
    run.result(fmt::format("{} {}", i + 1, model.layers[i]->name()), to_string(model.layers[i]->shape));
}

void show_bug(Run& run, Sizes sizes, const IntTensor& X) {
  run.heading("The bug in BatchNorm1d");
  run.say(
      "In the inner layers x is (batch, time, channels). A mean over axis 0 alone gives every place in time "
      "statistics of its own: broadcasting lets it run, and it trains a little worse. Over axes 0 and 1 a "
      "channel has one mean, from more numbers, so a steadier one.");
  run.cell("norm");
  for (const bool bug : {true, false}) {
    sizes.bn_bug = bug;
    Generator g = run.generator(run.flags().seed);
    Sequential model = make_network(sizes, g);
    model(X);
    const std::string which = bug ? "the bug" : "mended";
    for (size_t i = 0; i < model.layers.size(); ++i) {
      const Buffers buffers = model.layers[i]->buffers();
      if (!buffers.empty())
        run.result(fmt::format("{}: running_mean of layer {}", which, i + 1),
                   to_string(buffers[0].second.shape()));
    }
    const Layer& first = *model.layers[2];
    run.result(which + ": numbers in a mean of layer 3",
               numel(first.shape) / first.buffers()[0].second.numel());
  }
}

}  // namespace lt::apps::wavenet
