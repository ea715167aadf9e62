#include <libtensor/bench/idle.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace lt::bench {
namespace {

// The median of nine, since the system may take the core away for a while. Cores start one to twelve; with
// one of the two loops left out it would be none or thousands.
TEST(BenchIdle, ACoreStartsAFewInstructionsACycle) {
  for (const int threads : {1, 2}) {
    std::array<double, 9> counts{};
    for (double& count : counts) count = instructions_per_cycle(threads);
    std::sort(counts.begin(), counts.end());
    EXPECT_GT(counts[4], 0.2) << threads;
    EXPECT_LT(counts[4], 24) << threads;
  }
}

}  // namespace
}  // namespace lt::bench
