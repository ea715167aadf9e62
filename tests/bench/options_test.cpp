#include <libtensor/bench/options.h>

#include <gmock/gmock.h>

#include <libtensor/tests/scratch.h>

namespace lt::bench {
namespace {

Options parsed(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "/somewhere/matmul_bench");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  return parse(static_cast<int>(argv.size()), argv.data());
}

TEST(BenchOptions, AreReadInAnyOrder) {
  const Scratch scratch;
  const std::string path = scratch.path("rows.json");
  const Options options = parsed({"--filter", "64", "--json", path, "--threads", "4", "--quick", "--idle"});
  EXPECT_TRUE(options.quick);
  EXPECT_TRUE(options.idle);
  EXPECT_EQ(options.json, path);
  EXPECT_THAT(options.threads, testing::ElementsAre(4));
  EXPECT_TRUE(options.wants("64,64,64"));
  EXPECT_FALSE(options.wants("32,27,200"));
}

TEST(BenchOptions, AreOneAndTwoThreadsAndEveryWorkAtFirst) {
  const Options options = parsed({});
  EXPECT_TRUE(options.wants_threads(1) && options.wants_threads(2) && !options.wants_threads(3));
  EXPECT_TRUE(options.wants("anything"));
}

TEST(BenchOptionsDeathTest, AnUnknownFlagExitsWith2AndTheUsage) {
  const auto usage = testing::HasSubstr("usage: matmul_bench [flags]\n");
  for (const auto& wrong : std::vector<std::vector<std::string>>{
           {"--nonesuch"}, {"5"}, {"--json"}, {"--threads"}, {"--threads", "0"}, {"--threads", "2x"}}) {
    EXPECT_EXIT(parsed(wrong), testing::ExitedWithCode(2), usage) << wrong[0];
  }
}

TEST(BenchOptionsDeathTest, HelpExitsWith0) {
  EXPECT_EXIT(parsed({"--help"}), testing::ExitedWithCode(0), "");
}

TEST(BenchOptionsDeathTest, AFileThatCannotBeWrittenExitsWith1BeforeAnythingIsMeasured) {
  const Scratch scratch;
  const std::string path = scratch.path("no_such_folder/rows.json");
  EXPECT_EXIT(parsed({"--json", path}), testing::ExitedWithCode(1),
              testing::HasSubstr(path + ": cannot write"));
}

}  // namespace
}  // namespace lt::bench
