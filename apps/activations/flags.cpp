#include <libtensor/apps/activations/activations.h>

namespace lt::apps::activations {

void declare(Options& options, Flags& flags) {
  declare_mlp(options, flags);
  options.add("--stage original|softmax|tanh|kaiming|batchnorm|all", flags.stage,
              "which of the five stages to train", {.selects = true});
  options.add("--calibrate", flags.calibrate, "evaluate by the whole training split's mean and std",
              {.selects = true, .needs = {"--stage batchnorm"}});
  options.add("--deep", flags.deep, "the six-layer network and its diagnostics, 1001 steps",
              {.selects = true,
               .excludes = {"--stage", "--calibrate"},
               .defaults = "--steps 1001 --decay-at 150000"});
  options.add("--gain G", flags.gain, "factor of every weight but a last Linear's",
              {.min = 0, .above_min = true, .selects = true, .needs = {"--deep"}});
  options.add("--no-batchnorm", flags.no_batchnorm, "Linear layers with biases alone",
              {.selects = true, .needs = {"--deep"}});
  options.add("--linear", flags.linear, "without the tanhs", {.selects = true, .needs = {"--deep"}});
  options.add("--exercise 1|2", flags.exercise, "1: all parameters zero; 2: BatchNorm folded away",
              {.selects = true,
               .excludes = {"--stage", "--calibrate", "--deep"},
               .defaults = "--steps 10000 --decay-at 10000|--steps 1001 --decay-at 150000"});
  options.add(
      "--widget X0", flags.widget, "five numbers normalised, the first of them X0",
      {.unset = "none", .selects = true, .excludes = {"--stage", "--calibrate", "--deep", "--exercise"}});
  for (const std::string mode : {"--deep", "--exercise 2", "--widget"})
    options.idle_beside(mode, {"--block", "--embed", "--hidden"});
  for (const std::string mode : {"--exercise", "--widget"})
    options.idle_beside(mode, {"--samples", "--sample-seed"});
  options.idle_beside("--stage all", {"--save", "--resume", "--save-every"});
  options.idle_beside("--widget", {"--steps", "--batch", "--lr", "--decay-at", "--save", "--resume",
                                   "--save-every", "--log-every"});
}

void refuse_batch_of_one(const Flags& flags) {
  const bool deep = flags.deep || flags.exercise == 2;
  const bool normalizes = deep ? !flags.no_batchnorm
                               : flags.exercise == 0 && (flags.stage == "batchnorm" || flags.stage == "all");
  if (normalizes && flags.training.batch < 2) throw UsageError("--batch: '1' is too few to normalise over");
}

}  // namespace lt::apps::activations
