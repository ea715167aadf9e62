#include <fmt/format.h>

#include <optional>

#include <libtensor/apps/wavenet/wavenet.h>
#include <libtensor/nn/conv1d.h>

// Exercise 3: WaveNet as in the paper (van den Oord et al., "WaveNet: a generative model for raw audio",
// 2016).

namespace lt::apps::wavenet {
namespace {

// cell: gated block
struct GatedBlock {
  GatedBlock(int64_t channels, int64_t dilation, bool is_last, Generator& g)
      : filter(channels, channels, 2, {.dilation = dilation, .causal = true}, g),
        gate(channels, channels, 2, {.dilation = dilation, .causal = true}, g),
        skip(channels, channels, 1, g) {
    if (!is_last) residual.emplace(channels, channels, 1, g);  // after the last one comes no other
  }
  // What goes on to the next block, and what goes straight to the end.
  std::pair<Variable, Variable> operator()(const Variable& x) {
    const Variable z = tanh(filter(x)) * sigmoid(gate(x));
    return {residual ? x + (*residual)(z) : x, skip(z)};
  }

  nn::Conv1d filter, gate, skip;
  std::optional<nn::Conv1d> residual;
};

struct GatedNet {
  GatedNet(const Sizes& sizes, Generator& g) : embedding(randn({sizes.vocabulary, sizes.hidden}, g), true) {
    for (int64_t dilation = 1; dilation < sizes.block; dilation *= 2)
      blocks.emplace_back(sizes.hidden, dilation, 2 * dilation >= sizes.block, g);
    head.emplace_back(sizes.hidden, sizes.hidden, 1, g);
    head.emplace_back(sizes.hidden, sizes.vocabulary, 1, g);
  }
  // shapes: X (n, block) -> (n, vocabulary): what follows the last place, which sees the whole window
  Variable operator()(const IntTensor& X) {
    Variable x = embedding[X].transpose(1, 2);  // (n, channels, time)
    Variable skips;
    for (GatedBlock& block : blocks) {
      const auto [next, skip] = block(x);
      skips = skips.defined() ? skips + skip : skip;
      x = next;
    }
    const Variable last = skips.narrow(2, X.size(1) - 1, 1);
    return head[1](relu(head[0](relu(last)))).squeeze(2);
  }
  // end
  Parameters parameters() {
    Parameters all = {{"embedding", embedding}};
    for (size_t i = 0; i < blocks.size(); ++i) {
      GatedBlock& b = blocks[i];
      add(all, fmt::format("blocks.{}.filter", i), b.filter);
      add(all, fmt::format("blocks.{}.gate", i), b.gate);
      add(all, fmt::format("blocks.{}.skip", i), b.skip);
      if (b.residual) add(all, fmt::format("blocks.{}.residual", i), *b.residual);
    }
    for (size_t i = 0; i < head.size(); ++i) add(all, fmt::format("head.{}", i), head[i]);
    return all;
  }
  static void add(Parameters& all, const std::string& name, nn::Conv1d& conv) {
    for (const auto& [part, p] : conv.named_parameters()) all.emplace_back(name + "." + part, p);
  }

  Variable embedding;
  std::vector<GatedBlock> blocks;
  std::vector<nn::Conv1d> head;
};

}  // namespace

void gated(Run& run, const Flags& flags, const Words& data, const Splits& splits) {
  run.heading("Exercise 3: gates, residual and skip connections");
  run.say(
      "The paper's layers are dilated causal convolutions, as the tree is. Each block has two of them: a "
      "tanh says what to pass on, a sigmoid between 0 and 1 how much of it (the gate). What a block finds is "
      "added to its own input (residual), so that gradients reach the first block unweakened, and to a sum "
      "over all blocks (skip), from which the logits come. There is no batch normalisation.");
  run.cell("gated block");
  Generator g = run.generator(run.flags().seed);
  GatedNet model(flags.sizes(splits.vocabulary), g);
  Parameters parameters = model.parameters();
  run.parameters(count_parameters(parameters));
  const auto evaluate = [&](const IntTensor& X) { return model(X); };
  Steps steps = run.steps(flags.training, {.parameters = parameters, .generator = &g});
  steps.watch([&] { return how_far(run, evaluate, splits); });
  for (Step& step : steps) {
    const auto [Xb, Yb] = minibatch(splits.train, flags.training.batch, g);
    const Variable loss = cross_entropy(model(Xb), Yb);
    step.loss(loss);
    for (const auto& [name, p] : parameters) p.zero_grad();
    loss.backward();
    for (auto& [name, p] : parameters) p.data() -= step.rate() * p.grad();
  }
  if (!steps.done()) return;
  show_losses(run, steps.losses(), flags.training.decay_at);
  run.heading("How well it does");
  show_splits(run, evaluate, splits);
  draw_names(run, evaluate, splits, data, g);
  run.try_next({{"wavenet", "the lecture's tree, to compare"}});
}

}  // namespace lt::apps::wavenet
