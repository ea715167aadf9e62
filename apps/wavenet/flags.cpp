#include <fmt/format.h>

#include <bit>

#include <libtensor/apps/wavenet/wavenet.h>

namespace lt::apps::wavenet {

void declare(Options& options, Flags& flags) {
  options.flags.seed = 42;
  options.flags.samples = 20;
  options.flags.sample_seed = 0;
  options.add_training(flags.training);
  options.add("--arch flat|tree", flags.arch, "all characters joined at once, or two neighbours at a time");
  options.add("--block N", flags.block, "characters of context; of a tree a power of two",
              {.min = 1, .max = 64});
  options.add("--embed N", flags.embed, "numbers in an embedding", {.min = 1, .max = 4096});
  options.add("--hidden N", flags.hidden, "units of each hidden layer", {.min = 1, .max = 65536});
  options.add("--bn-bug", flags.bn_bug, "the lecture's bug: norms over the batch alone, not over time too");
  options.add("--dropout P", flags.dropout, "share of each layer's numbers set to 0 while training",
              {.min = 0, .max = 0.9});
  options.add("--shapes", flags.shapes, "the shape that each layer gives, no training", {.selects = true});
  options.add("--check-conv", flags.check_conv, "a name's windows one by one, at once, and as a convolution",
              {.selects = true});
  options.add("--table", flags.table, "the lecture's five networks trained, a table", {.selects = true});
  options.add("--exercise 1|2|3", flags.exercise, "1: dropout; 2: the tree as a convolution; 3: gates",
              {.unset = "none", .selects = true, .defaults = "--dropout 0.05||--hidden 32"});
  for (const char* mode : {"--shapes", "--check-conv", "--exercise 2"}) {
    options.idle_beside(mode, {"--steps", "--lr", "--decay-at", "--save", "--resume", "--save-every",
                               "--log-every", "--samples", "--sample-seed", "--table", "--dropout"});
  }
  for (const char* mode : {"--shapes", "--check-conv", "--table"}) options.idle_beside(mode, {"--exercise"});
  options.idle_beside("--arch flat", {"--bn-bug"});
  options.idle_beside("--exercise 2", {"--batch"});
  options.idle_beside("--check-conv", {"--shapes", "--batch"});
  options.idle_beside("--table", {"--arch", "--block", "--embed", "--hidden", "--bn-bug", "--dropout",
                                  "--save", "--resume", "--save-every", "--samples", "--sample-seed"});
  options.idle_beside("--exercise 3", {"--arch", "--bn-bug", "--embed", "--dropout"});
}

void refuse_sizes(const Flags& flags) {
  const bool is_tree = flags.arch == "tree";
  if (is_tree && (flags.block < 2 || !std::has_single_bit(static_cast<uint64_t>(flags.block)))) {
    throw UsageError(fmt::format(
        "--block: '{}' is not 2, 4, 8, ...: a tree joins two neighbours again and again", flags.block));
  }
  if (flags.training.batch < 2) throw UsageError("--batch: '1' is too few to normalise over");
}

}  // namespace lt::apps::wavenet
