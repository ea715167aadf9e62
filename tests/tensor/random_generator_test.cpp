#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include <libtensor/tensor/random.h>
#include <libtensor/tests/random_golden.h>

namespace lt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

struct SeedWords {
  uint64_t seed;
  uint32_t first, second, third;
  uint64_t first64;
};

TEST(Generator, SeedsGivePyTorchsWordsAndTheHighHalfComesFirst) {
  const SeedWords seeds[] = {
      {2147483647, 1689602031, 3831148394, 2820341149, 0x64b547efe45aaf6a},
      {2147483657, 1291339739, 3761638790, 2212043252, 0x4cf847dbe0360d86},
      {42, 1608637542, 3421126067, 4083286876, 0x5fe1dc66cbea3db3},
      {1337, 1125387415, 2407456957, 681542492, 0x43140c978f7ee0bd},
      {0, 2357136044, 2546248239, 3071714933, 0x8c7f0aac97c4aa2f},
      {static_cast<uint64_t>(-1), 419326371, 479346978, 3918654476, 0x18fe69a31c924122},
      {(1ULL << 32) + 7, 327741615, 976413892, 3349725721, 0x1388f0af3a32e4c4}};
  for (const SeedWords& row : seeds) {
    Generator generator(row.seed);
    Generator wide(row.seed);
    EXPECT_EQ(generator.random(), row.first) << row.seed;
    EXPECT_EQ(generator.random(), row.second) << row.seed;
    EXPECT_EQ(generator.random(), row.third) << row.seed;
    EXPECT_EQ(wide.random64(), row.first64) << row.seed;
  }
}

TEST(Generator, RemembersTheWholeSeedAndStartsFromItsLowHalf) {
  Generator high((1ULL << 32) + 5);
  Generator low(5);
  EXPECT_EQ(high.initial_seed(), 4294967301U);
  EXPECT_EQ(high.random(), low.random());
}

TEST(Generator, WithoutASeedStartsWherePyTorchsDoes) {
  Generator generator;
  EXPECT_EQ(generator.initial_seed(), 67280421310721U);
  EXPECT_NEAR(generator.unit_float(), 0.2673F, 5e-5);  // PyTorch's four printed decimals
  EXPECT_NEAR(generator.unit_float(), 0.8725F, 5e-5);
}

TEST(Generator, DrawsTheSameWordsInBulkAsOneByOne) {
  Generator bulk(7);
  Generator single(7);
  for (const size_t count : std::initializer_list<size_t>{1, 623, 2, 1300, 0, 624}) {
    std::vector<uint32_t> words(count);
    bulk.random(words);
    for (const uint32_t word : words) ASSERT_EQ(word, single.random());
  }
}

TEST(Generator, ACopyGoesItsOwnWayFromTheSamePlace) {
  Generator original(3, Profile::avx2, Sampling::mkl);
  original.standard_normal();
  Generator copy = original;
  EXPECT_EQ(copy.standard_normal(), original.standard_normal());
  EXPECT_EQ(copy.random64(), original.random64());
  EXPECT_EQ(copy.profile(), Profile::avx2);
  EXPECT_EQ(copy.sampling(), Sampling::mkl);
}

TEST(Generator, ManualSeedForgetsTheKeptNormalAndKeepsTheSettings) {
  Generator generator(9, Profile::avx2, Sampling::race);
  const double first = generator.standard_normal();
  generator.manual_seed(9);
  EXPECT_EQ(generator.standard_normal(), first);
  EXPECT_EQ(generator.profile(), Profile::avx2);
  EXPECT_EQ(generator.sampling(), Sampling::race);
}

TEST(Generator, TheKeptNormalOutlivesOtherDrawsAndBlocks) {
  Generator generator(42);
  Generator plain(42);
  const float fourth = randn({4}, plain).at({3});
  randn({3}, generator);
  rand({5}, generator);
  randint(0, 9, {2}, generator);
  randn({20}, generator);
  EXPECT_EQ(randn({1}, generator).item(), fourth);
}

TEST(Generator, TheDefaultOneServesCallsWithoutAGenerator) {
  Generator mine(1234);
  EXPECT_EQ(&manual_seed(1234), &default_generator());
  EXPECT_EQ(rand({3}).to_vector(), rand({3}, mine).to_vector());
  EXPECT_EQ(randperm(9).to_vector(), randperm(9, mine).to_vector());
}

// --- state ---

void draw(const std::string& what, Generator& generator) {
  const int64_t count = what == "none" ? 0 : std::stoll(what.substr(what.find(' ')));
  if (what.starts_with("randn")) {
    randn(count, generator);
  } else {
    rand(count, generator);
  }
}

TEST(GeneratorState, HasTheBytesOfPyTorchs) {
  const test::Json recorded = test::read_golden("random_state.json");
  ASSERT_EQ(recorded.at("cases").size(), 28U);
  for (const test::Json& each : recorded.at("cases")) {
    Generator generator(static_cast<uint64_t>(each.at("seed").get<int64_t>()));
    draw(each.at("draws"), generator);
    const std::string state = generator.state();
    EXPECT_EQ(state.size(), each.at("bytes").get<size_t>());
    EXPECT_EQ(test::fnv1a64(std::span<const char>(state)), test::from_hex(each.at("fnv1a64"))) << each;
  }
}

TEST(GeneratorState, ResumesTheStreamWithItsKeptNormal) {
  for (const char* what : {"none", "rand 1", "rand 624", "rand 625", "randn 5", "randn 17"}) {
    Generator stopped(77);
    draw(what, stopped);
    Generator resumed(1);
    resumed.standard_normal();
    resumed.set_state(stopped.state());
    EXPECT_EQ(resumed.initial_seed(), 77U) << what;
    EXPECT_EQ(resumed.state(), stopped.state()) << what;
    EXPECT_EQ(randn({7}, resumed).to_vector(), randn({7}, stopped).to_vector()) << what;
    EXPECT_EQ(rand({700}, resumed).to_vector(), rand({700}, stopped).to_vector()) << what;
  }
}

// A state with some bytes changed is refused with a text that holds `why`, and nothing changes.
void expect_refused(size_t at, const char* bytes, const char* why) {
  Generator generator(5);
  generator.standard_normal();
  std::string torn = generator.state();
  torn.replace(at, std::strlen(bytes), bytes);
  const std::string before = generator.state();
  EXPECT_THAT([&] { generator.set_state(torn); }, ThrowsMessage<ValueError>(HasSubstr(why)));
  EXPECT_EQ(generator.state(), before);
}

TEST(GeneratorState, RefusesBytesThatAreNotAState) {
  Generator generator;
  EXPECT_THAT([&] { generator.set_state(std::string(5055, '\0')); },
              ThrowsMessage<ValueError>("set_state: 5055 bytes, expected 5056"));
  EXPECT_THAT([&] { generator.set_state(std::string(5056, '\0')); },
              ThrowsMessage<ValueError>("set_state: not a generator's state: it was never seeded"));
  expect_refused(8, "\x09", "its two positions disagree");
  expect_refused(18, "\x01", "its position is past the last word");
  expect_refused(24 + 8 * 100 + 4, "\x01", "a word has more than 32 bits");
  expect_refused(5030, "\xf8\x7f", "its kept normal is not finite");
}

TEST(Mt19937, RefusesAnEmptyKeyAndAPositionOutside) {
  Mt19937 engine(1);
  EXPECT_THAT([&] { engine.seed(std::span<const uint32_t>()); },
              ThrowsMessage<ValueError>("mt19937: the key to seed with is empty"));
  EXPECT_THAT([&] { engine.restore(Mt19937::Words{}, 625); },
              ThrowsMessage<ValueError>("mt19937: position 625 is not in 0..624"));
}

}  // namespace
}  // namespace lt
