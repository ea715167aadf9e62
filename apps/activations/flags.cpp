#include <fmt/format.h>

#include <libtensor/apps/activations/activations.h>

namespace lt::apps::activations {

void declare(Options& options, Flags& flags) {
  options.flags.samples = 20;
  options.flags.sample_seed = 2147483657;
  options.add_training(flags.training);
  options.add("--block N", flags.block, "characters of context", {.min = 1, .max = 64});
  options.add("--embed N", flags.embed, "numbers in an embedding", {.min = 1, .max = 4096});
  options.add("--hidden N", flags.hidden, "units of the tanh layer", {.min = 1, .max = 65536});
  options.add("--stage original|softmax|tanh|kaiming|batchnorm|all", flags.stage,
              "which of the five stages to train", {.selects = true});
  options.add("--calibrate", flags.calibrate, "batchnorm: evaluate by the whole training split's statistics",
              {.selects = true});
  options.add("--deep", flags.deep, "the six-layer network and its diagnostics, 1001 steps",
              {.selects = true, .defaults = "--steps 1001 --decay-at 150000"});
  options.add("--gain G", flags.gain, "deep: factor of every weight but a last Linear's",
              {.min = 0, .above_min = true, .selects = true});
  options.add("--no-batchnorm", flags.no_batchnorm, "deep: Linear layers with biases alone",
              {.selects = true});
  options.add("--linear", flags.linear, "deep: without the tanhs", {.selects = true});
  options.add("--exercise 1|2", flags.exercise, "1: all parameters zero; 2: BatchNorm folded away",
              {.selects = true, .defaults = "--steps 10000 --decay-at 10000|--steps 1001 --decay-at 150000"});
  options.add("--widget X0", flags.widget, "five numbers normalised, the first of them X0",
              {.unset = "none", .selects = true});
}

void refuse_idle_flags(const Run& run, const Flags& flags) {
  using Names = std::vector<const char*>;
  const auto refuse = [&](const std::string& mode, const Names& names) {
    for (const char* name : names) {
      if (run.given(name)) throw UsageError(fmt::format("{}: says nothing beside {}", name, mode));
    }
  };
  const Names training = {"--steps", "--batch",  "--lr",         "--decay-at",
                          "--save",  "--resume", "--save-every", "--log-every"};
  const Names sizes = {"--block", "--embed", "--hidden"};
  const Names inside = {"--gain", "--no-batchnorm", "--linear"};
  const Names sampling = {"--samples", "--sample-seed"};
  if (run.given("--widget")) {
    for (const Names& names :
         {Names{"--stage", "--deep", "--exercise", "--calibrate"}, training, sizes, inside, sampling})
      refuse("--widget", names);
    return;
  }
  if (flags.exercise > 0) {
    const std::string mode = fmt::format("--exercise {}", flags.exercise);
    for (const Names& names : {Names{"--stage", "--deep", "--calibrate"}, inside, sampling})
      refuse(mode, names);
    if (flags.exercise == 2) refuse(mode, sizes);
  } else if (flags.deep) {
    refuse("--deep", {"--stage", "--calibrate"});
    refuse("--deep", sizes);
  } else {
    refuse("the stages; it goes with --deep", inside);
    if (flags.stage == "all")
      refuse("--stage all, which trains five networks", {"--save", "--resume", "--save-every"});
    if (flags.stage != "batchnorm") refuse("--stage " + flags.stage, {"--calibrate"});
  }
  const bool stages = !flags.deep && flags.exercise == 0;
  const bool normalizes = stages ? flags.stage == "batchnorm" || flags.stage == "all"
                                 : flags.exercise == 2 || (flags.deep && !flags.no_batchnorm);
  if (normalizes && flags.training.batch < 2) throw UsageError("--batch: '1' is too few to normalise over");
}

}  // namespace lt::apps::activations
