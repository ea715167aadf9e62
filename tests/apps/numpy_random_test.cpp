#include <libtensor/apps/micrograd/numpy_random.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <libtensor/tensor/error.h>
#include <libtensor/tests/random_golden.h>

namespace lt::apps {
namespace {

using ::testing::ElementsAre;
using ::testing::ThrowsMessage;

void expect_case(const test::Json& recorded, NumpyRandom& random) {
  const std::string name = recorded.at("name");
  const auto count = recorded.at("numel").get<size_t>();
  std::vector<double> drawn(count);
  if (name == "np_rand") {
    for (double& x : drawn) x = random.rand();
    test::expect_recorded(recorded, drawn);
  } else if (name == "np_randn") {
    for (double& x : drawn) x = random.randn();
    test::expect_recorded(recorded, drawn);
  } else if (name == "np_permutation") {
    test::expect_recorded(recorded, random.permutation(static_cast<int64_t>(count)));
  } else {
    ADD_FAILURE() << "no such case: " << name;
  }
}

TEST(NumpyRandom, EveryRecordedCallGivesTheRecordedNumbersAndWords) {
  int cases = 0;
  for (const test::Json& recorded : test::golden_cases()) {
    if (!recorded.at("name").get<std::string>().starts_with("np_")) continue;
    ++cases;
    SCOPED_TRACE(test::describe(recorded));
    NumpyRandom random(recorded.at("seed").get<uint32_t>());
    expect_case(recorded, random);
    EXPECT_EQ(random.word(), recorded.at("next_u32").get<uint32_t>());
  }
  EXPECT_EQ(cases, 6);
}

// NumPy 1.24: seed(1337); randn(); normal(3, 2); rand(); permutation(5); randn()
TEST(NumpyRandom, MixesCallsAsNumpyDoes) {
  NumpyRandom random(1337);
  random.randn();
  EXPECT_EQ(random.normal(3, 2), 2.0194352744245707);
  EXPECT_EQ(random.rand(), 0.27812651949435974);
  EXPECT_THAT(random.permutation(5), ElementsAre(1, 0, 3, 4, 2));
  EXPECT_EQ(random.randn(), -1.722627690255963);
}

TEST(NumpyRandom, PermutesAsRecordedForSeed1337) {
  NumpyRandom random(1337);
  EXPECT_THAT(random.permutation(10), ElementsAre(6, 3, 0, 4, 5, 2, 1, 9, 8, 7));
}

TEST(NumpyRandom, RefusesWhatHasNoMeaning) {
  NumpyRandom random(1);
  EXPECT_THAT([&] { random.normal(0, -1); }, ThrowsMessage<ValueError>("normal: expected std >= 0, got -1"));
  EXPECT_THAT([&] { random.permutation(-1); },
              ThrowsMessage<ValueError>("permutation: expected n in 0..2^32, got -1"));
}

}  // namespace
}  // namespace lt::apps
