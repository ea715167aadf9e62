#include <libtensor/apps/mlp/mlp.h>

namespace lt::apps::mlp {

void declare(Options& options, Flags& flags) {
  declare_mlp(options, flags);
  options.add("--init original|softmax|tanh|kaiming", flags.init, "how the drawn parameters are scaled");
  options.add("--direct", flags.direct, "connections from embeddings to logits too (Bengio et al. 2003)");
  options.add("--weight-decay D", flags.weight_decay, "added to each gradient: D times the parameter",
              {.min = 0});
  options.add("--momentum M", flags.momentum, "of the update's direction", {.min = 0, .max = 0.9999});
  options.add("--overfit N", flags.overfit, "train on the first N names only, as the lecture's first net",
              {.min = 1, .selects = true, .defaults = "--steps 1001"});
  options.add("--find-lr", flags.find_lr, "the learning-rate finder's sweep and its figures",
              {.selects = true});
  options.add("--search", flags.search, "train grids of settings, tables sorted by dev loss",
              {.selects = true, .defaults = "--steps 20000"});
  // These train a small net of their own, on all examples or at rates of their own.
  for (const char* mode : {"--overfit", "--find-lr"}) {
    options.idle_beside(mode, {"--block", "--embed", "--hidden", "--init", "--direct", "--weight-decay",
                               "--momentum", "--batch", "--samples", "--sample-seed", "--search"});
  }
  options.idle_beside("--find-lr", {"--steps", "--lr", "--decay-at", "--overfit"});
  for (const char* mode : {"--find-lr", "--search"})
    options.idle_beside(mode, {"--save", "--resume", "--save-every"});
  // The grid has sizes, batches and rates of its own.
  options.idle_beside("--search", {"--samples", "--sample-seed", "--embed", "--hidden", "--init", "--batch",
                                   "--lr", "--decay-at"});
}

}  // namespace lt::apps::mlp
