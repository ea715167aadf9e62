#include <libtensor/apps/backprop/backprop.h>

namespace lt::apps::backprop {

void declare(Options& options, Flags& flags) {
  options.flags.samples = 20;
  options.flags.sample_seed = 2147483657;
  options.add_training(flags.training);
  options.add("--block N", flags.block, "characters of context", {.min = 1, .max = 64});
  options.add("--embed N", flags.embed, "numbers in an embedding", {.min = 1, .max = 4096});
  options.add("--hidden N", flags.hidden, "units of the tanh layer; exercises 1 to 3 have 64",
              {.min = 1, .max = 65536});
  options.add("--exercise 1|2|3|4", flags.exercise,
              "that one alone: every step by hand; the loss in one; the norm in one; train so",
              {.unset = "all four", .selects = true});
  for (const char* one : {"--exercise 1", "--exercise 2", "--exercise 3"}) {
    options.idle_beside(one, {"--steps", "--lr", "--decay-at", "--save", "--resume", "--save-every",
                              "--log-every", "--samples", "--sample-seed"});
  }
}

void refuse_batch_of_one(const Flags& flags) {
  if (flags.training.batch < 2) throw UsageError("--batch: '1' is too few to normalise over");
}

}  // namespace lt::apps::backprop
