// The wavenet app from the outside: every figure of short runs, and what it writes, resumes and refuses. And
// its layers from the inside.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <libtensor/apps/wavenet/wavenet.h>
#include <libtensor/nn/batch_norm.h>
#include <libtensor/tests/apps/app_run.h>

namespace lt::apps::wavenet {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const std::string kFewNames = "wavenet --data embedded --words :2000 --quiet ";

// Losses, split losses and names of PyTorch's.
void expect_check(const std::string& data, const std::vector<std::string>& setups) {
  const Scratch scratch;
  for (const std::string& flags : setups) {
    const Outcome run = run_in(scratch, "wavenet --check --quiet --no-out --data " + data + " " + flags);
    EXPECT_EQ(run.code, 0) << flags << run.out << run.err;
    EXPECT_THAT(run.out, Not(HasSubstr("check: 0 of"))) << flags;
  }
}

TEST(Wavenet, GivesPyTorchsShapesAndConvolution) { expect_check("embedded", {"--shapes", "--check-conv"}); }

TEST(Wavenet, AgreesWithPyTorchOnTheFlatNetwork) {
  expect_check("embedded", {"--arch flat --embed 10 --hidden 200 --steps 200"});
}

TEST(Wavenet, AgreesWithPyTorchOnTheTree) {
  expect_check("embedded", {"--embed 10 --hidden 68 --steps 200"});
}

TEST(Wavenet, AgreesWithPyTorchOnTheBug) {
  expect_check("embedded", {"--bn-bug --embed 10 --hidden 68 --steps 50"});
}

TEST(Wavenet, AgreesWithPyTorchOnDropout) { expect_check("embedded", {"--exercise 1 --steps 200"}); }

TEST(Wavenet, AgreesWithPyTorchOnGates) { expect_check("embedded", {"--exercise 3 --hidden 8 --steps 200"}); }

TEST(Wavenet, AgreesWithPyTorchOnTheLecturesNames) {
  if (!std::filesystem::exists(kNames)) GTEST_SKIP() << "needs the lecture's names.txt in ../shared/data";
  expect_check("'" + kNames + "'", {"--steps 1000"});
}

TEST(Wavenet, SaysThatWithTheBugItIsNoConvolution) {
  const Scratch scratch;
  for (const std::string flags : {"--check-conv --bn-bug ", "--exercise 2 --bn-bug --block 4 "}) {
    const Outcome run = run_in(scratch, "wavenet --data embedded --words :50 --no-out " + flags);
    EXPECT_EQ(run.code, 0) << run.err;
    EXPECT_THAT(run.out, HasSubstr("Not this one: with the bug")) << flags;
    EXPECT_THAT(run.out, Not(HasSubstr("convolved"))) << flags;
  }
}

TEST(Wavenet, ResumesWithTheSameBits) {
  for (const std::string flags : {"--embed 4 --hidden 8 ", "--exercise 1 --embed 4 --hidden 8 ",
                                  "--bn-bug --embed 4 --hidden 8 ", "--exercise 3 --hidden 8 "}) {
    const Scratch scratch;
    const std::string app = kFewNames + flags;
    ASSERT_EQ(run_in(scratch, app + "--steps 30 --out whole").code, 0);
    ASSERT_EQ(run_in(scratch, app + "--steps 12 --out part").code, 0);
    ASSERT_EQ(run_in(scratch, app + "--steps 30 --resume part/checkpoint.safetensors --out rest").code, 0);
    EXPECT_EQ(slurp(scratch.path("rest/checkpoint.safetensors")),
              slurp(scratch.path("whole/checkpoint.safetensors")))
        << flags;
    const auto samples = events_of(scratch.path("whole/log.jsonl"), "sample");
    EXPECT_EQ(samples.size(), 20U);
    EXPECT_EQ(samples, events_of(scratch.path("rest/log.jsonl"), "sample")) << flags;
  }
}

TEST(Wavenet, TrainsTheFiveNetworksOfTheTable) {
  const Scratch scratch;
  const Outcome run = run_in(scratch, kFewNames + "--table --steps 3 --no-out");
  ASSERT_EQ(run.code, 0) << run.err;
  for (const char* row : {"lecture 4: block 3 +12097", "flat, block 8 +22097", "tree, with the bug +22397",
                          "tree +22397", "tree, larger +76579"}) {
    EXPECT_THAT(run.out, testing::ContainsRegex(row));
  }
}

TEST(Wavenet, GivesAConvolutionsLogitsForEveryDepth) {
  const Scratch scratch;
  for (const char* flags : {"--block 2", "--block 2 --bn-bug", "--block 4", "--block 16", "--arch flat",
                            "--arch flat --block 1"}) {
    const Outcome run = run_in(scratch, kFewNames + "--check-conv --no-out " + flags);
    ASSERT_EQ(run.code, 0) << run.err;
    const size_t at = run.out.find("largest difference, convolved");
    ASSERT_NE(at, std::string::npos) << run.out;
    EXPECT_LT(std::stod(run.out.substr(at + 29)), 1e-6) << flags;
  }
}

TEST(Wavenet, RefusesSizesThatDoNotFitAndFlagsThatSayNothing) {
  const Scratch scratch;
  for (const char* flags : {"--block 6", "--block 1", "--batch 1", "--arch round", "--check-conv --steps 5",
                            "--table --hidden 8", "--exercise 3 --arch flat", "--shapes --exercise 3",
                            "--arch flat --bn-bug", "--exercise 2 --batch 8"}) {
    const Outcome run = run_in(scratch, std::string("wavenet ") + flags);
    EXPECT_EQ(run.code, 2) << flags;
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
  }
  EXPECT_EQ(run_in(scratch, "wavenet --block 6").err,
            "wavenet: --block: '6' is not 2, 4, 8, ...: a tree joins two neighbours again and again (--help "
            "lists the flags)\n");
  EXPECT_EQ(run_in(scratch, kFewNames + "--arch flat --block 6 --steps 1 --no-out").code, 0);
  EXPECT_TRUE(scratch.names().empty());
}

TEST(WavenetLayers, NormalizeAsTheLibrarysOwnDoes) {
  Generator g(1);
  const Tensor x = randn({32, 4, 8}, g);
  nn::BatchNorm1d library(8, {.unbiased = true, .channels_last = true});
  BatchNorm1d lectures(8, Dims{0, 1}, Shape(8));
  FusedBatchNorm1d fused(8, Dims{0, 1}, Shape(8));
  const Tensor y = library(Variable(x)).data();
  // The same numbers in another order.
  EXPECT_TRUE(allclose(lectures(Variable(x)).data(), y, 1e-5, 1e-6));
  EXPECT_TRUE(allclose(fused(Variable(x)).data(), y, 1e-5, 1e-6));
  for (const BatchNorm1d* norm : std::vector<const BatchNorm1d*>{&lectures, &fused}) {
    EXPECT_TRUE(allclose(norm->running_mean, library.running_mean, 1e-5, 1e-7));
    EXPECT_TRUE(allclose(norm->running_var, library.running_var, 1e-5, 1e-7));
  }
}

TEST(WavenetLayers, JoinNeighboursUntilNoTimeIsLeft) {
  Generator g(1);
  Sequential model = make_network({.block = 8, .embed = 3, .hidden = 5}, g);
  EXPECT_EQ(model(zeros<int64_t>({2, 8})).shape(), Shape({2, 27}));
  EXPECT_EQ(model.layers[0]->shape, Shape({2, 4, 6}));
  EXPECT_EQ(model.layers[8]->shape, Shape({2, 10}));
  EXPECT_EQ(model.buffers().size(), 6U);
  EXPECT_EQ(make_network({.bn_bug = true}, g).buffers()[0].second.shape(), Shape({1, 4, 128}));
}

}  // namespace
}  // namespace lt::apps::wavenet
