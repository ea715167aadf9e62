#include <fmt/format.h>

#include <algorithm>

#include <libtensor/apps/common/mlp_net.h>
#include <libtensor/apps/gpt/gpt.h>

// The models that the lecture comes through, each with one thing more than the one before.

namespace lt::apps::gpt {
namespace {

struct Stage {
  const char *name, *title, *what;
};
constexpr Stage kStages[] = {
    {"table", "A table of bigrams",
     "Of each character, a row of logits for the next: nothing else is looked at."},
    {"positions", "Embeddings and positions",
     "A character has a row of numbers, and so has a position; a Linear makes logits of their sum. As no "
     "position looks at another, positions are of no use yet."},
    {"head", "One head", "Positions look back: each gathers what it looks for from those before it."},
    {"heads", "Four heads", "Four smaller heads side by side may look for four things at once."},
    {"feedforward", "Thinking about it",
     "What a position has gathered it works on by itself: a Linear and a ReLU."},
    {"residual", "Blocks with a way past",
     "Three blocks of both. Each adds to what comes in, so gradients have a straight way down."},
    {"layernorm", "Normalised",
     "LayerNorm before each half of a block: every position's numbers have mean 0 and variance 1."}};

const Stage& stage_of(const std::string& name) {
  return *std::ranges::find_if(kStages, [&](const Stage& stage) { return stage.name == name; });
}

}  // namespace

Trained train_stage(Run& run, const Flags& flags, const Corpus& corpus) {
  const Stage& stage = stage_of(flags.stage);
  run.heading(stage.title);
  run.say(stage.what);
  Generator g = run.generator(run.flags().seed);
  Gpt model(flags.stage, flags.sizes, g);
  const int64_t count = count_parameters(model.parameters());
  flags.training.keep ? run.parameters(count) : run.result("parameters", count);
  Trained trained = train(run, flags, model, corpus, g, flags.training.keep ? "train" : flags.stage);
  if (!trained.done || !flags.training.keep) return trained;
  draw_curves(run, trained);
  return trained;
}

bool train_stages(Run& run, const Flags& flags, const Corpus& corpus) {
  run.heading("From the table to a transformer");
  run.say(fmt::format(
      "Seven models, each with one thing more. Train and val are estimates over {} batches each; a step's "
      "minibatch is 32 chunks of 8 characters.",
      flags.eval_iters));
  std::vector<std::vector<std::string>> rows;
  for (const Stage& stage : kStages) {
    const std::string name = stage.name;
    const bool is_early = name == "table" || name == "positions";
    Flags own = flags;
    own.stage = name;
    own.sizes = {.vocabulary = flags.sizes.vocabulary, .block = 8, .embed = 32, .heads = 4, .layers = 3};
    own.training = {.steps = std::min<int64_t>(is_early ? 3000 : 5000, flags.training.steps),
                    .batch = 32,
                    .lr = is_early ? 1e-2 : 1e-3,
                    .decay_at = flags.training.decay_at,
                    .keep = false};
    own.eval_every = is_early ? 300 : 500;
    own.micro_batches = 1;
    run.part("--stage " + name);
    const Trained trained = train_stage(run, own, corpus);
    if (!trained.done) return false;
    rows.push_back({stage.title, show(trained.train_losses.back()), show(trained.val_losses.back())});
  }
  run.part("");
  run.heading("What each has gained");
  run.table({"model", "train", "val"}, rows);
  return true;
}

}  // namespace lt::apps::gpt
