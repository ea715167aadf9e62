// Lectures 2 and 3 as networks: the losses that PyTorch gives on the same data, and the
// lecture's own figures.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <libtensor/apps/common/mlp_net.h>
#include <libtensor/tests/apps/app_run.h>

namespace lt::apps {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json golden() { return json::parse(slurp(LIBTENSOR_SOURCE_DIR "/tests/golden/lectures.json")); }

double loss_at(const std::string& log, int64_t step) {
  for (const json& event : events_of(log, "step")) {
    if (event["step"] == step) return event["loss"];
  }
  return NAN;
}

TEST(BigramNet, TrainsAsPyTorchOnTheEmbeddedNames) {
  const Scratch scratch;
  ASSERT_EQ(run_in(scratch, "bigram_net --profile avx2 --steps 6 --quiet").code, 0);
  const std::string log = scratch.path("out/bigram_net/log.jsonl");
  const json losses = golden()["bigram_net"];
  for (const int64_t step : {0, 1, 2, 5}) {
    // One float32 mean over 229,804 losses: 1e-5 relative.
    EXPECT_NEAR(loss_at(log, step), losses[static_cast<size_t>(step)].get<double>(), 4e-5);
  }
}

TEST(BigramNet, TheOneHotProductEqualsTheGather) {
  const Scratch scratch;
  ASSERT_EQ(run_in(scratch, "bigram_net --words :300 --steps 11 --quiet --out gather").code, 0);
  ASSERT_EQ(run_in(scratch, "bigram_net --words :300 --steps 11 --quiet --out product --one-hot").code, 0);
  for (const int64_t step : {0, 1, 5, 10}) {
    // A product with one-hot rows is exact; its gradient sums in another order, hence 1e-5.
    EXPECT_NEAR(loss_at(scratch.path("gather/log.jsonl"), step),
                loss_at(scratch.path("product/log.jsonl"), step), 1e-5);
  }
}

TEST(BigramNet, GivesTheLecturesLossesOnItsFirstName) {
  if (!std::filesystem::exists(kNames)) GTEST_SKIP() << "needs the lecture's names.txt in ../shared/data";
  const Scratch scratch;
  const Outcome run =
      run_in(scratch, "bigram_net --words 0:1 --lr 0.1 --reg 0 --steps 6 --quiet --log-every 1 --data '" +
                          kNames + "'");
  ASSERT_EQ(run.code, 0) << run.err;
  const double lecture[] = {3.769305, 3.749213, 3.729163, 3.709155, 3.689189, 3.669266};
  for (int64_t step = 0; step < 6; ++step) {
    EXPECT_NEAR(loss_at(scratch.path("out/bigram_net/log.jsonl"), step), lecture[step],
                1e-5);  // one float32 pass each
  }
  EXPECT_THAT(run.out, testing::ContainsRegex("\\. -> e: probability +0.0123 +0.0123  = notebook"));
}

TEST(BigramNet, TrainsOnMinibatchesOfTheSizeAskedFor) {
  const Scratch scratch;
  const std::string app = "bigram_net --words :300 --steps 60 --lr 5 --quiet ";
  ASSERT_EQ(run_in(scratch, app + "--out whole").code, 0);
  ASSERT_EQ(run_in(scratch, app + "--out some --batch 64").code, 0);
  const std::string log = scratch.path("some/log.jsonl");
  EXPECT_NE(loss_at(log, 1), loss_at(scratch.path("whole/log.jsonl"), 1));
  EXPECT_LT(loss_at(log, 59), 3.2);  // from 3.8
  ASSERT_EQ(run_in(scratch, app + "--out part --batch 64 --steps 30").code, 0);
  ASSERT_EQ(run_in(scratch, app + "--out rest --batch 64 --resume part/checkpoint.safetensors").code, 0);
  EXPECT_EQ(slurp(scratch.path("rest/checkpoint.safetensors")),
            slurp(scratch.path("some/checkpoint.safetensors")));
}

TEST(BigramNet, ShowsTheProbabilityOfEachExampleAndBothTablesInOneFigure) {
  const Scratch scratch;
  const Outcome run = run_in(scratch, "bigram_net --words :1 --steps 2 --quiet --out o");
  ASSERT_EQ(run.code, 0) << run.err;
  for (const char* pair : {". -> e: ", "e -> m: ", "m -> m: ", "m -> a: ", "a -> .: "}) {
    EXPECT_THAT(run.out, HasSubstr(std::string(pair) + "probability"));
  }
  const std::string svg = slurp(scratch.path("o/learned.svg"));
  EXPECT_THAT(svg, HasSubstr(">learned<"));
  EXPECT_THAT(svg, HasSubstr(">counted<"));
}

// The entropies of the first 300 embedded names' bigrams, and of their train split's trigrams.
TEST(BigramNet, DrawsTheLossThatCountingReaches) {
  const Scratch scratch;
  for (const auto& [order, counted] : {std::pair{"2", "counts, 2.168."}, {"3", "counts, 1.442."}}) {
    const std::string out = std::string("o") + order;
    const std::string app = "bigram_net --words :300 --steps 2 --quiet --order ";
    ASSERT_EQ(run_in(scratch, fmt::format("{}{} --out {}", app, order, out)).code, 0);
    for (const json& figure : events_of(scratch.path(out + "/log.jsonl"), "figure")) {
      if (figure["file"] != "loss.svg") continue;
      EXPECT_THAT(figure["title"].get<std::string>(), HasSubstr(counted));
    }
  }
}

TEST(Mlp, TrainsAsPyTorchOnTheEmbeddedNames) {
  const Scratch scratch;
  const Outcome run =
      run_in(scratch, "mlp --profile avx2 --embed 2 --hidden 100 --steps 300 --decay-at 200 --quiet");
  ASSERT_EQ(run.code, 0) << run.err;
  const std::string log = scratch.path("out/mlp/log.jsonl");
  const json torch = golden()["mlp"];
  const json examples = events_of(log, "examples").at(0);
  EXPECT_EQ(json({examples["train"], examples["val"], examples["test"]}), torch["examples"]);
  EXPECT_EQ(events_of(log, "params").at(0)["count"], 3481);
  for (const auto& [step, loss] : torch["losses"].items()) {
    EXPECT_NEAR(loss_at(log, std::stoll(step)), loss.get<double>(), 1e-4) << "at step " << step;  // class T
  }
  const auto splits = events_of(log, "split");
  ASSERT_EQ(splits.size(), 3U);
  for (size_t i = 0; i < 3; ++i)
    EXPECT_NEAR(splits[i]["loss"].get<double>(), torch["splits"][i].get<double>(), 1e-4);
  EXPECT_EQ(events_of(log, "sample").size(), 20U);
  EXPECT_EQ(events_of(log, "figure").size(), 4U);  // the sweep twice, the loss, and the 2-d embedding
}

TEST(Mlp, StartsAsTheLecturesNetwork) {
  if (!std::filesystem::exists(kNames)) GTEST_SKIP() << "needs the lecture's names.txt in ../shared/data";
  const Scratch scratch;
  ASSERT_EQ(run_in(scratch, "mlp --steps 11 --quiet --data '" + kNames + "'").code, 0);
  const std::string log = scratch.path("out/mlp/log.jsonl");
  // 1e-5 relative: one float32 pass; the tenth step amplifies rounding to 1e-3 (lectures.md).
  EXPECT_NEAR(loss_at(log, 0), 27.881731, 28e-5);
  EXPECT_NEAR(loss_at(log, 1), 24.003197, 28e-5);
  EXPECT_NEAR(loss_at(log, 10), 16.6944, 1e-3);
}

TEST(Mlp, OverfitsTheLecturesFirstNames) {
  if (!std::filesystem::exists(kNames)) GTEST_SKIP() << "needs the lecture's names.txt in ../shared/data";
  const Scratch scratch;
  const Outcome run = run_in(scratch, "mlp --overfit 5 --no-out --quiet --data '" + kNames + "'");
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("28 of 32"));
  EXPECT_EQ(run.out.find("differs"), std::string::npos) << run.out;
}

TEST(Mlp, LogsStopsAndResumesItsOverfitting) {
  const Scratch scratch;
  const std::string app = "mlp --overfit 3 --quiet ";
  ASSERT_EQ(run_in(scratch, app + "--steps 60 --out whole").code, 0);
  ASSERT_EQ(run_in(scratch, app + "--steps 25 --out part").code, 0);
  ASSERT_EQ(run_in(scratch, app + "--steps 60 --resume part/checkpoint.safetensors --out rest").code, 0);
  EXPECT_EQ(slurp(scratch.path("rest/checkpoint.safetensors")),
            slurp(scratch.path("whole/checkpoint.safetensors")));
  const std::string log = scratch.path("whole/log.jsonl");
  EXPECT_EQ(events_of(log, "params").at(0)["count"], 3481);
  EXPECT_LT(loss_at(log, 59), loss_at(log, 0));
}

TEST(Mlp, ComparesWithTheLectureWhereItsStreamIsTheLectures) {
  const Scratch scratch;
  const std::string app = "mlp --data embedded --find-lr --quiet --no-out ";
  EXPECT_THAT(run_in(scratch, app).out, HasSubstr(" PyTorch"));
  for (const char* flags : {"--seed 5", "--words :300", "--sampling race"}) {
    EXPECT_THAT(run_in(scratch, app + flags).out, testing::Not(HasSubstr("PyTorch"))) << flags;
  }
}

TEST(Mlp, SearchesWithTheNumberOfStepsAskedFor) {
  const Scratch scratch;
  const Outcome run = run_in(scratch, "mlp --search --words :300 --steps 5 --out o");
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("Each setting trains for 5 steps"));
  std::vector<std::vector<double>> dev;  // of each table, which is sorted by it
  std::istringstream lines(run.out.substr(run.out.find("Sizes, and")));
  for (std::string line; std::getline(lines, line);) {
    if (line.find("setting  ") != std::string::npos) dev.emplace_back();
    if (line.starts_with("  original E") || line.starts_with("  kaiming E") || line.starts_with("  batch "))
      dev.back().push_back(std::stod(line.substr(line.rfind(' '))));
  }
  ASSERT_EQ(dev.size(), 2U) << run.out;
  EXPECT_EQ(dev[0].size(), 8U);
  EXPECT_EQ(dev[1].size(), 5U);
  for (const auto& losses : dev) EXPECT_TRUE(std::is_sorted(losses.begin(), losses.end()));
  EXPECT_THAT(slurp(scratch.path("o/search.svg")), HasSubstr(">kaiming E24 H200<"));
  EXPECT_THAT(slurp(scratch.path("o/search_rates.svg")), HasSubstr(">batch 32 rate 0.3<"));
}

TEST(Mlp, RefusesFlagsThatSayNothingAndWritesNothing) {
  const Scratch scratch;
  for (const char* flags : {"--find-lr --search", "--overfit 5 --find-lr", "--overfit 0",
                            "--search --resume x", "--find-lr --save x", "--search --save-every 3"}) {
    const Outcome run = run_in(scratch, std::string("mlp ") + flags);
    EXPECT_EQ(run.code, 2) << flags;
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
  }
  EXPECT_EQ(run_in(scratch, "mlp --find-lr --hidden 500").err,
            "mlp: --hidden has no effect with --find-lr (--help lists the flags)\n");
  EXPECT_TRUE(scratch.names().empty());
}

TEST(MlpNet, CountsItsParameters) {
  Generator generator(1);
  EXPECT_EQ(count_parameters(MlpNet({}, {}, generator).parameters()), 11897);
  EXPECT_EQ(count_parameters(MlpNet({}, {}, generator, true).parameters()), 11897 + 30 * 27);
}

TEST(MlpNet, MeasuresASplitAsOneBatchDoes) {
  Generator generator(1);
  const MlpNet net({}, {}, generator);
  const Examples examples = {randint(0, 27, {10000, 3}, generator), randint(0, 27, 10000, generator)};
  const auto logits = [&](const IntTensor& x) { return net.logits(x); };
  // Batches of 4096 and one of 10,000 sum in another order: float32's 1e-6 relative of a loss of 30.
  EXPECT_NEAR(split_loss(logits, examples), cross_entropy(logits(examples.x), examples.y).item(), 1e-4);
}

TEST(MlpNet, NamesTheStageItDoesNotKnow) {
  EXPECT_THROW(mlp_scales("best", {}), ValueError);
  EXPECT_NEAR(mlp_scales("kaiming", {}).W1, 0.304290, 5e-7);  // the lecture's six digits
}

}  // namespace
}  // namespace lt::apps
