// Lecture 6, "Building a WaveNet": layers as classes, and a tree of them that joins a context slowly.
//
//   wavenet                  the tree with 24 and 128 numbers, trained for 200,000 steps
//   wavenet --arch flat --embed 10 --hidden 200
//                            all eight characters joined at once
//   wavenet --table          the lecture's five networks
//   wavenet --shapes         what each layer gives
//   wavenet --check-conv     the tree as a convolution
//   wavenet --exercise 1     the last network with dropout, to beat its val loss
//   wavenet --exercise 3     the paper's gates, residual and skip connections

#include <fmt/format.h>

#include <algorithm>

#include <libtensor/apps/common/memory.h>
#include <libtensor/apps/wavenet/wavenet.h>

using namespace lt;
using namespace lt::apps;
using namespace lt::apps::wavenet;

namespace {

void show_windows(Run& run, const Splits& splits) {
  run.heading("A longer context");
  run.say(
      fmt::format("The windows of the first names of the training split, {} characters each:", splits.block));
  run.cell("windows");
  const auto& [X, Y] = splits.train;
  std::string lines;
  for (int64_t i = 0; i < std::min<int64_t>(20, X.size(0)); ++i) {
    lines += fmt::format("  {} ---> {}\n", splits.vocabulary.decode(X[i].to_vector()),
                         splits.vocabulary.symbol(Y.at({i})));
  }
  run.print(lines);
}

void show_layers(Run& run, const Flags& flags) {
  run.heading("Layers as classes");
  run.say(
      "The lecture writes its layers as PyTorch has them: a class each, with parameters that are trained and "
      "buffers that are not. A network is a list of them.");
  run.cell("layers");
  run.cell("sequential");
  run.say(
      "A flat network joins the whole context in its first layer, all of it squashed into one vector at "
      "once. WaveNet (van den Oord et al., 2016) joins two neighbours, then two pairs, then two fours: a "
      "tree, whose layers each see twice as much.");
  run.cell("network");
  if (flags.arch == "flat") run.say("Here: the flat one (--arch flat).");
}

Trained train(Run& run, const TrainingFlags& training, const Splits& splits, Sequential model, Generator& g,
              const std::string& task) {
  Parameters parameters = model.parameters();
  run.parameters(count_parameters(parameters));
  const auto& [Xtr, Ytr] = splits.train;
  const auto evaluate = [&](const IntTensor& X) {
    model.train(false);
    Variable logits = model(X);
    model.train(true);
    return logits;
  };
  Steps steps = run.steps(
      training, {.parameters = parameters, .generator = &g, .buffers = model.buffers(), .name = task});
  steps.watch([&] { return how_far(run, evaluate, splits); });
  // cell: train
  for (Step& step : steps) {
    // minibatch
    const IntTensor ix = randint(0, Xtr.size(0), training.batch, g);
    const IntTensor Xb = Xtr[ix], Yb = Ytr[ix];
    // forward pass
    const Variable logits = model(Xb);
    const Variable loss = cross_entropy(logits, Yb);
    step.loss(loss);
    // backward pass
    for (const auto& [name, p] : parameters) p.zero_grad();
    loss.backward();
    // update
    for (auto& [name, p] : parameters) p.data() -= step.rate() * p.grad();
  }
  // end
  model.train(false);
  return {std::move(model), steps.losses(), steps.done()};
}

void explain_dropout(Run& run, double share) {
  run.heading("Exercise 1: beat 1.993");
  run.say(fmt::format(
      "So much is the val loss of the lecture's last network, and its train loss is a fifth of a nat less: "
      "it has begun to know its names by heart. Dropout (Srivastava et al., 2014) makes that harder. While "
      "training, each number that a Tanh gives is set to 0 with probability {}, and the others are scaled "
      "up: no unit can rely on another's being there. A twentieth is enough; with a tenth this network "
      "learns "
      "too slowly for its 200,000 steps.",
      share));
  run.cell("dropout");
}

void learn(Run& run, const Flags& flags, const Words& data, const Splits& splits) {
  if (flags.dropout > 0) explain_dropout(run, flags.dropout);
  run.heading("Training");
  run.cell("train");
  const Sizes sizes = flags.sizes(splits.vocabulary);
  Generator g = run.generator(run.flags().seed);
  Trained trained = train(run, flags.training, splits, make_network(sizes, g), g, "train");
  if (!trained.done) return;
  show_losses(run, trained.losses, flags.training.decay_at);
  run.heading("How well it does");
  run.say(
      "In evaluation the norms take their running statistics; to forget model.train(false) is a usual "
      "mistake.");
  const auto evaluate = [&](const IntTensor& X) { return trained.model(X); };
  const double val = show_splits(run, evaluate, splits).val;
  const std::string lectures = run.reference(Run::kNoFlags, "val loss");
  if (flags.dropout > 0 && !lectures.empty())
    run.say(fmt::format("Val is {:.4f}; without dropout, after 200,000 steps, {}.", val, lectures));
  draw_names(run, evaluate, splits, data, g);
  check_windows(run, trained.model, sizes, data, splits.vocabulary);
  compare_convolution(run, trained.model, sizes, data, splits.vocabulary);
}

void lecture(Run& run, const Flags& flags) {
  refuse_sizes(flags);
  const auto units = static_cast<double>(flags.block * (flags.embed + flags.hidden));
  require_memory("--batch, --hidden, --embed and --block",
                 bytes_to_train({.block = flags.block, .embed = flags.embed, .hidden = flags.hidden},
                                flags.training.batch) +
                     60 * units * static_cast<double>(std::max<int64_t>(flags.training.batch, 4096)));
  const Words data = run.load_words();
  const Splits splits(run, data, flags.block);
  if (flags.table) return train_table(run, flags, splits, train);
  if (flags.exercise == 3) return gated(run, flags, data, splits);
  const Sizes sizes = flags.sizes(splits.vocabulary);
  Generator g = run.generator(run.flags().seed);
  Sequential fresh = make_network(sizes, g);
  if (flags.check_conv || flags.exercise == 2) {
    run.part("--check-conv");
    fresh.train(false);
    check_windows(run, fresh, sizes, data, splits.vocabulary);
    compare_convolution(run, fresh, sizes, data, splits.vocabulary);
  } else {
    const IntTensor X = splits.train.x.narrow(0, 0, std::min(flags.training.batch, splits.train.x.size(0)));
    fresh(X);
    if (!flags.shapes) {
      show_windows(run, splits);
      show_layers(run, flags);
      if (flags.exercise == 0) run.part("--shapes");
    }
    show_shapes(run, fresh, X);
    run.part("");
    if (!flags.shapes && flags.arch == "tree") show_bug(run, sizes, X);
    if (!flags.shapes) learn(run, flags, data, splits);
  }
  run.try_next({{"wavenet --arch flat --embed 10 --hidden 200", "all joined at once"},
                {"wavenet --embed 10 --hidden 68", "a tree of as many numbers as that"},
                {"wavenet --bn-bug --embed 10 --hidden 68", "the same with the bug"},
                {"wavenet --exercise 1", "dropout: a better val loss?"},
                {"wavenet --table", "the lecture's five networks"},
                {"wavenet --exercise 3", "the paper's gates, residual and skip connections"},
                {"wavenet --check-conv", "the tree as a convolution"},
                {"wavenet", "the lecture's last network"}});
}

}  // namespace

int main(int argc, char** argv) {
  return run_app<Flags>(
      argc, argv,
      {"wavenet", "Lecture 6: a tree of layers after WaveNet", "wavenet --embed 10 --hidden 68", kAppTexts},
      declare, lecture);
}
