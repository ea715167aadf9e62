// The activations app from the outside: PyTorch's losses on the embedded names, and what it writes, resumes
// and refuses. And its layers from the inside.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include <libtensor/apps/activations/deep.h>
#include <libtensor/nn/batch_norm.h>
#include <libtensor/tests/apps/app_run.h>

namespace lt::apps::activations {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// For claims that hold of any data: after training the losses of all splits are computed, which takes longer
// than the few steps here.
const std::string kFewNames = "activations --quiet --words :2000 ";

// tests/golden/make_activations.py wrote it.
json golden() { return json::parse(slurp(LIBTENSOR_SOURCE_DIR "/tests/golden/activations.json")); }

json last_split(const std::string& log, const std::string& name) {
  json found;
  for (const json& event : events_of(log, "split"))
    if (event["name"] == name) found = event;
  return found;
}

// 101 steps with `flags` give PyTorch's losses; `loose` is for the net that amplifies rounding errors.
void expect_golden(const std::string& flags, const std::string& entry, double tolerance, double loose) {
  const Scratch scratch;
  const Outcome run =
      run_in(scratch, "activations --quiet --profile avx2 --steps 101 --out o --samples 0 " + flags);
  ASSERT_EQ(run.code, 0) << run.err;
  const std::string log = scratch.path("o/log.jsonl");
  const json expected = golden()[entry];
  int compared = 0;
  for (const json& event : events_of(log, "step")) {
    if (event.contains("task")) continue;  // of the lesson before
    const std::string step = std::to_string(event["step"].get<int>());
    if (!expected["losses"].contains(step)) continue;
    const bool is_early = event["step"] <= 1;
    EXPECT_NEAR(event["loss"], expected["losses"][step], is_early ? tolerance : loose) << entry << step;
    ++compared;
  }
  EXPECT_EQ(compared, 4);
  EXPECT_NEAR(last_split(log, "val")["loss"], expected["val"], loose) << entry;
}

// One float32 pass is good to 1e-5 relative; well-scaled nets stay within 1e-4 however long they train.
TEST(Activations, LosesWhatPyTorchLosesAtEachStage) {
  expect_golden("--stage original", "original", 3e-4, 5e-2);  // weights of N(0, 1) amplify rounding
  for (const std::string stage : {"softmax", "tanh", "kaiming", "batchnorm"}) {
    expect_golden("--stage " + stage, stage, 3.3e-5, 1e-4);
  }
}

TEST(Activations, LosesWhatPyTorchLosesInTheDeepNetwork) {
  expect_golden("--deep", "deep", 3.3e-5, 1e-4);
  expect_golden("--deep --no-batchnorm --gain 1.5", "deep, no batchnorm, gain 1.5", 3.3e-5, 1e-4);
}

TEST(Activations, WritesEachFigureThatItLogsAndPutsItIntoTheReport) {
  const Scratch scratch;
  for (const auto& [flags, count] :
       {std::pair{"--steps 20", 18U}, {"--deep --steps 5", 7U}, {"--widget 3", 2U}}) {
    const std::string out = "o" + std::to_string(count);
    ASSERT_EQ(run_in(scratch, fmt::format("{}{} --out {}", kFewNames, flags, out)).code, 0);
    const std::string report = slurp(scratch.path(out + "/report.html"));
    const auto figures = events_of(scratch.path(out + "/log.jsonl"), "figure");
    EXPECT_EQ(figures.size(), count) << flags;
    for (const json& figure : figures) {
      const std::string svg = slurp(scratch.path(out + "/" + figure["file"].get<std::string>()));
      EXPECT_THAT(svg, testing::StartsWith("<svg")) << figure;
      EXPECT_THAT(report, HasSubstr(figure["title"].get<std::string>().substr(0, 12)));
    }
  }
}

TEST(Activations, TrainsAllFiveStagesIntoOneTable) {
  const Scratch scratch;
  const Outcome run = run_in(scratch, "activations --words :2000 --stage all --steps 3 --samples 2 --out o");
  ASSERT_EQ(run.code, 0) << run.err;
  std::vector<int64_t> counts;
  for (const json& event : events_of(scratch.path("o/log.jsonl"), "params")) counts.push_back(event["count"]);
  EXPECT_EQ(counts, (std::vector<int64_t>{11897, 11897, 11897, 11897, 12097, 47024}));  // and the six layers
  EXPECT_EQ(events_of(scratch.path("o/log.jsonl"), "split").size(), 15U);
  EXPECT_EQ(events_of(scratch.path("o/log.jsonl"), "sample").size(), 10U);
  EXPECT_THAT(run.out,
              testing::ContainsRegex("The loss log\n +stage +step 0 +train +val\n +original +2[0-9]"));
  EXPECT_GT(events_of(scratch.path("o/log.jsonl"), "done").at(0)["steps_per_second"], 0);
}

TEST(Activations, TellsEachStageUpToItsOwn) {
  const Scratch scratch;
  const Outcome run = run_in(scratch, "activations --words :2000 --stage tanh --steps 1 --no-out");
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("Stage tanh: "));
  EXPECT_THAT(run.out, testing::Not(HasSubstr("Stage kaiming: ")));
  EXPECT_THAT(run.out, HasSubstr("Training: stage tanh"));
}

TEST(Activations, ResumesToTheSameBits) {
  const Scratch scratch;
  for (const std::string flags : {"--stage batchnorm", "--stage tanh", "--deep"}) {
    const std::string app = fmt::format("{}--samples 3 {}", kFewNames, flags);
    ASSERT_EQ(run_in(scratch, app + " --steps 30 --out whole").code, 0);
    ASSERT_EQ(run_in(scratch, app + " --steps 12 --out part").code, 0);
    const Outcome rest = run_in(scratch, app + " --steps 30 --resume part/checkpoint.safetensors --out rest");
    ASSERT_EQ(rest.code, 0) << rest.err;
    EXPECT_EQ(slurp(scratch.path("rest/checkpoint.safetensors")),
              slurp(scratch.path("whole/checkpoint.safetensors")))
        << flags;
    EXPECT_EQ(last_split(scratch.path("rest/log.jsonl"), "val"),
              last_split(scratch.path("whole/log.jsonl"), "val"));
    for (const json& figure : events_of(scratch.path("whole/log.jsonl"), "figure")) {
      const std::string file = "/" + figure["file"].get<std::string>();
      EXPECT_EQ(slurp(scratch.path("rest" + file)), slurp(scratch.path("whole" + file))) << flags << file;
    }
    for (const char* folder : {"whole", "part", "rest"}) std::filesystem::remove_all(scratch.path(folder));
  }
}

TEST(Activations, RefusesTheCheckpointOfAnotherRun) {
  const Scratch scratch;
  ASSERT_EQ(run_in(scratch, "activations --quiet --stage tanh --steps 2 --out a").code, 0);
  const std::string resume = " --steps 3 --no-out --resume a/checkpoint.safetensors";
  for (const std::string flags :
       {"--stage kaiming", "--stage tanh --seed 1", "--stage tanh --words :50", "--deep"}) {
    const Outcome run = run_in(scratch, fmt::format("activations --quiet {}{}", flags, resume));
    EXPECT_EQ(run.code, 1) << flags;
    EXPECT_THAT(run.err, HasSubstr("'a/checkpoint.safetensors': of another run: --stage tanh"));
  }
}

TEST(Activations, RefusesFlagsThatSayNothingAndWritesNothing) {
  const Scratch scratch;
  for (const char* flags :
       {"--stage best", "--gain 2", "--linear", "--no-batchnorm", "--deep --gain 0", "--deep --gain nan",
        "--deep --stage tanh", "--deep --calibrate", "--stage tanh --calibrate", "--exercise 3",
        "--exercise 1 --widget 2", "--stage all --resume x", "--lr 0", "--widget", "--batch 1",
        "--deep --batch 1", "--deep --hidden 5", "--exercise 2 --block 2", "--widget 1 --steps 3"}) {
    const Outcome run = run_in(scratch, std::string("activations ") + flags);
    EXPECT_EQ(run.code, 2) << flags;
    EXPECT_EQ(run.out, "") << flags;
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
    EXPECT_THAT(run.err, testing::StartsWith("activations: "));
  }
  EXPECT_TRUE(scratch.names().empty());
}

TEST(Activations, NamesBothOfTwoFlagsThatSayNothingTogether) {
  const Scratch scratch;
  const Outcome run = run_in(scratch, "activations --deep --embed 3");
  EXPECT_THAT(run.err, HasSubstr("--embed"));
  EXPECT_THAT(run.err, HasSubstr("--deep"));
}

TEST(Activations, TrainsTheStagesNetworkInOtherSizes) {
  const Scratch scratch;
  const Outcome run =
      run_in(scratch, kFewNames + "--stage batchnorm --block 4 --embed 2 --hidden 7 --steps 2 --out o");
  ASSERT_EQ(run.code, 0) << run.err;
  // C, W1, W2, b2, gain and bias
  EXPECT_EQ(events_of(scratch.path("o/log.jsonl"), "params").at(0)["count"],
            27 * 2 + 8 * 7 + 7 * 27 + 27 + 14);
}

TEST(Activations, ReportsADivergingNetUpToTheStepThatBecameNaN) {
  const Scratch scratch;
  const Outcome run =
      run_in(scratch, "activations --deep --linear --no-batchnorm --gain 1.67 --quiet --out o");
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.err, testing::MatchesRegex("activations: the loss at step [3-8] is -?(nan|inf): .*\n"));
  const auto figures = events_of(scratch.path("o/log.jsonl"), "figure");
  EXPECT_EQ(figures.size(), 7U);
  const std::string report = slurp(scratch.path("o/report.html"));
  for (const json& figure : figures) EXPECT_THAT(report, HasSubstr(figure["title"].get<std::string>()));
}

TEST(Activations, LearnsFromZerosWithItsLastBiasAlone) {
  const Scratch scratch;
  const Outcome run = run_in(scratch, "activations --exercise 1 --steps 1000 --quiet --out o");
  ASSERT_EQ(run.code, 0) << run.err;
  for (const char* name : {"C", "W1", "b1", "W2"}) {
    EXPECT_THAT(run.out, testing::ContainsRegex(std::string("\n  ") + name + ": moved by at most +0\n"));
  }
  EXPECT_NEAR(last_split(scratch.path("o/log.jsonl"), "val")["loss"], 2.85, 0.05);  // from ln 27 = 3.30
}

TEST(Activations, FoldsBatchNormAwayWithoutChangingTheLoss) {
  const Scratch scratch;
  const Outcome folded = run_in(scratch, kFewNames + "--exercise 2 --steps 50 --out a");
  const Outcome whole = run_in(scratch, kFewNames + "--deep --steps 50 --out b");
  ASSERT_EQ(folded.code + whole.code, 0) << folded.err << whole.err;
  EXPECT_NEAR(last_split(scratch.path("a/log.jsonl"), "val")["loss"].get<double>(),
              last_split(scratch.path("b/log.jsonl"), "val")["loss"].get<double>(), 1e-6);  // float32 logits
}

TEST(Activations, CalibratesToTheStatisticsOfTheTrainingSplit) {
  const Scratch scratch;
  ASSERT_EQ(run_in(scratch, kFewNames + "--steps 5 --out running").code, 0);
  ASSERT_EQ(run_in(scratch, kFewNames + "--calibrate --steps 5 --out whole").code, 0);
  // After five steps the running statistics have hardly left 0 and 1.
  const double running = last_split(scratch.path("running/log.jsonl"), "val")["loss"];
  const double whole = last_split(scratch.path("whole/log.jsonl"), "val")["loss"];
  EXPECT_NE(running, whole);
  EXPECT_NEAR(running, whole, 0.1);
}

TEST(Activations, ManagesNoStepsAndABatchOfOne) {
  const Scratch scratch;
  for (const std::string flags : {"--steps 0", "--deep --steps 0", "--stage tanh --batch 1 --steps 2",
                                  "--deep --no-batchnorm --batch 1 --steps 2"}) {
    const Outcome run = run_in(scratch, fmt::format("{}--samples 1 --out o {}", kFewNames, flags));
    EXPECT_EQ(run.code, 0) << flags << run.err;
  }
}

TEST(Activations, ManagesAFewNamesWithoutDevOrTestOnes) {
  const Scratch scratch;
  for (const std::string flags : {"", "--deep ", "--exercise 1 ", "--exercise 2 "}) {
    const Outcome run = run_in(scratch, "activations --words :2 --steps 3 --quiet --no-out " + flags);
    EXPECT_EQ(run.code, 0) << flags << run.err;
  }
  EXPECT_EQ(run_in(scratch, "activations --words :1 --no-out").code, 1);
}

// Short runs; tests/all.sh makes the long ones.
void expect_figures(const std::string& data) {
  const Scratch scratch;
  // Under sanitizers a step takes twenty times as long: what trains longer is left to the release.
#ifdef LIBTENSOR_SANITIZED
  const std::vector<std::string> setups = {"--steps 3", "--deep --no-batchnorm --linear --steps 1",
                                           "--widget 0"};
#else
  const std::vector<std::string> setups = {"--steps 101",
                                           "--stage kaiming --steps 101",
                                           "--deep",
                                           "--deep --no-batchnorm --gain 0.5 --steps 1",
                                           "--deep --no-batchnorm --linear --steps 1",
                                           "--exercise 1",
                                           "--exercise 2",
                                           "--widget 0",
                                           "--widget 10"};
#endif
  for (const std::string& flags : setups) {
    const Outcome run =
        run_in(scratch, fmt::format("activations --check --quiet --no-out --data {} {}", data, flags));
    EXPECT_EQ(run.code, 0) << flags << run.out;
    EXPECT_THAT(run.out, testing::ContainsRegex("check: ([0-9]+) of [0-9]+ figures agree: activations"))
        << flags;
  }
}

TEST(Activations, GivesPyTorchsFiguresOnTheEmbeddedNames) { expect_figures("embedded"); }

TEST(Activations, GivesTheLecturesFiguresOnItsNames) {
  if (!std::filesystem::exists(kNames)) GTEST_SKIP() << "needs " << kNames;
  expect_figures("'" + kNames + "'");
}

TEST(BatchNorm1d, IsTheLibrarysByTheUnbiasedVariance) {
  Generator g(1);
  BatchNorm1d norm(4);
  nn::BatchNorm1d fused(4, {.unbiased = true});
  for (int batch = 0; batch < 3; ++batch) {
    const Variable x(randn({8, 4}, g));
    EXPECT_TRUE(allclose(norm(x).data(), fused(x).data(), 1e-5, 1e-6));
  }
  EXPECT_TRUE(allclose(norm.running_mean, fused.running_mean, 1e-5, 1e-6));
  EXPECT_TRUE(allclose(norm.running_var, fused.running_var, 1e-5, 1e-6));
  norm.training = false;
  fused.eval();
  const Variable x(randn({1, 4}, g));
  EXPECT_TRUE(allclose(norm(x).data(), fused(x).data(), 1e-5, 1e-6));  // of one example too
}

TEST(DeepNet, NamesItsHiddenLayersAndKeepsTheirGradients) {
  Generator generator(1);
  DeepNet net(27, {}, generator);
  EXPECT_EQ(count_parameters(net.parameters()), 47024);
  ASSERT_EQ(net.hidden.size(), 5U);
  EXPECT_EQ(net.name(net.hidden[4]), "layer 14 (Tanh)");
  EXPECT_EQ(net.weights().size(), 7U);
  const IntTensor x = randint(0, 27, {8, 3}, generator);
  cross_entropy(net.logits(x), zeros<int64_t>(8)).backward();
  EXPECT_EQ(net.layers[net.hidden[0]]->out.grad().shape(), Shape({8, 100}));

  Flags flags;
  flags.no_batchnorm = flags.linear = true;
  DeepNet plain(27, flags, generator);
  EXPECT_EQ(count_parameters(plain.parameters()), 46497);
  EXPECT_EQ(plain.name(plain.hidden[4]), "layer 4 (Linear)");
}

TEST(DeepNet, EvaluationMovesNoStatistics) {
  Generator generator(1);
  DeepNet net(27, {}, generator);
  const IntTensor x = randint(0, 27, {8, 3}, generator);
  net.train(false);
  const Tensor once = net.logits(x).data();
  EXPECT_TRUE(equal(net.logits(x).data(), once));
  for (const auto& [name, buffer] : net.buffers()) {
    EXPECT_TRUE(equal(buffer, name.ends_with("mean") ? zeros_like(buffer) : ones_like(buffer))) << name;
  }
}

}  // namespace
}  // namespace lt::apps::activations
