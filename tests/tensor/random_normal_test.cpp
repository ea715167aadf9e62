// The transform inside a block of normals, over its whole domain: every float that a unit can be.

#include <gtest/gtest.h>

#include <array>
#include <bit>

#include <libtensor/tensor/random/fill.h>
#include <libtensor/tensor/random/normal.h>
#include <libtensor/tests/random_golden.h>

namespace lt {
namespace {

struct Digests {
  uint64_t log, radius, cosine, sine;
};

// FNV-1a over the results for u = k / 2^24, k = 0, 1, ..., 2^24 - 1.
Digests domain_digests(Profile profile) {
  constexpr uint64_t kOffset = 0xcbf29ce484222325ULL;
  Digests digests{kOffset, kOffset, kOffset, kOffset};
  std::array<float, 2 * kNormalPairs> units;
  for (uint32_t k = 0; k < 1U << 24; k += kNormalPairs) {
    for (uint32_t j = 0; j < kNormalPairs; ++j) {
      units[j] = units[j + kNormalPairs] = static_cast<float>(k + j) * 0x1p-24F;
    }
    const BoxMuller<float> pair = box_muller(units.data(), profile);
    const auto add = [](uint64_t& digest, const auto& values) {
      digest = test::fnv1a64(std::span<const float>(values), digest);
    };
    add(digests.log, pair.log);
    add(digests.radius, pair.radius);
    add(digests.cosine, pair.cosine);
    add(digests.sine, pair.sine);
  }
  return digests;
}

void expect_digests(Profile profile, const char* key) {
  const test::Json expected = test::read_golden("random.json").at("normal_domain").at(key);
  const Digests digests = domain_digests(profile);
  EXPECT_EQ(digests.log, test::from_hex(expected.at("log")));
  EXPECT_EQ(digests.radius, test::from_hex(expected.at("radius")));
  EXPECT_EQ(digests.cosine, test::from_hex(expected.at("cos")));
  EXPECT_EQ(digests.sine, test::from_hex(expected.at("sin")));
}

TEST(RandomNormal, PolynomialsMatchPyTorchOnTheWholeDomain) { expect_digests(Profile::avx2, "poly"); }

TEST(RandomNormal, ScalarFunctionsAreCorrectlyRoundedOnTheWholeDomain) {
  expect_digests(Profile::scalar, "scalar");
}

TEST(RandomNormal, TheFirstBlockOfSeed42PassesThroughTheRecordedStages) {
  constexpr uint32_t kStages[8][4] = {
      // log, radius, cosine, sine
      {0xc008eb32, 0x40046260, 0x3f6e7a10, 0xbeba2b7f}, {0xc01dc507, 0x400e1b7f, 0x3f2b793b, 0x3f3e161b},
      {0xbef71fee, 0x3f7b85f2, 0x3f6ab00c, 0xbecc8694}, {0xc04ce818, 0x4021f365, 0xbf550220, 0xbf0dff83},
      {0xbefd74c0, 0x3f7eb990, 0x3f2e8b67, 0xbf3b453a}, {0xbf6b24e3, 0x3fad7d31, 0xbf692d30, 0xbed35391},
      {0xbe97ccc0, 0x3f45219d, 0xbd65155f, 0xbf7f996c}, {0xbfca007a, 0x3fe3675e, 0xbf6739ed, 0x3edbbb18}};
  Generator generator(42);
  std::array<float, 16> units;
  fill_units<float>(units, generator);
  const BoxMuller<float> pair = box_muller(units.data(), Profile::avx2);
  for (size_t j = 0; j < 8; ++j) {
    EXPECT_EQ(std::bit_cast<uint32_t>(pair.log[j]), kStages[j][0]) << j;
    EXPECT_EQ(std::bit_cast<uint32_t>(pair.radius[j]), kStages[j][1]) << j;
    EXPECT_EQ(std::bit_cast<uint32_t>(pair.cosine[j]), kStages[j][2]) << j;
    EXPECT_EQ(std::bit_cast<uint32_t>(pair.sine[j]), kStages[j][3]) << j;
  }
}

TEST(RandomNormal, TheScalarProfileGivesItsOwnBlockOfSeed42) {
  constexpr uint32_t kExpected[] = {0x3ff6a527, 0x3fbe5f54, 0x3f669567, 0xc006c0dd, 0x3f2dacd5, 0xbf9e0592,
                                    0xbd306787, 0xbfcd65ba, 0xbf408bff, 0x3fd3095a, 0xbec8f2f6, 0xbfb3a963,
                                    0xbf3a566d, 0xbf0f36cc, 0xbf44d2a1, 0x3f432f9f};
  Generator generator(42, Profile::scalar);
  std::array<float, 16> drawn;
  fill_normal<float>(drawn, 0, 1, generator);
  for (size_t j = 0; j < 16; ++j) EXPECT_EQ(std::bit_cast<uint32_t>(drawn[j]), kExpected[j]) << j;
}

TEST(RandomNormal, ATailIsDrawnAgainAsOneBlock) {
  Generator generator(42, Profile::avx2);
  Generator once(42, Profile::avx2);
  std::array<float, 17> long_row;
  std::array<float, 16> block;
  fill_normal<float>(long_row, 0, 1, generator);
  fill_normal<float>(block, 0, 1, once);
  EXPECT_EQ(long_row[0], block[0]);
  once.random();  // the seventeenth unit, overwritten
  fill_normal<float>(block, 0, 1, once);
  EXPECT_TRUE(std::equal(block.begin(), block.end(), long_row.begin() + 1));
  EXPECT_EQ(generator.random(), once.random());
}

}  // namespace
}  // namespace lt
