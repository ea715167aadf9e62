#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include <libtensor/apps/gpt/gpt.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tests/apps/app_run.h>

// gpt: the figures of its short runs, stopping and going on, what it writes and what it refuses.

namespace lt::apps::gpt {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// A model that takes no time.
const std::string kTiny =
    "gpt --data embedded --quiet --block 8 --embed 16 --heads 2 --layers 2 --batch 4 --eval-iters 2 "
    "--eval-every 50 ";
const std::string kShakespeare = LIBTENSOR_SOURCE_DIR "/../shared/data/tinyshakespeare.txt";

TEST(Gpt, GivesTheFiguresOfItsShortRuns) {
  const Scratch scratch;
  for (const std::string flags :
       {"--toys", "--eval-iters 10 --steps 21", "--dropout 0.2 --eval-iters 10 --steps 21",
        "--stage table --eval-iters 10 --steps 11", "--stage heads --eval-iters 10 --steps 11",
        "--stage layernorm --eval-iters 10 --steps 11"}) {
    for (const std::string& data : {std::string("embedded"), kShakespeare}) {
      if (data != "embedded" && !std::filesystem::exists(data)) continue;
      const std::string few =
          flags.starts_with("--toys") || flags.starts_with("--stage") ? "" : " --generate 3";
      const Outcome run =
          run_in(scratch, fmt::format("gpt --check --no-out --quiet --data '{}' {}{}", data, flags, few));
      EXPECT_EQ(run.code, 0) << flags << " on " << data << "\n" << run.out << run.err;
      EXPECT_THAT(run.out, HasSubstr("figures agree"));
    }
  }
}

TEST(Gpt, KilledAndResumedEndsWithTheSameBits) {
  const Scratch scratch;
  const std::string app = kTiny + "--steps 200 --dropout 0.1 --generate 50 --save-every 5 ";
  ASSERT_EQ(run_in(scratch, app + "--out whole").code, 0);
  const std::string file = scratch.path("part/checkpoint.safetensors");
  const pid_t run = start_in(scratch, "exec $BIN/" + app + "--out part >/dev/null 2>&1");
  while (!std::filesystem::exists(file)) ::usleep(1000);
  ::kill(run, SIGKILL);
  ASSERT_EQ(wait_for(run), 128 + SIGKILL);
  const Outcome rest = run_in(scratch, app + "--out part --resume " + file);
  ASSERT_EQ(rest.code, 0) << rest.err;
  EXPECT_EQ(slurp(file), slurp(scratch.path("whole/checkpoint.safetensors")));
  EXPECT_EQ(slurp(scratch.path("part/loss.svg")), slurp(scratch.path("whole/loss.svg")));
  EXPECT_EQ(events_of(scratch.path("part/log.jsonl"), "sample").back(),
            events_of(scratch.path("whole/log.jsonl"), "sample").back());
}

TEST(Gpt, GoesOnFromAPromptWithTheModelThatWasTrained) {
  const Scratch scratch;
  ASSERT_EQ(run_in(scratch, kTiny + "--steps 30 --generate 0 --out o").code, 0);
  const std::string bits = slurp(scratch.path("o/checkpoint.safetensors"));
  const Outcome run = run_in(scratch, kTiny + "--steps 30 --out o --generate 40 --prompt ORLANDO: --top-k 1");
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(slurp(scratch.path("o/checkpoint.safetensors")), bits);  // no step was made
  const std::string text = events_of(scratch.path("o/log.jsonl"), "sample").back()["text"];
  EXPECT_TRUE(text.starts_with("ORLANDO:"));
  EXPECT_EQ(text.size(), 48U);
  EXPECT_THAT(run.out, HasSubstr("ORLANDO:"));
}

TEST(Gpt, TakesAStepInPieces) {
  const Scratch scratch;
  ASSERT_EQ(run_in(scratch, kTiny + "--steps 12 --generate 0 --out whole").code, 0);
  ASSERT_EQ(run_in(scratch, kTiny + "--steps 12 --generate 0 --micro-batches 4 --out pieces").code, 0);
  const auto whole = events_of(scratch.path("whole/log.jsonl"), "step");
  const auto pieces = events_of(scratch.path("pieces/log.jsonl"), "step");
  ASSERT_EQ(whole.size(), 12U);
  for (size_t i = 0; i < whole.size(); ++i)
    EXPECT_NEAR(whole[i]["loss"].get<double>(), pieces[i]["loss"].get<double>(), 1e-5);
}

TEST(Gpt, KeptKeysAndValuesGiveTheLogitsOfTheWholeContext) {
  Generator g(3);
  Gpt model("full", {.vocabulary = 11, .block = 6, .embed = 8, .heads = 2, .layers = 2}, g);
  Gpt::Past past;
  std::vector<int64_t> ids{1, 4};
  for (const int64_t next : {3, 9, 0, 2, 7, 10, 5}) {
    const Tensor logits = model.next_logits(ids, past);
    const int64_t T = std::min<int64_t>(std::ssize(ids), 6);
    const IntTensor context = from_vector<int64_t>({ids.end() - T, ids.end()}, {1, T});
    EXPECT_TRUE(allclose(logits, model(context).data()[0][T - 1], 1e-5, 1e-6)) << ids.size();
    ids.push_back(next);
  }
  EXPECT_EQ(past[0].length(), 6);
}

TEST(Gpt, AttentionLooksAtThePastAlone) {
  Generator g(3);
  Gpt model("full", {.vocabulary = 11, .block = 6, .embed = 8, .heads = 2, .layers = 3}, g);
  const auto maps = model.attention(from_vector<int64_t>({1, 4, 3, 9, 0}, {1, 5}));
  ASSERT_EQ(maps.size(), 3U);
  for (const auto& heads : maps) {
    ASSERT_EQ(heads.size(), 2U);
    for (const Tensor& weights : heads) {
      EXPECT_TRUE(allclose(sum(weights, {1}), ones({5}), 0, 1e-6));
      EXPECT_EQ(max(triu(weights, 1)).item(), 0);
    }
  }
}

TEST(Gpt, DoesItsExercises) {
  const Scratch scratch;
  const std::string app = "gpt --quiet --data embedded --exercise ";
  const Outcome heads = run_in(scratch, app + "1 --out one"),
                layers = run_in(scratch, app + "gpt2 --out two");
  EXPECT_EQ(heads.code + layers.code, 0) << heads.err << layers.err;
  EXPECT_THAT(heads.out, testing::ContainsRegex("equal to rounding +yes"));
  EXPECT_THAT(heads.out, testing::ContainsRegex("and their gradients of x +yes"));
  for (const char* layer : {"gelu, by tanh", "gelu, exact", "layer_norm", "linear", "embedding", "attention"})
    EXPECT_THAT(layers.out, testing::ContainsRegex(std::string(layer) + " +right"));
  const Outcome adds = run_in(scratch, app + "2 --steps 3 --layers 1 --out three");
  EXPECT_EQ(adds.code, 0) << adds.err;
  EXPECT_THAT(adds.out, testing::ContainsRegex("asked problems +1000"));
  const std::string large = scratch.put("large", load_text(kEmbedded).text + "[1599]\n");  // one new symbol
  const Outcome tuned =
      run_in(scratch, app + "3 --steps 2 --eval-iters 1 --layers 1 --out four --pretrain '" + large + "'");
  EXPECT_EQ(tuned.code, 0) << tuned.err;
  EXPECT_THAT(tuned.out, HasSubstr("pretrained"));
  const Outcome gated = run_in(scratch, app + "4 --steps 2 --eval-iters 1 --layers 1 --out five");
  EXPECT_EQ(gated.code, 0) << gated.err;
  EXPECT_THAT(gated.out, HasSubstr("swiglu"));
}

TEST(Gpt, RefusesWhatDoesNotFitInOneLineAndWritesNothing) {
  const Scratch scratch;
  const auto refused = [&](const std::string& flags, int code, const std::string& text) {
    const Outcome run = run_in(scratch, "gpt " + flags);
    EXPECT_EQ(run.code, code) << flags;
    EXPECT_EQ(run.err, "gpt: " + text + "\n");
  };
  const std::string hint = " (--help lists the flags)";
  refused("--embed 10 --heads 4", 2, "--embed 10 cannot be shared among --heads 4" + hint);
  refused("--batch 6 --micro-batches 4", 2, "--batch 6 cannot be cut into --micro-batches 4" + hint);
  refused("--exercise 3", 2,
          "--exercise 3 needs --pretrain FILE, a text that is larger than the one at hand" + hint);
  refused("--toys --lr 1", 2, "--lr has no effect with --toys" + hint);
  EXPECT_TRUE(scratch.names().empty());
  const std::string data = scratch.put("text", "To be, or not to be.\n");
  refused("--no-out --quiet --data text", 1,
          "the text has 21 characters, of which 3 are kept to validate on: too few for --block 32");
  refused("--no-out --quiet --prompt '{'", 1, "'{': the character '{' does not occur in the data");
}

TEST(Gpt, PrintsTheSameOnAnyNumberOfThreads) {
  const Scratch scratch;
  const std::string app = kTiny + "--steps 20 --dropout 0.1 --generate 60 --no-out --threads ";
  const std::string one = run_in(scratch, app + "1").out;
  for (const char* threads : {"2", "5"}) EXPECT_EQ(run_in(scratch, app + threads).out, one);
}

}  // namespace
}  // namespace lt::apps::gpt
