#include <libtensor/apps/plot/labels.h>

#include <gtest/gtest.h>

#include <cmath>

namespace lt::plot {
namespace {

TEST(Labels, StandWhereTheFewestCurvesRun) {
  const std::vector<Box> places = {{0, 0, 10, 10}, {20, 0, 30, 10}, {40, 0, 50, 10}};
  EXPECT_EQ(least_covered(places, {{{0, 5}, {31, 5}}}), 2U);
  EXPECT_EQ(least_covered(places, {{{-5, 5}, {15, 5}}, {{35, 5}, {60, NAN}, {41, 1}}}), 1U);
  EXPECT_EQ(least_covered(places, {}), 0U);
}

TEST(Labels, SpreadUntilNoneCoversAnother) {
  const std::vector<Point> dots = {{50, 50}, {50, 50}, {51, 50}, {90, 90}};
  const std::vector<Point> spread_out = spread(dots, 10, {0, 0, 100, 100});
  for (size_t i = 0; i < dots.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      EXPECT_GE(std::hypot(spread_out[i].x - spread_out[j].x, spread_out[i].y - spread_out[j].y), 9.8);
  EXPECT_EQ(spread_out[3].x, 90);
  EXPECT_EQ(spread_out[3].y, 90);
}

}  // namespace
}  // namespace lt::plot
