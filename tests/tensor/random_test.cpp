#include <libtensor/tensor/random.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <libtensor/tensor/ops.h>

namespace lt {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;
using ::testing::ThrowsMessage;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// --- what the lectures recorded ---

TEST(Random, DrawsTheOffsetsOfTheGptLecturesFirstBatch) {
  Generator generator(1337, Profile::avx2, Sampling::mkl);
  EXPECT_THAT(randint(0, 1003846, {4}, generator).to_vector(), ElementsAre(76049, 234249, 934904, 560986));
}

TEST(Random, DrawsMakemoresFirstThreeProbabilitiesAndTheirSamples) {
  Generator generator(2147483647);
  Tensor p = rand({3}, generator);
  EXPECT_THAT(p.to_vector(), ElementsAre(0.70812887F, 0.354239106F, 0.105432332F));
  p = p / (p.at({0}) + p.at({1}) + p.at({2}));
  EXPECT_THAT(p.to_vector(), Pointwise(FloatNear(5e-5F), {0.6064F, 0.3033F, 0.0903F}));  // as printed
  const std::vector<int64_t> drawn = multinomial(p, 100, true, generator).to_vector();
  EXPECT_THAT(std::vector(drawn.begin(), drawn.begin() + 10), ElementsAre(1, 1, 2, 0, 0, 2, 1, 1, 0, 0));
}

// softmax(row)[at] as the machine of the notebook summed it: eight lanes over the first 24 exponentials, the
// three left over, and then the lanes one after the other.
float probability(const std::vector<float>& row, size_t at) {
  std::vector<float> e(row.size());
  for (size_t i = 0; i < row.size(); ++i) e[i] = static_cast<float>(std::exp(double{row[i]}));
  float sum = e[24] + e[25] + e[26];
  for (size_t i = 0; i < 8; ++i) sum += e[i] + e[i + 8] + e[i + 16];
  return e[at] / sum;
}

TEST(Random, TheScalarProfileGivesAllDigitsOfMakemoresFiveBigrams) {
  Generator generator(2147483647, Profile::scalar);
  const Tensor w = randn({27, 27}, generator);
  const size_t emma[] = {0, 5, 13, 13, 1, 0};
  std::vector<float> p;
  float loss = 0;
  for (size_t i = 0; i < 5; ++i) {
    p.push_back(probability(w[static_cast<int64_t>(emma[i])].to_vector(), emma[i + 1]));
    loss -= static_cast<float>(std::log(double{p.back()}));
  }
  EXPECT_EQ(p[0], 0.012286253273487091F);
  EXPECT_EQ(p[1], 0.018050702288746834F);
  EXPECT_NEAR(p[2], 0.0267F, 5e-5);  // recorded with four decimals
  EXPECT_EQ(p[3], 0.07367684692144394F);
  EXPECT_EQ(p[4], 0.0149775305762887F);
  EXPECT_EQ(loss / 5, 3.7693049907684326F);
}

// --- order in memory ---

TEST(Random, ATransposedTensorFillsAsTheOneItIsAViewOf) {
  Generator view(1);
  Generator plain(1);
  const Tensor x = uniform_(empty({6, 4}).t(), 0, 1, view);
  EXPECT_EQ(x.t().to_vector(), rand({6, 4}, plain).to_vector());
}

TEST(Random, AColumnSliceFillsRowByRowAndLeavesTheRest) {
  Generator view(1);
  Generator plain(1);
  Tensor x = full({3, 8}, 7.0F);
  uniform_(x.narrow(1, 2, 4), 0, 1, view);
  EXPECT_EQ(x.narrow(1, 2, 4).to_vector(), rand({3, 4}, plain).to_vector());
  EXPECT_EQ(x.narrow(1, 0, 2).to_vector(), std::vector<float>(6, 7.0F));
  EXPECT_EQ(x.narrow(1, 6, 2).to_vector(), std::vector<float>(6, 7.0F));
}

TEST(Random, PermutedAxesFillSmallestStrideFirst) {
  Generator view(2);
  Generator plain(2);
  const Tensor x = exponential_(empty({2, 3, 5}).permute({2, 0, 1}), 1, view);
  EXPECT_EQ(x.permute({1, 2, 0}).to_vector(), exponential_(empty({2, 3, 5}), 1, plain).to_vector());
}

TEST(Random, NormalsOfANonContiguousTensorComeOneByOne) {
  Generator view(42);
  Generator pieces(42);
  const std::vector<float> drawn = normal_(full({4, 10}, 0.0F).narrow(1, 0, 5), 0, 1, view).to_vector();
  std::vector<float> expected;
  for (int i = 0; i < 4; ++i) {
    for (const float x : randn({5}, pieces).to_vector()) expected.push_back(x);
  }
  EXPECT_EQ(drawn, expected);
}

TEST(Random, RefusesToFillAnExpandedTensor) {
  EXPECT_THAT(
      [] {
        uniform_(empty({3, 1}).expand({3, 4}));
      },
      ThrowsMessage<ShapeError>(HasSubstr("uniform_: axis 1 of (3, 4) is expanded")));
}

TEST(Random, AnEmptyTensorDrawsNothing) {
  Generator generator(1337);
  rand({0, 3}, generator);
  randn({0}, generator);
  exponential_(empty({0}), 1, generator);
  generator.set_sampling(Sampling::mkl);
  exponential_(empty({0}), 1, generator);
  randint(0, 5, {2, 0}, generator);
  randperm(0, generator);
  EXPECT_EQ(multinomial(empty({0, 3}), 2, true, generator).shape(), Shape({0, 2}));
  EXPECT_EQ(generator.random(), 1125387415U);
}

TEST(Random, BernoulliOfAViewDrawsInItsOwnOrder) {
  Generator view(4);
  Generator plain(4);
  const Tensor p = rand({5, 7}, view);
  rand({5, 7}, plain);
  EXPECT_EQ(bernoulli(p.t(), view).to_vector(), bernoulli(p.t().clone(), plain).to_vector());
}

TEST(Random, BernoulliInPlaceServesEveryType) {
  Generator generator(42);
  const std::vector<float> expected = bernoulli_(empty({20}), 0.5, generator).to_vector();
  EXPECT_THAT(expected, ElementsAre(1, 1, 1, 1, 0, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1));
  generator.manual_seed(42);
  EXPECT_EQ(bernoulli_(empty<bool>({20}), 0.5, generator).cast<float>().to_vector(), expected);
  generator.manual_seed(42);
  EXPECT_EQ(bernoulli_(empty<double>({20}), 0.5, generator).cast<float>().to_vector(), expected);
}

// --- dropout ---

// PyTorch 1.13.1: manual_seed(7); dropout(x, 0.3) for x of shape (6, 4), the same for a transposed x.
TEST(DropoutMask, IsZeroOrTheScaleRowByRow) {
  Generator generator(7);
  const std::vector<int> kept{1, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 1, 1};
  const std::vector<float> mask = dropout_mask({6, 4}, 0.3, generator).to_vector();
  for (size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(mask[i], kept[i] != 0 ? 1 / 0.7F : 0.0F) << i;
}

TEST(DropoutMask, DrawsNothingWhereThereIsNothingToChoose) {
  Generator generator(1337);
  EXPECT_EQ(dropout_mask({3}, 0, generator).to_vector(), std::vector<float>(3, 1.0F));
  EXPECT_EQ(dropout_mask({3}, 1, generator).to_vector(), std::vector<float>(3, 0.0F));
  EXPECT_EQ(dropout_mask({0}, 0.5, generator).numel(), 0);
  EXPECT_EQ(generator.random(), 1125387415U);
  EXPECT_THAT([&] { dropout_mask({3}, -0.1, generator); },
              ThrowsMessage<ValueError>("dropout: probability -0.1 is not in [0, 1]"));
}

// --- multinomial ---

TEST(Multinomial, TheModesDrawWhatTheReportsOfPyTorchsVersionsSay) {
  const Tensor ten = full({10}, 0.1F);
  Generator classic(123, Profile::avx2, Sampling::classic);
  Generator mkl(123, Profile::avx2, Sampling::mkl);
  EXPECT_EQ(multinomial(ten, 1, true, classic).item(), 3);
  EXPECT_EQ(multinomial(ten, 1, true, mkl).item(), 9);
}

TEST(Multinomial, OrdersManyEqualWeightsAsReported) {
  constexpr int64_t kCount = 142816;
  const auto ends = [](Sampling sampling) {
    Generator generator(43, Profile::avx2, sampling);
    const IntTensor order = multinomial(ones({kCount}), kCount, false, generator);
    const std::vector<int64_t> all = order.to_vector();
    return std::vector{all[0], all[1], all[2], all[kCount - 3], all[kCount - 2], all[kCount - 1]};
  };
  EXPECT_THAT(ends(Sampling::mkl), ElementsAre(343, 139839, 105443, 15203, 72413, 91169));
  EXPECT_THAT(ends(Sampling::race), ElementsAre(129540, 11595, 108641, 32274, 52564, 82136));
}

TEST(Multinomial, ExponentialsFollowTheModeToo) {
  const auto drawn = [](Sampling sampling) {
    Generator generator(42, Profile::avx2, sampling);
    rand({5}, generator);
    return exponential_(empty({5}), 1, generator).to_vector();
  };
  const float own[] = {1.6459F, 0.4294F, 0.0677F, 1.3809F, 0.7803F};
  const float mkl[] = {0.5809F, 0.0436F, 2.0548F, 1.9680F, 0.3315F};
  EXPECT_THAT(drawn(Sampling::race), Pointwise(FloatNear(5e-5F), own));  // reported with four decimals
  EXPECT_THAT(drawn(Sampling::mkl), Pointwise(FloatNear(5e-5F), mkl));
}

TEST(Multinomial, OneSampleByRaceIsTheSameWithAndWithoutReplacement) {
  const Tensor p = tensor({0.1F, 0.5F, 0.4F});
  Generator with(8, Profile::scalar, Sampling::race);
  Generator without(8, Profile::scalar, Sampling::race);
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(multinomial(p, 1, true, with).item(), multinomial(p, 1, false, without).item());
  }
}

TEST(Multinomial, ATransposedTableDrawsItsClocksInMemoryOrder) {
  const Tensor p = tensor({{0.2F, 0.3F}, {0.5F, 0.1F}, {0.7F, 0.9F}});  // (3, 2), read as (2, 3)
  Generator generator(5);
  Generator clocks(5);
  const IntTensor drawn = multinomial(p.t(), 1, false, generator);
  const Tensor speed = (p / exponential_(empty({3, 2}), 1, clocks)).t();
  for (int64_t row = 0; row < 2; ++row) {
    const std::vector<float> s = speed[row].to_vector();
    const auto fastest = std::max_element(s.begin(), s.end()) - s.begin();
    EXPECT_EQ(drawn.at({row, 0}), fastest);
  }
}

TEST(Multinomial, NeverDrawsACategoryOfProbabilityZero) {
  const DoubleTensor p = tensor<double>({0, 3, 0, 1, 0});
  Generator generator(1);
  for (const bool replacement : {true, false}) {
    for (int i = 0; i < 200; ++i) {
      for (const int64_t c : multinomial(p, 2, replacement, generator).to_vector()) {
        ASSERT_TRUE(c == 1 || c == 3) << c;
      }
    }
  }
}

TEST(Multinomial, FrequenciesFollowTheProbabilitiesInEveryMode) {
  const Tensor p = tensor({1.0F, 2.0F, 5.0F});
  for (const Sampling sampling : {Sampling::classic, Sampling::race, Sampling::mkl}) {
    Generator generator(11, Profile::scalar, sampling);
    int hits = 0;
    for (int i = 0; i < 4000; ++i) hits += multinomial(p, 1, true, generator).item() == 2 ? 1 : 0;
    EXPECT_NEAR(hits / 4000.0, 0.625, 0.031);  // four standard deviations of 4000 draws
  }
}

void expect_refused(const Tensor& p, int64_t samples, bool replacement, const char* text) {
  Generator generator(1337);
  EXPECT_THAT([&] { multinomial(p, samples, replacement, generator); }, ThrowsMessage<ValueError>(text));
  EXPECT_EQ(generator.random(), 1125387415U) << "words were drawn";
}

TEST(Multinomial, RefusesWhatHasNoMeaning) {
  const Tensor p = tensor({0.5F, 0.5F, 0.0F});
  expect_refused(tensor({1.0F, -1.0F, 0.5F}), 1, true,
                 "multinomial: probability -1 of category 1 is not a finite number >= 0");
  expect_refused(tensor({1.0F, 2.0F, kNaN}), 1, false,
                 "multinomial: probability nan of category 2 is not a finite number >= 0");
  expect_refused(tensor({kInfinity, 1.0F}), 1, true,
                 "multinomial: probability inf of category 0 is not a finite number >= 0");
  expect_refused(zeros({3}), 1, true, "multinomial: the probabilities sum to 0");
  expect_refused(full({2}, 3e38F), 1, true, "multinomial: the probabilities sum to inf");
  expect_refused(p, 0, true, "multinomial: cannot draw 0 samples");
  expect_refused(empty({2, 0}), 1, true, "multinomial: no categories in shape (2, 0)");
  expect_refused(
      p, 3, false,
      "multinomial: cannot draw 3 samples without replacement from 2 categories of probability above 0");
  EXPECT_THAT(
      [] {
        multinomial(ones({2, 2, 2}), 1);
      },
      ThrowsMessage<ShapeError>("multinomial: expected 1 or 2 axes, got shape (2, 2, 2)"));
}

// --- arguments ---

template <typename Call>
void expect_value_error(const Call& call, const char* text) {
  EXPECT_THAT(call, ThrowsMessage<ValueError>(text));
}

TEST(Random, RefusesArgumentsOutOfRange) {
  Generator g(1337);
  expect_value_error([&] { randint(5, 5, {2}, g); }, "randint: expected low < high, got 5 and 5");
  expect_value_error([&] { randint(5, -5, {0}, g); }, "randint: expected low < high, got 5 and -5");
  expect_value_error([&] { randperm(-1, g); }, "randperm: expected n >= 0, got -1");
  expect_value_error([&] { bernoulli_(empty({3}), 1.5, g); }, "bernoulli_: probability 1.5 is not in [0, 1]");
  expect_value_error(
      [&] {
        bernoulli(tensor({0.5F, kNaN}), g);
      },
      "bernoulli_: probability nan is not in [0, 1]");
  expect_value_error([&] { uniform_(empty({3}), 1, 0, g); }, "uniform_: expected low <= high, got 1 and 0");
  expect_value_error([&] { uniform_(empty({3}), kNaN, 0, g); },
                     "uniform_: expected low <= high, got nan and 0");
  expect_value_error([&] { uniform_(empty<double>({3}), -1.5e308, 1.5e308, g); },
                     "uniform_: the range from -1.5e+308 to 1.5e+308 overflows");
  expect_value_error([&] { normal_(empty({3}), 0, -1, g); }, "normal_: expected std >= 0, got -1");
  expect_value_error([&] { normal_(empty({30}), 0, kNaN, g); }, "normal_: expected std >= 0, got nan");
  expect_value_error([&] { exponential_(empty({3}), 0, g); }, "exponential_: expected lambda > 0, got 0");
  EXPECT_EQ(g.random(), 1125387415U) << "words were drawn";
}

TEST(Random, IntegersCoverTheWholeRangeOf64Bits) {
  Generator generator(3);
  constexpr int64_t kLow = std::numeric_limits<int64_t>::min();
  constexpr int64_t kHigh = std::numeric_limits<int64_t>::max();
  int negative = 0;
  for (const int64_t x : randint(kLow, kHigh, {1000}, generator).to_vector()) {
    ASSERT_LT(x, kHigh);
    negative += x < 0 ? 1 : 0;
  }
  EXPECT_NEAR(negative, 500, 64);  // four standard deviations
}

}  // namespace
}  // namespace lt
