// The backprop app from the outside: every figure of a short run, and what it writes, resumes and refuses.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <libtensor/apps/backprop/backprop.h>
#include <libtensor/autograd/operators.h>
#include <libtensor/tests/apps/app_run.h>

namespace lt::apps::backprop {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const std::string kFewNames = "backprop --data embedded --words :2000 --quiet ";

// Each figure of PyTorch's: gradients of all steps, both shortcuts, 1,000 steps, splits and names.
void expect_check(const std::string& data) {
  const Scratch scratch;
  for (const char* flags : {"--steps 1000", "--exercise 1", "--exercise 2", "--exercise 3"}) {
    const Outcome run = run_in(scratch, "backprop --check --quiet --data " + data + " " + flags);
    EXPECT_EQ(run.code, 0) << flags << run.out << run.err;
    EXPECT_THAT(run.out, Not(HasSubstr("check: 0 of"))) << flags;
  }
}

TEST(Backprop, AgreesWithPyTorchOnTheEmbeddedNames) { expect_check("embedded"); }

TEST(Backprop, AgreesWithPyTorchOnTheLecturesNames) {
  if (!std::filesystem::exists(kNames)) GTEST_SKIP() << "needs the lecture's names.txt in ../shared/data";
  expect_check("'" + kNames + "'");
}

TEST(Backprop, LogsTheGradientOfEveryNamedStep) {
  const Scratch scratch;
  const Outcome run = run_in(scratch, kFewNames + "--exercise 1 --hidden 8 --batch 4 --out o");
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(events_of(scratch.path("o/log.jsonl"), "gradient").size(), 26U);
  EXPECT_THAT(run.out, HasSubstr("hprebn (4, 8)"));
  EXPECT_THAT(run.out, Not(HasSubstr("PyTorch")));  // nothing is known of these sizes
}

TEST(Backprop, SaysWhereAGradientIsWrong) {
  const Variable x(ones(3), true);
  sum(x * x).backward();  // 2 x
  const Options options("backprop", "", "");
  testing::internal::CaptureStdout();
  apps::Run run(options);
  GradientTable table(run);
  table.cmp("right", 2 * x.detach(), x);
  table.cmp("wrong", 3 * x.detach(), x);
  table.show();
  const std::string out = testing::internal::GetCapturedStdout();
  EXPECT_THAT(out, testing::ContainsRegex("right \\(3\\) +yes +yes +0 +3.46"));
  EXPECT_THAT(out, testing::ContainsRegex("wrong \\(3\\) +no +no +1 +5.19"));
  EXPECT_THAT(out, testing::ContainsRegex("largest difference of all +1\n"));
}

TEST(Backprop, ResumesWithTheSameBits) {
  const Scratch scratch;
  const std::string app = kFewNames + "--exercise 4 ";
  ASSERT_EQ(run_in(scratch, app + "--steps 60 --out whole").code, 0);
  ASSERT_EQ(run_in(scratch, app + "--steps 25 --out part").code, 0);
  ASSERT_EQ(run_in(scratch, app + "--steps 60 --resume part/checkpoint.safetensors --out rest").code, 0);
  EXPECT_EQ(slurp(scratch.path("rest/checkpoint.safetensors")),
            slurp(scratch.path("whole/checkpoint.safetensors")));
  const auto samples = events_of(scratch.path("whole/log.jsonl"), "sample");
  EXPECT_EQ(samples.size(), 20U);
  EXPECT_EQ(samples, events_of(scratch.path("rest/log.jsonl"), "sample"));
}

TEST(Backprop, RefusesFlagsThatSayNothingAndWritesNothing) {
  const Scratch scratch;
  for (const char* flags : {"--exercise 5", "--exercise 1 --steps 5", "--exercise 3 --lr 1", "--batch 1"}) {
    const Outcome run = run_in(scratch, std::string("backprop ") + flags);
    EXPECT_EQ(run.code, 2) << flags;
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
  }
  EXPECT_TRUE(scratch.names().empty());
}

}  // namespace
}  // namespace lt::apps::backprop
