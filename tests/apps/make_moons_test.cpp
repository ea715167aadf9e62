#include <libtensor/apps/micrograd/make_moons.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <libtensor/tensor/error.h>
#include <libtensor/tests/random_golden.h>

namespace lt::apps {
namespace {

using ::testing::ThrowsMessage;

TEST(Moons, EveryRecordedCallGivesTheRecordedPointsAndLabels) {
  int cases = 0;
  for (const test::Json& recorded : test::golden_cases()) {
    const std::string name = recorded.at("name");
    if (!name.starts_with("make_moons_")) continue;
    ++cases;
    SCOPED_TRACE(test::describe(recorded));
    NumpyRandom random(recorded.at("seed").get<uint32_t>());
    const Moons moons = make_moons(100, 0.1, random);
    if (name == "make_moons_X") {
      std::vector<double> coordinates;
      for (const auto& point : moons.points)
        coordinates.insert(coordinates.end(), point.begin(), point.end());
      test::expect_recorded(recorded, coordinates);
    } else {
      ASSERT_EQ(name, "make_moons_y");
      test::expect_recorded(recorded, std::vector<int64_t>(moons.labels.begin(), moons.labels.end()));
    }
    if (recorded.contains("next_u32")) {
      EXPECT_EQ(random.word(), recorded.at("next_u32").get<uint32_t>());
    }
  }
  EXPECT_EQ(cases, 4);
}

TEST(Moons, LeavesTheStreamWhereScikitLearnLeavesIt) {
  NumpyRandom random(1337);
  make_moons(100, 0.1, random);
  EXPECT_EQ(random.word(), 1944038753U);
}

TEST(Moons, WithoutNoiseLieOnTheTwoHalfCircles) {
  NumpyRandom random(1);
  const Moons moons = make_moons(7, 0, random);
  ASSERT_EQ(moons.points.size(), 7U);
  int lower = 0;
  for (size_t i = 0; i < 7; ++i) {
    const auto [x, y] = moons.points[i];
    const bool is_lower = moons.labels[i] == 1;
    lower += is_lower ? 1 : 0;
    const double dx = is_lower ? 1 - x : x;
    const double dy = is_lower ? 0.5 - y : y;
    EXPECT_NEAR(dx * dx + dy * dy, 1, 1e-15);  // a few roundings of numbers up to 2
    EXPECT_GE(dy, -1e-15);                     // sin(pi) in double is 1.2e-16
  }
  EXPECT_EQ(lower, 4);
}

TEST(Moons, TakesAnyCountFromNothingOn) {
  NumpyRandom random(1);
  EXPECT_TRUE(make_moons(0, 0.1, random).points.empty());
  EXPECT_EQ(make_moons(1, 0, random).points[0], (std::array{0.0, 0.5}));
  EXPECT_EQ(make_moons(2, 0, random).labels.size(), 2U);
  EXPECT_THAT([&] { make_moons(-1, 0.1, random); },
              ThrowsMessage<ValueError>("make_moons: expected count >= 0, got -1"));
  EXPECT_THAT([&] { make_moons(3, -0.5, random); },
              ThrowsMessage<ValueError>("make_moons: expected noise >= 0, got -0.5"));
}

}  // namespace
}  // namespace lt::apps
