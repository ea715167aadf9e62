// A run that is killed at random moments and resumed each time ends with the bits of one that never was.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>

#include <libtensor/tests/apps/app_run.h>

namespace lt::apps {
namespace {

// Saved after every step, so that many a kill comes in the middle of a save.
const std::string kRun =
    "exec $BIN/bigram_net --batch 32 --words :400 --samples 2 --quiet --steps 150 --save-every 1 "
    ">/dev/null 2>>err --out ";

double seconds_of(const Scratch& scratch, const std::string& out, int& code) {
  const auto start = std::chrono::steady_clock::now();
  code = wait_for(start_in(scratch, kRun + out));
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// LIBTENSOR_KILLS=300 for more.
TEST(Kills, AtRandomMomentsLoseNothing) {
  const Scratch scratch;
  const char* more = std::getenv("LIBTENSOR_KILLS");
  const int wanted = more == nullptr ? 20 : std::atoi(more);
  int code = 0;
  const double whole = seconds_of(scratch, "whole", code);
  ASSERT_EQ(code, 0) << slurp(scratch.path("err"));
  const std::string bits = slurp(scratch.path("whole/checkpoint.safetensors"));
  const std::string file = scratch.path("killed/checkpoint.safetensors");
  std::mt19937 random(1);
  int runs = 0;
  for (int kills = 0; kills < wanted || code != 0;) {
    const std::string resume = std::filesystem::exists(file) ? " --resume " + file : "";
    const pid_t run = start_in(scratch, fmt::format("{}killed{}", kRun, resume));
    // The last run is let live.
    if (kills < wanted) {
      std::uniform_real_distribution<double> moment(0, whole / 2);
      ::usleep(static_cast<useconds_t>(1e6 * moment(random)));
      ::kill(run, SIGKILL);
    }
    code = wait_for(run);
    kills += code == 128 + SIGKILL ? 1 : 0;
    ASSERT_TRUE(code == 0 || code == 128 + SIGKILL) << slurp(scratch.path("err"));
    if (code != 0) continue;
    ++runs;
    EXPECT_EQ(slurp(file), bits);
    EXPECT_FALSE(events_of(scratch.path("killed/log.jsonl"), "done").empty());  // each line can be read
    for (const auto& entry : std::filesystem::directory_iterator(scratch.path("killed"))) {
      EXPECT_FALSE(entry.path().filename().string().starts_with(".lt-")) << entry.path();
    }
    std::filesystem::remove_all(scratch.path("killed"));
  }
  EXPECT_GT(runs, 0);
}

}  // namespace
}  // namespace lt::apps
