#include <libtensor/apps/common/python_random.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <map>
#include <numeric>

#include <libtensor/tests/random_golden.h>

namespace lt::apps {
namespace {

using ::testing::ThrowsMessage;

template <typename T, typename Draw>
std::vector<T> repeat(const test::Json& recorded, const Draw& draw) {
  std::vector<T> all(recorded.at("numel").get<size_t>());
  for (T& value : all) value = draw();
  return all;
}

void expect_case(const test::Json& recorded, PythonRandom& random) {
  const std::string name = recorded.at("name");
  if (name == "py_random") {
    test::expect_recorded(recorded, repeat<double>(recorded, [&] { return random.random(); }));
  } else if (name == "py_uniform") {
    test::expect_recorded(recorded, repeat<double>(recorded, [&] { return random.uniform(-1, 1); }));
  } else if (name == "py_gauss") {
    test::expect_recorded(recorded, repeat<double>(recorded, [&] { return random.gauss(0, 1); }));
  } else if (name == "py_randint") {
    test::expect_recorded(
        recorded, repeat<int64_t>(recorded, [&] { return 1 + static_cast<int64_t>(random.randbelow(6)); }));
  } else if (name == "py_shuffle") {
    std::vector<int64_t> x(recorded.at("numel").get<size_t>());
    std::iota(x.begin(), x.end(), 0);
    random.shuffle(x);
    test::expect_recorded(recorded, x);
  } else {
    ADD_FAILURE() << "no such case: " << name;
  }
}

TEST(PythonRandom, EveryRecordedCallGivesTheRecordedNumbersAndWords) {
  int cases = 0;
  for (const test::Json& recorded : test::golden_cases()) {
    if (!recorded.at("name").get<std::string>().starts_with("py_")) continue;
    ++cases;
    SCOPED_TRACE(test::describe(recorded));
    PythonRandom random(recorded.at("seed").get<int64_t>());
    expect_case(recorded, random);
    EXPECT_EQ(random.getrandbits(32), recorded.at("next_u32").get<uint64_t>());
  }
  EXPECT_EQ(cases, 12);
}

TEST(PythonRandom, ANegativeSeedCountsAsItsMagnitude) {
  EXPECT_EQ(PythonRandom(-42).random(), PythonRandom(42).random());
  PythonRandom smallest(std::numeric_limits<int64_t>::min());
  EXPECT_EQ(smallest.random(), PythonRandom(uint64_t{1} << 63).random());
}

// Python 3.11 with seeds of one digit and of two.
TEST(PythonRandom, ASeedOfMoreThan32BitsIsTwoDigits) {
  EXPECT_EQ(PythonRandom(uint64_t{1} << 32).getrandbits(32), 485306839U);
  EXPECT_EQ(PythonRandom(std::numeric_limits<uint64_t>::max()).getrandbits(32), 93740670U);
  EXPECT_EQ(PythonRandom(0).getrandbits(32), 3626764237U);
}

TEST(PythonRandom, LongBitStringsStartWithTheLowDigit) {
  PythonRandom random(42);
  EXPECT_EQ(random.getrandbits(64), 2053695854357871005ULL);
  EXPECT_EQ(random.getrandbits(40), 811856239313ULL);
  EXPECT_EQ(random.getrandbits(0), 0U);
  EXPECT_EQ(random.getrandbits(5), 8ULL);
}

TEST(PythonRandom, KeepsTheSecondNormalOfAPair) {
  PythonRandom random(42);
  random.gauss(0, 1);
  EXPECT_EQ(random.gauss(10, 2), 10 + 2 * -0.1729036003315193);
}

TEST(PythonRandom, RefusesWhatHasNoMeaning) {
  PythonRandom random(1);
  EXPECT_THAT([&] { random.getrandbits(65); },
              ThrowsMessage<ValueError>("getrandbits: expected 0 to 64 bits, got 65"));
  EXPECT_THAT([&] { random.randbelow(0); }, ThrowsMessage<ValueError>("randbelow: expected n > 0, got 0"));
}

}  // namespace
}  // namespace lt::apps
