#include <gtest/gtest.h>

#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

TEST(Nonzero, ListsTheFullIndexOfEachTrueElement) {
  const BoolTensor mask = from_vector<bool>({true, false, true, false, false, true}, {2, 3});
  EXPECT_EQ(nonzero(mask).shape(), Shape({3, 2}));
  EXPECT_EQ(nonzero(mask).to_vector(), (std::vector<int64_t>{0, 0, 0, 2, 1, 2}));
  EXPECT_EQ(nonzero(mask.t()).to_vector(), (std::vector<int64_t>{0, 0, 2, 0, 2, 1}));
}

TEST(Nonzero, GivesPyTorchsShapesForScalarsAndNothing) {
  EXPECT_EQ(nonzero(scalar<bool>(true)).shape(), Shape({1, 0}));
  EXPECT_EQ(nonzero(scalar<bool>(false)).shape(), Shape({0, 0}));
  EXPECT_EQ(nonzero(zeros<bool>({3, 0, 2})).shape(), Shape({0, 3}));
}

TEST(Mask, SelectsElementsInRowMajorOrder) {
  const Tensor x = arange(6).view({2, 3});
  EXPECT_EQ(x[x > 2.0F].to_vector(), (std::vector<float>{3, 4, 5}));
  EXPECT_EQ(x.t()[x.t() > 2.0F].to_vector(), (std::vector<float>{3, 4, 5}));
  EXPECT_EQ(masked_select(x, x.t().t() < 0.0F).shape(), Shape({0}));
}

TEST(Mask, SelectsRowsWhereItCoversTheFirstAxes) {
  const Tensor x = arange(12).view({3, 2, 2});
  const Tensor y = x[tensor<bool>({true, false, true})];
  EXPECT_EQ(y.shape(), Shape({2, 2, 2}));
  EXPECT_EQ(y.at({1, 0, 1}), 9);
  const Tensor columns = x.permute({2, 1, 0});
  EXPECT_TRUE(equal(columns[tensor<bool>({false, true})], columns.narrow(0, 1, 1)));
}

TEST(Mask, OfNoAxesTakesAllOrNothing) {
  EXPECT_EQ(arange(3)[scalar<bool>(true)].shape(), Shape({1, 3}));
  EXPECT_EQ(arange(3)[scalar<bool>(false)].shape(), Shape({0, 3}));
}

TEST(Mask, NamesBothShapesWhereTheyDiffer) {
  EXPECT_EQ(error_text<ShapeError>([] {
              zeros({3, 4})[zeros<bool>({2, 4})];
            }),
            "index: a mask of shape (2, 4) does not match the first axes of (3, 4)");
  EXPECT_EQ(error_text<ShapeError>([] {
              zeros(3)[zeros<bool>({3, 1})];
            }),
            "index: a mask of shape (3, 1) does not match the first axes of (3)");
  EXPECT_EQ(error_text<ShapeError>([] {
              masked_select(zeros({3, 4}), zeros<bool>(3));
            }),
            "masked_select: shapes do not broadcast: (3, 4) and (3) differ at axis 1");
}

// Where x[mask] takes rows, masked_select aligns the two at the last axis, as PyTorch does.
TEST(MaskedSelect, BroadcastsAndGivesOneAxis) {
  const Tensor x = arange(9).view({3, 3});
  const BoolTensor mask = tensor<bool>({true, false, true});
  EXPECT_EQ(masked_select(x, mask).to_vector(), (std::vector<float>{0, 2, 3, 5, 6, 8}));
  EXPECT_EQ(x[mask].shape(), Shape({2, 3}));
  EXPECT_EQ(masked_select(arange(3), mask.unsqueeze(1)).to_vector(), (std::vector<float>{0, 1, 2, 0, 1, 2}));
  EXPECT_EQ(masked_select(x, scalar<bool>(true)).shape(), Shape({9}));
  EXPECT_EQ(masked_select(scalar<float>(7), scalar<bool>(true)).shape(), Shape({1}));
  EXPECT_EQ(masked_select(scalar<float>(7), scalar<bool>(false)).shape(), Shape({0}));
}

}  // namespace
}  // namespace lt
