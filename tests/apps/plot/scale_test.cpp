#include <libtensor/apps/plot/scale.h>

#include <gtest/gtest.h>

#include <cmath>

namespace lt::plot {
namespace {

std::vector<std::string> labels(double low, double high, bool log, int count) {
  std::vector<std::string> out;
  for (const Tick& tick : ticks({.low = low, .high = high, .log = log}, count)) {
    if (!tick.label.empty()) out.push_back(tick.label);
  }
  return out;
}

using Labels = std::vector<std::string>;

TEST(Ticks, StandAtRoundNumbers) {
  EXPECT_EQ(labels(0, 200000, false, 4), (Labels{"0", "50k", "100k", "150k", "200k"}));
  EXPECT_EQ(labels(2.13, 2.78, false, 6), (Labels{"2.2", "2.3", "2.4", "2.5", "2.6", "2.7"}));
  EXPECT_EQ(labels(-1.1, 1.1, false, 5), (Labels{"-1", "-0.5", "0", "0.5", "1"}));
  EXPECT_EQ(labels(0, 3e-7, false, 3), (Labels{"0", "1e-07", "2e-07", "3e-07"}));
}

TEST(Ticks, StandAtPowersOfTenOnALogAxis) {
  EXPECT_EQ(labels(0.001, 100, true, 8), (Labels{"0.001", "0.01", "0.1", "1", "10", "100"}));
  EXPECT_EQ(labels(1.5, 30, true, 8), (Labels{"2", "5", "10", "20"}));
  EXPECT_EQ(labels(0.03, 8, true, 8), (Labels{"0.05", "0.1", "0.2", "0.5", "1", "2", "5"}));
  EXPECT_EQ(labels(1.5, 4.5, true, 8), (Labels{"2", "3", "4"}));
  EXPECT_EQ(labels(2.1, 2.9, true, 4), (Labels{"2.2", "2.4", "2.6", "2.8"}));
}

TEST(Scales, MapBothEnds) {
  const Scale y{.low = 1, .high = 100, .from = 300, .to = 0, .log = true};
  EXPECT_DOUBLE_EQ(y(1), 300);
  EXPECT_DOUBLE_EQ(y(10), 150);
  EXPECT_DOUBLE_EQ(y(100), 0);
  EXPECT_TRUE(std::isnan(y(0)));
  EXPECT_TRUE(std::isnan(y(INFINITY)));
}

TEST(Scales, FitFiniteValuesAndSurviveNone) {
  const Scale fitted = fit({1, NAN, 3, INFINITY}, false, 0.5);
  EXPECT_DOUBLE_EQ(fitted.low, 0);
  EXPECT_DOUBLE_EQ(fitted.high, 4);
  EXPECT_LT(fit({}, false, 0.1).low, fit({}, false, 0.1).high);
  EXPECT_LT(fit({5, 5}, false, 0.1).low, 5);
  EXPECT_LT(fit({0}, false, 0.1).low, 0);
  EXPECT_LT(fit({-1, 7}, true, 0.1).low, 7);
}

}  // namespace
}  // namespace lt::plot
