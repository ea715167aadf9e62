#include <fmt/format.h>

#include <algorithm>

#include <libtensor/apps/wavenet/wavenet.h>
#include <libtensor/nn/conv1d.h>

// The shapes inside of a network, and what its windows have in common.

namespace lt::apps::wavenet {
namespace {

// The lecture's name, or where it cannot be written, the data's first.
std::string name_to_look_at(const Words& data, const Vocabulary& vocabulary) {
  const std::string lectures = "diondre";
  try {
    vocabulary.encode(lectures);
  } catch (const IndexError&) {
    return data.words.front();
  }
  return lectures;
}

double largest(const Tensor& x) { return amax(abs(x)).item(); }

}  // namespace

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

void check_windows(Run& run, Sequential& model, const Sizes& sizes, const Words& data,
                   const Vocabulary& vocabulary) {
  const std::string name = name_to_look_at(data, vocabulary);
  run.heading("One window after the other, or all at once");
  run.say(
      fmt::format("`{}` and its end give {} windows. In evaluation no window knows of another: one by one "
                  "or as a batch, their logits are the same.",
                  name, vocabulary.encode(name).size() + 1));
  const NoGrad no_grad;
  // cell: one by one
  const Examples all = windows({name}, vocabulary, sizes.block);
  std::vector<Tensor> logits;
  for (int64_t i = 0; i < all.x.size(0); ++i) logits.push_back(model(all.x.narrow(0, i, 1)).data());
  const Tensor one_by_one = cat(logits, 0);
  const Tensor at_once = model(all.x).data();
  // end
  run.cell("one by one");
  run.result("shape of the logits", to_string(at_once.shape()));
  run.result("largest logit", largest(at_once));
  run.result("largest difference", largest(one_by_one - at_once));
}

void compare_convolution(Run& run, Sequential& model, const Sizes& sizes, const Words& data,
                         const Vocabulary& vocabulary) {
  const std::string name = name_to_look_at(data, vocabulary);
  run.heading("The tree is a convolution");
  run.say(
      "Windows that follow each other share most of their pairs and fours, and the batch computes them again "
      "and again. A convolution slides a layer's weights over the whole name and computes each once. A layer "
      "that joins two nodes is a kernel of 2; two neighbours of the second layer lie 2 apart, of the third "
      "4: "
      "its dilation. Causal: no place sees what comes after it.");
  const NoGrad no_grad;
  // cell: convolution
  const Examples all = windows({name}, vocabulary, sizes.block);
  // the first window, then the letters by which the others differ from it
  const IntTensor text = cat({all.x[0], all.y.narrow(0, 0, all.y.size(0) - 1)}, 0);
  Variable x = (*model.embedding)(text).t().unsqueeze(0);  // (1, channels, time)
  int64_t dilation = 1;
  for (const auto& layer : model.layers) {
    if (const auto* linear = dynamic_cast<const Linear*>(layer.get())) {
      const bool joins = x.size(1) != linear->weight.size(0);  // the last Linear joins nothing
      const int64_t kernel = joins ? 2 : 1;
      nn::Conv1d conv(x.size(1), linear->weight.size(1), kernel,
                      {.bias = false, .dilation = joins ? dilation : 1, .causal = true});
      // weight[out, in, k]: of node k, which lies at rows k * in of the Linear's
      conv.weight = linear->weight.view({kernel, x.size(1), linear->weight.size(1)}).permute({2, 1, 0});
      x = conv(x);
      if (linear->bias.defined()) x = x + linear->bias.unsqueeze(1);
      if (joins) dilation *= 2;
    } else if (layer->name() != "FlattenConsecutive") {
      x = (*layer)(x.transpose(1, 2)).transpose(1, 2);
    }
  }
  const Variable tree = model(all.x);
  const Variable convolved = x.squeeze(0).t().narrow(0, sizes.block - 1, all.y.size(0));
  // end
  run.cell("convolution");
  run.result("largest difference, convolved", largest((tree - convolved).data()));
  const int64_t count = all.y.size(0);
  int64_t apart = 0, shared = 0;
  for (int64_t span = 2; span <= sizes.block; span *= 2) {
    apart += count * (sizes.block / span);
    shared += count + sizes.block - span;
  }
  run.result("nodes, windows apart", apart);
  run.result("nodes, shared", shared);
  run.say("A training text is one long window of windows: there a convolution saves most of the work.");
}

}  // namespace lt::apps::wavenet
