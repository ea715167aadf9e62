#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/reduce_golden.h>

namespace lt {
namespace {

using test::expect_near;
using test::for_each_recorded;

using test::kNan;

TEST(Argmax, IsPyTorchsAlongAnyAxes) {
  for_each_recorded("amax", [](const auto& recorded, const Tensor& x) {
    expect_near(amax(x, test::dims_of(recorded.at("axes")), recorded.at("keepdim")),
                test::tensor_of<float>(recorded.at("results")[0]), 0, 0);
  });
  for_each_recorded("amin", [](const auto& recorded, const Tensor& x) {
    expect_near(amin(x, test::dims_of(recorded.at("axes")), recorded.at("keepdim")),
                test::tensor_of<float>(recorded.at("results")[0]), 0, 0);
  });
}

void expect_recorded(const ValuesAndIndices<float>& ours, const test::Json& results) {
  expect_near(ours.values, test::tensor_of<float>(results[0]), 0, 0);
  expect_near(ours.indices, test::tensor_of<int64_t>(results[1]), 0, 0);
}

TEST(Argmax, NamesTheIndexAsPyTorch) {
  for_each_recorded("max", [](const auto& recorded, const Tensor& x) {
    expect_recorded(max(x, recorded.at("axis").template get<int64_t>()), recorded.at("results"));
  });
  for_each_recorded("min", [](const auto& recorded, const Tensor& x) {
    expect_recorded(min(x, recorded.at("axis").template get<int64_t>()), recorded.at("results"));
  });
  for_each_recorded("argmax", [](const auto& recorded, const Tensor& x) {
    expect_near(argmax(x, recorded.at("axis").template get<int64_t>()),
                test::tensor_of<int64_t>(recorded.at("results")[0]), 0, 0);
  });
  for_each_recorded("argmin", [](const auto& recorded, const Tensor& x) {
    expect_near(argmin(x, recorded.at("axis").template get<int64_t>()),
                test::tensor_of<int64_t>(recorded.at("results")[0]), 0, 0);
  });
}

TEST(Argmax, OfEqualsTheFirstAndOfNaNTheFirst) {
  EXPECT_EQ(argmax(tensor({1.0F, 3.0F, 3.0F})).item(), 1);
  EXPECT_EQ(argmin(tensor({0.0F, -0.0F})).item(), 0);
  EXPECT_EQ(argmax(tensor({1.0F, kNan, 3.0F, kNan})).item(), 1);
  EXPECT_EQ(argmin(tensor({1.0F, kNan, -3.0F, kNan})).item(), 1);
  EXPECT_TRUE(std::isnan(amax(tensor({1.0F, kNan, 3.0F})).item()));
  EXPECT_TRUE(std::isnan(min(tensor({1.0F, kNan, 3.0F}), 0).values.item()));
}

TEST(Argmax, FindsOneNumberAnywhereInALongRow) {
  for (const int64_t n : {1, 2, 63, 64, 65, 127, 128, 300, 1000, 70'000}) {
    for (const int64_t place : {int64_t{0}, n / 3, n / 2, n - 1}) {
      Tensor x = zeros({2, n});
      x.select(0, 1).select(0, place).fill_(2);
      EXPECT_EQ(argmax(x, 1).to_vector(), (std::vector<int64_t>{0, place}));
      EXPECT_EQ(argmax(x).item(), n + place);
      EXPECT_EQ(argmin(neg(x).t(), 0).to_vector(), (std::vector<int64_t>{0, place}));
    }
  }
}

TEST(Argmax, WithoutAnAxisCountsInTheFlattenedTensor) {
  const Tensor x = tensor({{1, 9, 2}, {3, 4, -5}});
  EXPECT_EQ(argmax(x).item(), 1);
  EXPECT_EQ(argmin(x).item(), 5);
  EXPECT_EQ(argmax(x.t()).item(), 2);
  EXPECT_EQ(argmax(x, {}, true).shape(), Shape({1, 1}));
  EXPECT_EQ(argmax(scalar(3.0F)).shape(), Shape());
}

TEST(Argmax, KeepsTheAxisUnderKeepdim) {
  const IntTensor x = tensor<int64_t>({{1, 9, 2}, {3, 4, -5}});
  EXPECT_EQ(max(x, 1, true).values.shape(), Shape({2, 1}));
  EXPECT_EQ(max(x, 0, true).indices.shape(), Shape({1, 3}));
  EXPECT_EQ(max(x, 0).values.to_vector(), (std::vector<int64_t>{3, 9, 2}));
  EXPECT_EQ(min(x, -1).indices.to_vector(), (std::vector<int64_t>{0, 2}));
  EXPECT_EQ(amin(x, {0, 1}, true).shape(), Shape({1, 1}));
}

TEST(Argmax, ReachesTheEndsOfTheType) {
  const int64_t low = std::numeric_limits<int64_t>::min();
  EXPECT_EQ(amax(tensor<int64_t>({low, low})).item(), low);
  EXPECT_EQ(amin(full(300, std::numeric_limits<float>::infinity())).item(),
            std::numeric_limits<float>::infinity());
}

TEST(Argmax, RefusesNothing) {
  const Tensor x = empty({2, 0});
  EXPECT_EQ(error_text<ShapeError>([&] { amax(x); }), "amax: nothing to reduce in shape (2, 0)");
  EXPECT_EQ(error_text<ShapeError>([&] { amin(x, 1); }),
            "amin: nothing to reduce in shape (2, 0) over axes (1)");
  EXPECT_EQ(error_text<ShapeError>([&] { max(x, 1); }), "max: axis 1 of (2, 0) has nothing in it");
  EXPECT_EQ(error_text<ShapeError>([&] { argmin(x); }), "argmin: axis 0 of (0) has nothing in it");
  EXPECT_EQ(error_text<IndexError>([&] { argmax(x, 2); }), "argmax: axis 2 out of range for 2 axes");
  EXPECT_EQ(amax(x, 0).shape(), Shape({0}));
  EXPECT_EQ(max(x, 0).indices.shape(), Shape({0}));
}

}  // namespace
}  // namespace lt
