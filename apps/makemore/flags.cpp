#include <fmt/format.h>

#include <libtensor/apps/makemore/makemore.h>

namespace lt::apps::makemore {

void declare(Options& options, Flags& flags) {
  options.flags.seed = 3407;
  options.flags.sample_seed = 3407;
  options.flags.samples = 10;
  options.flags.profile = "avx2";
  options.add_training(flags.training);
  options.add("--type bigram|bow|mlp|rnn|gru|transformer", flags.type, "the model", {.selects = true});
  options.add("--n-layer N", flags.n_layer, "blocks of the transformer", {.min = 1, .max = 256});
  options.add("--n-head N", flags.n_head, "heads of its attention", {.min = 1, .max = 4096});
  options.add("--n-embd N", flags.n_embd, "numbers in an embedding", {.min = 1, .max = 4096});
  options.add("--n-embd2 N", flags.n_embd2, "units of a hidden layer or state", {.min = 1, .max = 65536});
  options.add("--weight-decay D", flags.weight_decay, "AdamW's pull of each weight to 0", {.min = 0});
  options.add("--top-k K", flags.top_k, "sample among the K likeliest characters alone",
              {.unset = "all", .min = 1});
  options.add("--sample-only", flags.sample_only, "only draw names, from the best model of a run before",
              {.selects = true});
  options.add("--compare", flags.compare, "train all six types and draw their test losses",
              {.selects = true, .excludes = {"--type", "--sample-only"}});
  for (const char* type : {"--type bigram", "--type bow", "--type mlp", "--type rnn", "--type gru"})
    options.idle_beside(type, {"--n-layer", "--n-head"});
  options.idle_beside("--type bigram", {"--n-embd", "--n-embd2"});
  options.idle_beside("--sample-only", {"--steps", "--batch", "--lr", "--decay-at", "--save", "--resume",
                                        "--save-every", "--log-every", "--weight-decay"});
  options.idle_beside("--compare", {"--save", "--resume", "--save-every"});
}

void refuse_sizes(const Run& run, const Flags& flags) {
  if (!flags.compare && flags.type == "transformer" && run.given("--n-embd2"))
    throw UsageError("--n-embd2 has no effect with --type transformer");
  const bool attends = flags.compare || flags.type == "transformer";
  if (attends && flags.n_embd % flags.n_head != 0) {
    throw UsageError(fmt::format("--n-embd: {} numbers do not divide among --n-head {} heads", flags.n_embd,
                                 flags.n_head));
  }
}

}  // namespace lt::apps::makemore
