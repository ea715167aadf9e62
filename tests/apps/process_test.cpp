#include <libtensor/apps/common/process.h>

#include <gtest/gtest.h>

#include <string>

namespace lt::apps {
namespace {

TEST(RunProgram, FeedsTheInputAndReturnsTheOutput) {
  const std::string text(1 << 22, 'x');  // far more than a socket holds: both directions must flow at once
  const auto done = run_program({"cat"}, text);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->status, 0);
  EXPECT_EQ(done->output, text);
}

TEST(RunProgram, ReturnsNothingForAProgramThatIsNotThere) {
  EXPECT_FALSE(run_program({"no-such-program-anywhere"}));
}

TEST(RunProgram, PassesArgumentsWithoutAShell) {
  EXPECT_EQ(run_program({"printf", "%s|%s", "$HOME; ls", "a b"})->output, "$HOME; ls|a b");
}

TEST(RunProgram, ReportsExitCodesAndSignals) {
  EXPECT_EQ(run_program({"sh", "-c", "exit 7"})->status, 7);
  EXPECT_EQ(run_program({"sh", "-c", "kill -9 $$"})->status, 128 + 9);
}

TEST(RunProgram, SurvivesAChildThatDoesNotReadItsInput) {
  EXPECT_EQ(run_program({"true"}, std::string(1 << 22, 'x'))->status, 0);
}

}  // namespace
}  // namespace lt::apps
