// The zoo of models: what a run shows, keeps and refuses. Its losses are PyTorch's (figures.csv).

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <libtensor/apps/makemore/estimates.h>
#include <libtensor/nn/optimizer.h>
#include <libtensor/tensor/io.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tests/apps/app_run.h>

namespace lt::apps {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const std::string kZoo[] = {"bigram", "bow", "mlp", "rnn", "gru", "transformer"};

Outcome checked(const std::string& flags) {
  return run_in(Scratch(), "makemore --check --no-out --quiet --threads 1 " + flags);
}

TEST(Makemore, TrainsEveryTypeAsPyTorchOnTheEmbeddedNames) {
  for (const std::string& type : kZoo) {
    const Outcome run = checked("--data embedded --steps 11 --type " + type);
    EXPECT_EQ(run.code, 0) << run.out;
    const int count = type == "transformer" ? 12 : 7;  // it is the default, which has the data's figures too
    EXPECT_THAT(run.out, HasSubstr(fmt::format("check: {0} of {0} figures agree", count))) << type;
  }
}

TEST(Makemore, TrainsEveryTypeAsPyTorchOnTheLecturesNames) {
  if (!std::filesystem::exists(kNames)) GTEST_SKIP() << "needs the lecture's names.txt in ../shared/data";
  for (const std::string& type : kZoo) {
    const Outcome run = checked(fmt::format("--data '{}' --steps 11 --type {}", kNames, type));
    EXPECT_EQ(run.code, 0) << run.out;
    EXPECT_THAT(run.out, Not(HasSubstr("differs"))) << type;
  }
}

// Estimates, the best model and ten names included.
TEST(Makemore, ChecksAWholeRun) {
  const Outcome run = checked("--data embedded --type bigram");
  EXPECT_EQ(run.code, 0) << run.out;
  EXPECT_THAT(run.out, HasSubstr("check: 29 of 29 figures agree"));
  EXPECT_THAT(run.out, HasSubstr("test estimate at step 2500"));
}

const std::string kShort = "makemore --quiet --threads 1 --words :1200 --n-embd 16 ";

TEST(Makemore, GoesOnToTheSameBits) {
  for (const std::string type : {"rnn", "transformer --n-layer 2"}) {
    const Scratch scratch;
    const std::string app = fmt::format("{}--type {}", kShort, type);
    ASSERT_EQ(run_in(scratch, app + " --steps 620 --out whole").code, 0);
    ASSERT_EQ(run_in(scratch, app + " --steps 505 --out part").code, 0);
    ASSERT_EQ(run_in(scratch, app + " --steps 620 --resume part/checkpoint.safetensors --out rest").code, 0);
    for (const char* file : {"checkpoint.safetensors", "best.safetensors", "curves.svg"}) {
      EXPECT_EQ(slurp(scratch.path(std::string("rest/") + file)),
                slurp(scratch.path(std::string("whole/") + file)))
          << type << " " << file;
    }
  }
}

// Once before an estimate and once after it, when the best model is kept and names have been drawn.
TEST(Makemore, LosesNothingWhenItIsKilledInTheMiddle) {
  const Scratch scratch;
  const std::string run =
      "exec $BIN/makemore --quiet --threads 1 --data embedded --words :200 --n-embd 8 --n-embd2 8 "
      "--type gru --steps 900 --save-every 5 >out 2>>err --out ";
  ASSERT_EQ(wait_for(start_in(scratch, run + "whole")), 0) << slurp(scratch.path("err"));
  const std::string resume = " --resume killed/checkpoint.safetensors";
  for (const int step : {100, 500}) {
    const pid_t child = start_in(scratch, run + "killed" + (step == 100 ? "" : resume));
    const std::string line = fmt::format(R"("step":{},"loss")", step);
    while (slurp(scratch.path("killed/log.jsonl")).find(line) == std::string::npos) {
      ASSERT_EQ(::waitpid(child, nullptr, WNOHANG), 0) << slurp(scratch.path("err"));
      ::usleep(1000);
    }
    ::kill(child, SIGKILL);
    EXPECT_EQ(wait_for(child), 128 + SIGKILL) << step;
  }
  ASSERT_EQ(wait_for(start_in(scratch, run + "killed" + resume)), 0) << slurp(scratch.path("err"));
  for (const char* file : {"checkpoint.safetensors", "best.safetensors", "curves.svg", "loss.svg"}) {
    EXPECT_EQ(slurp(scratch.path(std::string("killed/") + file)),
              slurp(scratch.path(std::string("whole/") + file)))
        << file;
  }
}

TEST(Makemore, AsksTheSystemForNoMemoryInASteadyStep) {
  if (!pool_enabled()) GTEST_SKIP() << "needs the pool";
  for (const std::string& type : kZoo) {
    Generator g(1);
    const auto model = makemore::make_model(type, {27, 16, 2, 4, 16, 16}, g);
    nn::AdamW optimizer(model->parameters(), 5e-4);
    const IntTensor x = randint(0, 27, {100, 16}, g);
    const auto step = [&] {
      const IntTensor rows = x[randint(0, x.size(0), 32, g)];
      optimizer.zero_grad();
      makemore::loss_of(*model, rows, rows).backward();
      optimizer.step();
    };
    for (int i = 0; i < 3; ++i) step();
    const int64_t before = memory_stats().system_allocations;
    for (int i = 0; i < 10; ++i) step();
    EXPECT_EQ(memory_stats().system_allocations, before) << type;
  }
}

TEST(Makemore, DrawsTheNamesOfTheBestModelAgain) {
  const Scratch scratch;
  ASSERT_EQ(run_in(scratch, kShort + "--type gru --steps 30").code, 0);
  ASSERT_EQ(run_in(scratch, kShort + "--type gru --sample-only").code, 0);
  const auto names = events_of(scratch.path("out/makemore/gru/log.jsonl"), "sample");
  EXPECT_EQ(names.size(), 10U);
  EXPECT_EQ(events_of(scratch.path("out/makemore/gru-sample-only/log.jsonl"), "sample"), names);
  const Outcome best = run_in(scratch, kShort + "--type gru --sample-only --top-k 1 --samples 3 --no-out");
  const std::string line = best.out.substr(0, best.out.find('\n') + 1);
  EXPECT_TRUE(best.out.starts_with(line + line + line)) << best.out;  // one way alone to go on
}

TEST(Makemore, MarksNamesThatAreNewInTrainOrInTest) {
  const Scratch scratch;
  {
    std::ofstream file(scratch.path("names.txt"));
    for (int i = 0; i < 40; ++i) file << (i % 2 == 0 ? "a\n" : "b\n");  // each in both parts
  }
  const std::string app = "makemore --data names.txt --type bigram --lr 0.1 --threads 1 --no-out --steps ";
  const Outcome untrained = run_in(scratch, app + "0");
  EXPECT_EQ(untrained.code, 0) << untrained.err;
  EXPECT_THAT(untrained.out, HasSubstr("(new)"));
  const Outcome trained = run_in(scratch, app + "401");
  EXPECT_THAT(trained.out, HasSubstr("step 200"));
  EXPECT_THAT(trained.out, HasSubstr("in train "));
  EXPECT_THAT(trained.out, HasSubstr("a.  (in train)"));
  EXPECT_THAT(trained.out, HasSubstr("names that are new                    0 of 10"));
}

TEST(Makemore, ComparesAllSixInOneFigure) {
  const Scratch scratch;
  const Outcome run = run_in(scratch, kShort + "--compare --steps 2 --out o --data embedded");
  ASSERT_EQ(run.code, 0) << run.err;
  const std::string svg = slurp(scratch.path("o/curves.svg"));
  for (const std::string& type : kZoo) {
    EXPECT_THAT(svg, HasSubstr(">" + type + "<"));
    EXPECT_TRUE(std::filesystem::exists(scratch.path("o/" + type + ".best.safetensors"))) << type;
    EXPECT_FALSE(std::filesystem::exists(scratch.path("o/" + type + ".checkpoint.safetensors"))) << type;
  }
  EXPECT_EQ(events_of(scratch.path("o/log.jsonl"), "split").size(), 12U);
  EXPECT_THAT(slurp(scratch.path("out/index.html")) + slurp(scratch.path("o/report.html")),
              HasSubstr("transformer"));
}

TEST(Makemore, KeepsParametersUnderTheZoosNames) {
  const Scratch scratch;
  ASSERT_EQ(run_in(scratch, kShort + "--n-layer 1 --steps 30 --out o").code, 0);
  const NamedTensors best = load_safetensors(scratch.path("o/best.safetensors")).tensors;
  std::vector<std::string> names;
  for (const auto& entry : best) names.push_back(entry.first);
  EXPECT_THAT(
      names,
      testing::ElementsAre(
          "lm_head.weight", "transformer.h.0.attn.c_attn.bias", "transformer.h.0.attn.c_attn.weight",
          "transformer.h.0.attn.c_proj.bias", "transformer.h.0.attn.c_proj.weight",
          "transformer.h.0.ln_1.bias", "transformer.h.0.ln_1.weight", "transformer.h.0.ln_2.bias",
          "transformer.h.0.ln_2.weight", "transformer.h.0.mlp.c_fc.bias", "transformer.h.0.mlp.c_fc.weight",
          "transformer.h.0.mlp.c_proj.bias", "transformer.h.0.mlp.c_proj.weight", "transformer.ln_f.bias",
          "transformer.ln_f.weight", "transformer.wpe.weight", "transformer.wte.weight"));
}

TEST(Makemore, RefusesWhatCannotBeInOneLine) {
  const Scratch scratch;
  const auto error = [&](const std::string& flags, int code) {
    const Outcome run = run_in(scratch, "makemore " + flags);
    EXPECT_EQ(run.code, code) << flags;
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
    return run.err;
  };
  EXPECT_EQ(error("--n-embd 63", 2),
            "makemore: --n-embd: 63 numbers do not divide among --n-head 4 heads (--help lists the flags)\n");
  EXPECT_EQ(error("--type gru --n-head 2", 2),
            "makemore: --n-head has no effect with --type gru (--help lists the flags)\n");
  EXPECT_EQ(error("--n-embd2 8", 2),
            "makemore: --n-embd2 has no effect with --type transformer (--help lists the flags)\n");
  error("--type lstm", 2);
  error("--compare --type gru", 2);
  error("--compare --save-every 5", 2);
  error("--top-k 0", 2);
  EXPECT_EQ(error("--sample-only", 1),
            "makemore: out/makemore/best.safetensors: is not there: it is what a run without --sample-only "
            "keeps\n");
  EXPECT_THAT(error("--words :5 --no-out", 1), HasSubstr("5 names are too few"));
  EXPECT_THAT(error("--batch 2000000000 --no-out", 1), HasSubstr("too much"));
  EXPECT_THAT(error("--compare --n-embd 4096 --n-embd2 65536 --n-layer 1 --no-out", 1),
              HasSubstr("too much"));  // for the GRU
  ASSERT_EQ(run_in(scratch, kShort + "--type rnn --steps 1 --out o").code, 0);
  EXPECT_THAT(
      error("--words :1200 --type rnn --out o --sample-only --no-out", 1),
      HasSubstr("o/best.safetensors: of another model: shape (27, 16) where (27, 64) is wanted: wte.weight"));
}

}  // namespace
}  // namespace lt::apps
