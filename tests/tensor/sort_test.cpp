#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/reduce_golden.h>

namespace lt {
namespace {

using test::kNan;

TEST(Sort, OrdersAsPyTorch) {
  test::for_each_recorded("sort", [](const auto& recorded, const Tensor& x) {
    const int64_t axis = recorded.at("axis");
    const bool descending = recorded.at("descending");
    const auto [values, indices] = sort(x, axis, descending);
    const IntTensor places = test::tensor_of<int64_t>(recorded.at("results")[1]);
    test::expect_near(values, test::tensor_of<float>(recorded.at("results")[0]), 0, 0);
    test::expect_near(indices, places, 0, 0);
    test::expect_near(argsort(x, axis, descending), places, 0, 0);
  });
}

TEST(Sort, KeepsEqualsInTheirOrder) {
  const IntTensor x = remainder(arange<int64_t>(100), scalar<int64_t>(3));
  const IntTensor places = argsort(x);
  const IntTensor falling = argsort(x, 0, true);
  for (int64_t i = 0; i < 34; ++i) EXPECT_EQ(places.at({i}), 3 * i);
  for (int64_t i = 0; i < 33; ++i) EXPECT_EQ(falling.at({i}), 3 * i + 2);
}

TEST(Sort, PutsNaNLastOrFirstWhereDescending) {
  const Tensor x = tensor({kNan, 2.0F, kNan, 1.0F});
  EXPECT_EQ(argsort(x).to_vector(), (std::vector<int64_t>{3, 1, 0, 2}));
  EXPECT_EQ(argsort(x, -1, true).to_vector(), (std::vector<int64_t>{0, 2, 1, 3}));
  EXPECT_TRUE(std::isnan(topk(x, 1).values.item()));
}

TEST(Sort, OrdersEveryTypeAlongAnyAxisOfAnyView) {
  EXPECT_EQ(sort(tensor<bool>({true, false, true})).values.to_vector(),
            (std::vector<bool>{false, true, true}));
  const IntTensor x = tensor<int64_t>({{3, 1, 2}, {0, 5, 4}});
  EXPECT_EQ(sort(x, 0).values.to_vector(), (std::vector<int64_t>{0, 1, 2, 3, 5, 4}));
  EXPECT_EQ(sort(x.t(), 0).values.to_vector(), (std::vector<int64_t>{1, 0, 2, 4, 3, 5}));
  EXPECT_EQ(sort(scalar(7.0F)).values.shape(), Shape());
  EXPECT_EQ(sort(empty({2, 0})).indices.shape(), Shape({2, 0}));
  EXPECT_EQ(sort(empty({0, 2})).indices.shape(), Shape({0, 2}));
  EXPECT_EQ(error_text<IndexError>([&] { sort(x, 2); }), "sort: axis 2 out of range for 2 axes");
}

TEST(Topk, GivesTheLargestInFallingOrder) {
  const Tensor x = tensor({{3, 1, 2, 3}, {0, 5, 4, 5}});
  const auto [values, indices] = topk(x, 3);
  EXPECT_EQ(values.to_vector(), (std::vector<float>{3, 3, 2, 5, 5, 4}));
  EXPECT_EQ(indices.to_vector(), (std::vector<int64_t>{0, 3, 2, 1, 3, 2}));
  EXPECT_EQ(topk(x, 1, 0).values.to_vector(), (std::vector<float>{3, 5, 4, 5}));
  EXPECT_EQ(topk(x, 1, 0).values.shape(), Shape({1, 4}));
  EXPECT_EQ(topk(x, 0).values.shape(), Shape({2, 0}));
  EXPECT_TRUE(equal(topk(x, 4).indices, argsort(x, -1, true)));
}

TEST(Topk, RefusesMoreThanThereAre) {
  EXPECT_EQ(error_text<ShapeError>([] { topk(ones({2, 3}), 4); }), "topk: 4 of the 3 along axis 1 of (2, 3)");
  EXPECT_EQ(error_text<ShapeError>([] {
              topk(ones({2, 3}), -1, 0);
            }),
            "topk: -1 of the 2 along axis 0 of (2, 3)");
}

TEST(Topk, OfAScalarGivesItselfAlone) {
  EXPECT_EQ(topk(scalar(3), 1).values.item(), 3);
  EXPECT_EQ(error_text<ShapeError>([] { topk(scalar(3), 0); }), "topk: 0 of the 1 along axis 0 of ()");
}

}  // namespace
}  // namespace lt
