#include <fmt/format.h>

#include <libtensor/apps/common/memory.h>
#include <libtensor/apps/gpt/gpt.h>

namespace lt::apps::gpt {

void declare(Options& options, Flags& flags) {
  constexpr const char* kTable = "--steps 3000 --lr 0.01 --batch 32 --block 8 --embed 32 --eval-every 300";
  constexpr const char* kHead = "--batch 32 --block 8 --embed 32 --layers 3";
  options.flags.seed = 1337;
  options.flags.profile = "avx2";
  options.add(
      "--preset small|lecture", flags.preset,
      "the sizes: minutes, or the lecture's own, 10.8 million parameters and hours",
      {.selects = true,
       .defaults = "|--batch 64 --block 256 --embed 384 --heads 6 --layers 6 --dropout 0.2 --lr 0.0003 "
                   "--save-every 25"});
  options.add(
      "--stage full|table|positions|head|heads|feedforward|residual|layernorm", flags.stage,
      "the models that the lecture comes through, one after another",
      {.selects = true,
       .defaults = fmt::format("|{}|{}|{}|{}|{}|{}|{}", kTable, kTable, kHead, kHead, kHead, kHead, kHead)});
  options.add(
      "--weights FILE", flags.weights,
      "write with GPT-2's own weights: its model.safetensors; characters are then tokens, and without "
      "--prompt it begins a document",
      {.selects = true, .defaults = "--generate 200"});
  options.add("--vocab FILE", flags.vocab, "of --weights: its tokens",
              {.group = "Modes", .unset = "vocab.json beside it", .needs = {"--weights"}});
  options.add("--merges FILE", flags.merges, "of --weights: its tokenizer's merges",
              {.group = "Modes", .unset = "merges.txt beside it", .needs = {"--weights"}});
  options.add("--toys", flags.toys, "the first half of the lecture: batches, averages, one head",
              {.selects = true});
  options.add("--exercise none|1|2|3|4|gpt2", flags.exercise,
              "heads as one operation; addition; finetuning; a later paper's idea; GPT-2's layers",
              {.selects = true, .defaults = "||--steps 3000 --batch 64|--steps 1000|--steps 1000|"});
  options.add("--pretrain FILE", flags.pretrain, "exercise 3: the large text to train on first",
              {.group = "Modes", .needs = {"--exercise 3"}});
  options.add_training(flags.training);
  options.add("--eval-every N", flags.eval_every, "steps between estimates of both losses",
              {.group = "Training", .min = 1});
  options.add("--eval-iters N", flags.eval_iters, "batches of an estimate", {.group = "Training", .min = 1});
  options.add("--micro-batches M", flags.micro_batches, "a step in M pieces, for less memory",
              {.group = "Training", .min = 1});
  options.add("--block N", flags.sizes.block, "characters of context", {.min = 1, .max = 65536});
  options.add("--embed N", flags.sizes.embed, "numbers at each position", {.min = 1, .max = 65536});
  options.add("--heads N", flags.sizes.heads,
              "of each block; --embed is shared among them; with --weights a 64th of the width",
              {.min = 1, .max = 65536});
  options.add("--layers N", flags.sizes.layers, "blocks", {.min = 1, .max = 1024});
  options.add("--dropout P", flags.sizes.dropout, "part of the numbers left out in each step of training",
              {.min = 0, .max = 0.99});
  const std::string output = "Output";
  options.add("--generate N", flags.generate,
              "so many characters at the end; given, it takes the model that is trained in --out, if there "
              "is one",
              {.group = output, .min = 0, .max = 1e7, .shows = true});
  options.add("--prompt TEXT", flags.prompt, "what they go on from",
              {.group = output, .unset = "a new line", .shows = true});
  options.add("--temperature T", flags.temperature, "below 1 it dares less",
              {.group = output, .min = 0, .above_min = true, .shows = true});
  options.add("--top-k K", flags.top_k, "draw among the K likeliest only; 0: all",
              {.group = output, .min = 0, .shows = true});
  options.leave_out({"--samples"});
  const std::vector<std::string> sampling = {"--generate", "--prompt", "--temperature", "--top-k",
                                             "--sample-seed"},
                                 training = {"--steps",         "--batch",      "--lr",
                                             "--decay-at",      "--eval-every", "--eval-iters",
                                             "--micro-batches", "--block",      "--embed",
                                             "--heads",         "--layers",     "--dropout",
                                             "--log-every"},
                                 files = {"--save", "--resume", "--save-every"};
  options.idle_beside("--weights", {"--data", "--words", "--stage", "--preset", "--toys", "--exercise"});
  options.idle_beside("--weights", files);
  for (const std::string& name : training)
    if (name != "--heads") options.idle_beside("--weights", {name});
  for (const char* mode : {"--toys", "--exercise 1", "--exercise gpt2"}) {
    options.idle_beside(mode, sampling);
    options.idle_beside(mode, training);
    options.idle_beside(mode, files);
    options.idle_beside(mode, {"--stage", "--preset"});
  }
  for (const char* mode : {"--exercise 2", "--exercise 3", "--exercise 4"}) {
    options.idle_beside(mode, sampling);
    options.idle_beside(mode, files);
    options.idle_beside(mode, {"--stage", "--preset"});
  }
  for (const char* stage : {"table", "positions", "head", "heads", "feedforward", "residual", "layernorm"}) {
    options.idle_beside(std::string("--stage ") + stage, {"--preset", "--dropout"});
    options.idle_beside(std::string("--stage ") + stage, sampling);
  }
}

void refuse_what_does_not_fit(const Flags& flags) {
  const Sizes& s = flags.sizes;
  if (!flags.weights.empty()) return;  // the file says its sizes
  if (s.embed % s.heads != 0)
    throw UsageError(fmt::format("--embed {} cannot be shared among --heads {}", s.embed, s.heads));
  if (flags.training.batch % flags.micro_batches != 0) {
    throw UsageError(fmt::format("--batch {} cannot be cut into --micro-batches {}", flags.training.batch,
                                 flags.micro_batches));
  }
  if (flags.exercise == "3" && flags.pretrain.empty())
    throw UsageError("--exercise 3 needs --pretrain FILE, a text that is larger than the one at hand");
  // Parameters with gradients and both moments; of each block about twenty numbers for each of its inputs,
  // and the weights of its heads.
  const auto of = [](int64_t n) { return static_cast<double>(n); };
  const double width = of(s.embed), tokens = of(flags.training.batch / flags.micro_batches) * of(s.block);
  const double parameters = of(s.layers) * 12 * width * width;
  const double activations = of(s.layers) * tokens * (20 * width + 3 * of(s.heads) * of(s.block));
  require_memory("--batch, --block, --embed, --heads and --layers", 4 * (4 * parameters + activations));
}

}  // namespace lt::apps::gpt
