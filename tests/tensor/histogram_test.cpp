#include <gtest/gtest.h>

#include <limits>

#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/reduce_golden.h>

namespace lt {
namespace {

using test::kInf;
using test::kNan;

TEST(Histogram, CountsAsPyTorch) {
  test::for_each_recorded("histogram", [](const auto& recorded, const Tensor& x) {
    const auto [counts, edges] =
        histogram(x, recorded.at("bins").template get<int64_t>(), recorded.at("low").template get<float>(),
                  recorded.at("high").template get<float>());
    test::expect_near(counts, test::tensor_of<float>(recorded.at("results")[0]), 0, 0);
    // Edges may be rounded with or without a fused multiplication, at the width of a range below 8.
    test::expect_near(edges, test::tensor_of<float>(recorded.at("results")[1]), 2e-7, 5e-7);
  });
}

TEST(Histogram, GivesAnEdgeToTheBinAboveAndTheLastEdgeToTheLastBin) {
  const auto [counts, edges] = histogram(tensor({0, 1, 1, 2, 3, 4}), 4, 0, 4);
  EXPECT_EQ(counts.to_vector(), (std::vector<float>{1, 2, 1, 2}));
  EXPECT_EQ(edges.to_vector(), (std::vector<float>{0, 1, 2, 3, 4}));
}

TEST(Histogram, LeavesOutWhatLiesOutsideAndNaN) {
  const Tensor x = tensor({-1, 0, 0.5, 2, kNan, kInf});
  EXPECT_EQ(histogram(x, 2, 0, 1).counts.to_vector(), (std::vector<float>{1, 1}));
}

TEST(Histogram, TakesItsOwnRangeFromTheNumbers) {
  const auto [counts, edges] = histogram(tensor<double>({{2, 4}, {3, 6}}).t(), 2);
  EXPECT_EQ(edges.to_vector(), (std::vector<double>{2, 4, 6}));
  EXPECT_EQ(counts.to_vector(), (std::vector<double>{2, 2}));
  EXPECT_EQ(histogram(full(5, 3.0F), 2).edges.to_vector(), (std::vector<float>{2.5F, 3, 3.5F}));
  EXPECT_EQ(histogram(empty({0}), 2).counts.to_vector(), (std::vector<float>{0, 0}));
  EXPECT_EQ(histogram(empty({0}), 2).edges.to_vector(), (std::vector<float>{0, 0.5F, 1}));
}

TEST(Histogram, CountsBeyondTheWholeNumbersOfFloatStepByStep) {
  const int64_t n = (int64_t{1} << 24) + 4;  // a float that is counted up in ones stops at 2^24
  EXPECT_EQ(histogram(zeros(n), 1).counts.item(), static_cast<float>(n));
}

TEST(Histogram, NamesABadRangeOrNumberOfBins) {
  const Tensor x = ones({3});
  EXPECT_EQ(error_text<ValueError>([&] { histogram(x, 0); }), "histogram: needs at least 1 bin, got 0");
  EXPECT_EQ(error_text<ShapeError>([&] { histogram(x, INT64_MAX); }),
            "empty: (9223372036854775807) is more than memory can hold");
  EXPECT_EQ(error_text<ValueError>([&] { histogram(x, 2, 3, 1); }), "histogram: range 3 to 1 is empty");
  EXPECT_EQ(error_text<ValueError>([&] { histogram(x, 2, 0, kInf); }),
            "histogram: range 0 to inf is not finite");
  EXPECT_EQ(error_text<ValueError>([] {
              histogram(tensor({1.0F, kNan}), 2);
            }),
            "histogram: range nan to nan is not finite");
  EXPECT_EQ(error_text<ValueError>([&] { histogram(x, 2, -3e38F, 3e38F); }),
            "histogram: range -3e+38 to 3e+38 is not finite");
}

TEST(Bincount, CountsEachId) {
  EXPECT_EQ(bincount(tensor<int64_t>({3, 0, 3, 1})).to_vector(), (std::vector<int64_t>{1, 1, 0, 2}));
  EXPECT_EQ(bincount(tensor<int64_t>({1}), 4).to_vector(), (std::vector<int64_t>{0, 1, 0, 0}));
  EXPECT_EQ(bincount(empty<int64_t>({0})).shape(), Shape({0}));
  EXPECT_EQ(bincount(tensor<int64_t>({{1, 9}, {1, 9}}).select(1, 0)).to_vector(),
            (std::vector<int64_t>{0, 2}));
}

TEST(Bincount, RefusesWhatIsNoId) {
  EXPECT_EQ(error_text<IndexError>([] { bincount(tensor<int64_t>({2, -1})); }), "bincount: negative id -1");
  EXPECT_EQ(error_text<IndexError>([] { bincount(full<int64_t>(1, INT64_MAX)); }),
            "bincount: id 9223372036854775807 is too large");
  EXPECT_EQ(error_text<ShapeError>([] {
              bincount(ones<int64_t>({2, 2}));
            }),
            "bincount: ids need one axis, not (2, 2)");
  EXPECT_EQ(error_text<ValueError>([] { bincount(ones<int64_t>(2), -1); }), "bincount: negative length -1");
}

}  // namespace
}  // namespace lt
