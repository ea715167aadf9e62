#include <libtensor/tensor/eigen.h>

#include <gtest/gtest.h>

#include <libtensor/tests/expect.h>

namespace lt {
namespace {

TEST(Eigen, SeesAMatrixWithoutACopy) {
  const Tensor x = arange(6).view({2, 3});
  const auto map = as_matrix(x);
  EXPECT_EQ(map.data(), x.data());
  EXPECT_EQ(map.rows(), 2);
  EXPECT_EQ(map.cols(), 3);
  EXPECT_EQ(map(1, 2), 5);
}

TEST(Eigen, FollowsTheStridesOfAView) {
  const DoubleTensor x = arange<double>(24).view({4, 6});
  const auto map = as_matrix(x.t().slice(0, 1, 6, 2));
  ASSERT_EQ(map.rows(), 3);
  for (int64_t i = 0; i < 3; ++i) {
    for (int64_t j = 0; j < 4; ++j) EXPECT_EQ(map(i, j), x.at({j, 1 + 2 * i}));
  }
}

TEST(Eigen, SeesTheOneRowOfAnExpandedTensor) {
  const Tensor x = tensor({{1, 2}}).expand({3, 2});
  EXPECT_EQ(as_matrix(x).sum(), 9);
}

TEST(Eigen, WritesThroughAMutableMap) {
  Tensor x = zeros({2, 3});
  Tensor column = x.select(1, 1);
  const uint32_t version = x.storage().version();
  as_mutable_vector(column).setConstant(2);
  EXPECT_GT(x.storage().version(), version);
  as_mutable_matrix(x)(0, 0) = 7;
  EXPECT_EQ(x.to_vector(), (std::vector<float>{7, 2, 0, 0, 2, 0}));
}

TEST(Eigen, MultipliesLikeAnyMatrix) {
  const Tensor a = arange(6).view({2, 3});
  EXPECT_EQ(from_eigen(as_matrix(a) * as_matrix(a.t())).to_vector(), (std::vector<float>{5, 14, 14, 50}));
}

TEST(Eigen, SeesAVectorOfAnyStride) {
  const IntTensor x = arange<int64_t>(10);
  EXPECT_EQ(as_vector(x.slice(0, 0, 10, 3)).sum(), 18);
}

TEST(Eigen, NamesTheRankThatItNeeds) {
  Tensor x = zeros({2, 3, 4});
  EXPECT_EQ(error_text<ShapeError>([&] { as_matrix(x); }), "as_matrix: expected 2 axes, got shape (2, 3, 4)");
  EXPECT_EQ(error_text<ShapeError>([&] { as_mutable_vector(x); }),
            "as_mutable_vector: expected 1 axes, got shape (2, 3, 4)");
}

TEST(Eigen, GivesATensorOfEachKindOfExpression) {
  const Eigen::MatrixXd m{{1, 2}, {3, 4}};  // column-major
  EXPECT_EQ(from_eigen(m).shape(), Shape({2, 2}));
  EXPECT_EQ(from_eigen(m).to_vector(), (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(from_eigen(m.array() + 1).to_vector(), (std::vector<double>{2, 3, 4, 5}));
  EXPECT_EQ(from_eigen(m.row(1)).shape(), Shape({2}));
  EXPECT_EQ(from_eigen(Eigen::VectorXf::LinSpaced(3, 0, 2)).to_vector(), (std::vector<float>{0, 1, 2}));
  EXPECT_EQ(from_eigen((m.array() > 2).eval()).to_vector(), (std::vector<bool>{false, false, true, true}));
  EXPECT_EQ(from_eigen(Eigen::MatrixXf(0, 3)).shape(), Shape({0, 3}));
}

}  // namespace
}  // namespace lt
