#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include <libtensor/apps/wavenet/wavenet.h>
#include <libtensor/nn/conv1d.h>

// What the windows of a name have in common, and the names that a network makes up.

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

bool has_norms_by_place(const Sequential& model) {
  return std::ranges::any_of(model.layers, [](const auto& layer) {
    const auto buffers = layer->buffers();
    return !buffers.empty() && buffers[0].second.dim() == 3;
  });
}

// The network's layers, slid over a text.
//   shapes: text (time) -> (1, vocabulary, time)
Variable convolve(const Sequential& model, const IntTensor& text) {
  // cell: convolution
  Variable x = (*model.embedding)(text).t().unsqueeze(0);  // (1, channels, time)
  int64_t dilation = 1;
  for (const auto& layer : model.layers) {
    if (const auto* linear = dynamic_cast<const Linear*>(layer.get())) {
      const int64_t in = x.size(1), out = linear->weight.size(1);
      const int64_t kernel = linear->weight.size(0) / in;  // as many nodes as it joins
      nn::Conv1d conv(in, out, kernel, {.bias = false, .dilation = dilation, .causal = true});
      // weight[o, i, k]: of node k, whose channels are the Linear's rows from k * in on
      conv.weight = linear->weight.view({kernel, in, out}).permute({2, 1, 0});
      x = conv(x);
      if (linear->bias.defined()) x = x + linear->bias.unsqueeze(1);
      dilation *= kernel;
    } else if (layer->name() != "FlattenConsecutive") {
      x = (*layer)(x.transpose(1, 2)).transpose(1, 2);
    }
  }
  return x;
  // end
}

}  // namespace

void check_windows(Run& run, Sequential& model, const Sizes& sizes, const Words& data,
                   const Vocabulary& vocabulary) {
  const std::string name = name_to_look_at(data, vocabulary);
  run.heading("One window after the other, or all at once");
  run.say(
      fmt::format("`{}` and its end give {} windows. In evaluation no window knows of another: one by one or "
                  "as a batch, their logits are the same.",
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
  run.heading("The network is a convolution");
  if (has_norms_by_place(model)) {
    return run.say(
        "Not this one: with the bug a norm has other statistics at each place of its window, so what a node "
        "gives depends on where it stands. A convolution gives the same wherever it stands. Without --bn-bug "
        "the tree is one.");
  }
  run.say(sizes.flat ? "A layer that joins the whole context is a kernel as long as that, slid over the "
                       "name: it makes the same products, and none is shared."
                     : "Windows that follow each other share most of their pairs and fours, and a batch "
                       "computes these again and again. A convolution slides a layer's weights over the "
                       "whole name and computes each once. A layer that joins two nodes is a kernel of 2. "
                       "Two neighbours of the second layer lie 2 apart, of the third 4: its dilation. "
                       "Causal: no place sees what comes after it.");
  const NoGrad no_grad;
  // cell: slide
  const Examples all = windows({name_to_look_at(data, vocabulary)}, vocabulary, sizes.block);
  const int64_t count = all.y.size(0);
  // the first window, then the letters by which the others differ from it
  const IntTensor text = cat({all.x[0], all.y.narrow(0, 0, count - 1)}, 0);
  const Variable convolved = convolve(model, text).squeeze(0).t().narrow(0, sizes.block - 1, count);
  // end
  run.cell("convolution");
  run.cell("slide");
  run.result("largest difference, convolved", largest((model(all.x) - convolved).data()));
  int64_t of_one = 0, shared = 0;
  const int64_t joined = sizes.flat ? sizes.block : 2;
  for (int64_t span = joined; span <= sizes.block && of_one < sizes.block; span *= joined) {
    of_one += sizes.block / span;
    shared += count + sizes.block - span;
  }
  run.result("nodes, windows apart", of_one * count);
  run.result("nodes, shared", shared);
  if (!sizes.flat)
    run.say(fmt::format("In a long text each new character costs {} nodes, in windows apart {}.",
                        std::countr_zero(static_cast<uint64_t>(sizes.block)), of_one));
}

// The names come from the stream of the training, which goes on.
void draw_names(Run& run, const Logits& logits, const Splits& splits, const Words& data,
                const Generator& training) {
  if (run.flags().samples == 0) return;
  run.heading("Names");
  run.say("Drawn from the random stream of the training, which goes on; --sample-seed N starts another.");
  const uint64_t seed = run.flags().sample_seed;
  run.samples(sample_names(logits, splits.vocabulary, splits.block, run.flags().samples,
                           seed == 0 ? training : run.generator(seed)),
              data.words);
}

}  // namespace lt::apps::wavenet
