#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

TEST(Creation, FillsAShape) {
  EXPECT_EQ(full({2, 2}, 3).to_vector(), std::vector<float>(4, 3));
  EXPECT_EQ(zeros<int64_t>(2).to_vector(), std::vector<int64_t>({0, 0}));
  EXPECT_EQ(ones<bool>(2).to_vector(), std::vector<bool>({true, true}));
  EXPECT_EQ(scalar<double>(0.1).item(), 0.1);
  EXPECT_EQ(ones_like(zeros<int64_t>({2, 3}).t()).strides(), Strides({2, 1}));
  EXPECT_EQ(zeros({3, 0, 2}).numel(), 0);
}

TEST(Creation, RefusesShapesThatNoMemoryHolds) {
  const int64_t huge = int64_t{1} << 61;
  EXPECT_EQ(error_text<ShapeError>([&] { zeros({2, -1}); }), "shape: negative size in (2, -1)");
  EXPECT_EQ(error_text<ShapeError>([&] { zeros(huge); }),
            "empty: (2305843009213693952) is more than memory can hold");
  EXPECT_THROW(zeros<bool>(huge), std::bad_alloc);
}

TEST(Creation, TakesNumbersInRowMajorOrder) {
  EXPECT_EQ(from_vector<int64_t>({1, 2, 3, 4, 5, 6}, {2, 3}).at({1, 0}), 4);
  EXPECT_EQ(from_vector<bool>({true, false}, 2).to_vector(), std::vector<bool>({true, false}));
  EXPECT_EQ(error_text<ShapeError>([&] {
              from_vector({1, 2, 3}, {2, 2});
            }),
            "from_vector: 3 values do not fill shape (2, 2)");
}

TEST(Creation, TakesNestedLists) {
  EXPECT_EQ(tensor({1, 2, 3}).shape(), Shape(3));
  EXPECT_EQ(tensor<int64_t>({{1, 2}, {3, 4}, {5, 6}}).at({2, 1}), 6);
  EXPECT_EQ(tensor<int64_t>({{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}}).at({1, 0, 1}), 6);
  EXPECT_EQ(tensor({{1}, {2}}).shape(), Shape({2, 1}));
  EXPECT_EQ(tensor({{1.5}}).shape(), Shape({1, 1}));
  EXPECT_EQ(tensor({}).shape(), Shape(0));
  EXPECT_EQ(tensor({{}, {}}).shape(), Shape({2, 0}));
  EXPECT_EQ(tensor(3).shape(), Shape());
  EXPECT_EQ(tensor({{{{1, 2}}}}).shape(), Shape({1, 1, 1, 2}));
  EXPECT_EQ(error_text<ShapeError>([&] { tensor({{1, 2}, {3}}); }), "tensor: ragged rows: (1) beside (2)");
  EXPECT_EQ(error_text<ShapeError>([&] {
              tensor({{{1.F}}, {{1.F, 2.F}}});
            }),
            "tensor: ragged rows: (2) beside (1)");
  EXPECT_EQ(error_text<ShapeError>([&] { tensor({{1}, 2}); }), "tensor: ragged rows: () beside (1)");
  EXPECT_EQ(error_text<ShapeError>([&] { tensor({1, {2}}); }), "tensor: ragged rows: (1) beside ()");
}

TEST(Arange, StopsBelowTheEnd) {
  EXPECT_EQ(arange<int64_t>(4).to_vector(), std::vector<int64_t>({0, 1, 2, 3}));
  EXPECT_EQ(arange<int64_t>(5, 0, -2).to_vector(), std::vector<int64_t>({5, 3, 1}));
  EXPECT_EQ(arange<int64_t>(1, 8, 3).to_vector(), std::vector<int64_t>({1, 4, 7}));
  EXPECT_EQ(arange(0, 1, 0.25F).to_vector(), std::vector<float>({0, 0.25F, 0.5F, 0.75F}));
  EXPECT_EQ(arange(3, 3).numel(), 0);
}

TEST(Arange, RoundsEachNumberOnce) {
  const DoubleTensor x = arange<double>(0, 1000, 0.1);
  EXPECT_EQ(x.numel(), 10'000);
  EXPECT_EQ(x.at({9'999}), 9'999 * 0.1);
}

TEST(Arange, RefusesStepsThatDoNotLeadToTheEnd) {
  EXPECT_EQ(error_text<ValueError>([&] { arange<int64_t>(0, 5, 0); }),
            "arange: no steps of 0 lead from 0 to 5");
  EXPECT_EQ(error_text<ValueError>([&] { arange<int64_t>(0, 5, -1); }),
            "arange: no steps of -1 lead from 0 to 5");
  const float inf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(error_text<ValueError>([&] { arange(0, inf); }), "arange: no steps of 1 lead from 0 to inf");
  EXPECT_EQ(error_text<ValueError>([&] { arange(0, 1, std::nanf("")); }),
            "arange: no steps of nan lead from 0 to 1");
  EXPECT_EQ(error_text<ValueError>([&] { arange<double>(0, 1e30); }),
            "arange: too many steps of 1 lead from 0 to 1e+30");
}

TEST(Arange, WorksAtTheEndsOfTheIntegers) {
  const int64_t most = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(arange<int64_t>(most - 2, most).to_vector(), std::vector<int64_t>({most - 2, most - 1}));
  EXPECT_EQ(arange<int64_t>(-most, most, most).to_vector(), std::vector<int64_t>({-most, 0}));
}

TEST(Linspace, HitsBothEndsExactly) {
  const Tensor x = linspace(-0.1F, 0.7F, 77);
  EXPECT_EQ(x.at({0}), -0.1F);
  EXPECT_EQ(x.at({76}), 0.7F);
  EXPECT_EQ(linspace(0, 1, 5).to_vector(), std::vector<float>({0, 0.25F, 0.5F, 0.75F, 1}));
  EXPECT_EQ(linspace(3, 9, 1).to_vector(), std::vector<float>({3}));
  EXPECT_EQ(linspace(3, 9, 0).numel(), 0);
  EXPECT_EQ(error_text<ValueError>([&] { linspace(0, 1, -1); }), "linspace: -1 steps");
}

TEST(Eye, HasOnesOnTheDiagonal) {
  EXPECT_EQ(eye<int64_t>(3).to_vector(), std::vector<int64_t>({1, 0, 0, 0, 1, 0, 0, 0, 1}));
  EXPECT_EQ(eye(0).shape(), Shape({0, 0}));
  EXPECT_EQ(error_text<ShapeError>([&] { eye(-1); }), "shape: negative size in (-1, -1)");
}

}  // namespace
}  // namespace lt
