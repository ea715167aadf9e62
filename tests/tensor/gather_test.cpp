#include <gtest/gtest.h>

#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

TEST(Gather, PicksAlongEachAxis) {
  const Tensor x = arange(6).view({2, 3});
  EXPECT_EQ(gather(x, 1, from_vector<int64_t>({2, 0, 2, 1}, {2, 2})).to_vector(),
            (std::vector<float>{2, 0, 5, 4}));
  EXPECT_EQ(gather(x, 0, from_vector<int64_t>({1, 0, 1}, {1, 3})).to_vector(), (std::vector<float>{3, 1, 5}));
  EXPECT_EQ(gather(x, -2, from_vector<int64_t>({1, 0, 1}, {1, 3})).to_vector(),
            (std::vector<float>{3, 1, 5}));
}

TEST(Gather, ReadsAnyView) {
  const Tensor x = arange(24).view({2, 3, 4}).permute({2, 0, 1});
  const IntTensor places = from_vector<int64_t>({0, 1, 2, 0, 0, 1, 3, 3, 1, 2, 2, 2}, {2, 2, 3});
  EXPECT_TRUE(equal(gather(x, 0, places), gather(x.clone(), 0, places)));
  EXPECT_EQ(gather(x, 0, places).at({1, 0, 1}), x.at({3, 0, 1}));
}

TEST(Gather, MayTakeMoreThanThereIsAlongItsAxis) {
  EXPECT_EQ(gather(zeros({3, 4}), 0, zeros<int64_t>({7, 2})).shape(), Shape({7, 2}));
  EXPECT_EQ(gather(zeros({3, 4}), 0, zeros<int64_t>({0, 2})).shape(), Shape({0, 2}));
}

TEST(Gather, TakesAScalarAsOneElement) {
  EXPECT_EQ(gather(scalar(5), 0, from_vector<int64_t>({0, 0}, 2)).to_vector(), (std::vector<float>{5, 5}));
  EXPECT_EQ(gather(tensor({1, 2}), 0, from_vector<int64_t>({1}, {})).shape(), Shape{});
}

TEST(Gather, NamesWhatDoesNotFit) {
  EXPECT_EQ(error_text<ShapeError>([] {
              gather(zeros({3, 4}), 0, zeros<int64_t>({2, 5}));
            }),
            "gather: ids of shape (2, 5) do not fit a tensor of shape (3, 4) off axis 0");
  EXPECT_EQ(error_text<ShapeError>([] {
              gather(zeros({3, 4}), 0, zeros<int64_t>(2));
            }),
            "gather: ids of shape (2) do not fit a tensor of shape (3, 4) off axis 0");
  EXPECT_EQ(error_text<IndexError>([] {
              gather(zeros({3, 4}), 1, from_vector<int64_t>({0, 4}, {1, 2}));
            }),
            "gather: id 4 at (0, 1) is not in 0..3, axis 1");
  EXPECT_EQ(error_text<IndexError>([] {
              gather(zeros({3, 4}), 2, zeros<int64_t>({1, 1}));
            }),
            "gather: axis 2 out of range for 2 axes");
}

TEST(ScatterAdd, AddsAtGathersPlacesToACopy) {
  const Tensor x = ones({2, 3});
  const Tensor y =
      scatter_add(x, 1, from_vector<int64_t>({0, 0, 2, 2}, {2, 2}), tensor({{1, 2, 9}, {3, 4, 9}}));
  EXPECT_EQ(y.to_vector(), (std::vector<float>{4, 1, 1, 1, 1, 8}));
  EXPECT_EQ(x.to_vector(), std::vector<float>(6, 1));
}

TEST(ScatterAdd, IsTheReverseOfGather) {
  const IntTensor places = from_vector<int64_t>({0, 2, 2, 1, 1, 1}, {2, 3});
  const IntTensor dy = arange<int64_t>(6).view({3, 2}).t();
  const IntTensor dx = scatter_add(zeros<int64_t>({2, 4}), 1, places, dy);
  EXPECT_EQ(dx.to_vector(), (std::vector<int64_t>{0, 0, 6, 0, 0, 9, 0, 0}));
}

// As in PyTorch; x[ids] and index take them.
TEST(Gather, AndScatterAddTakeNoIdsFromTheEnd) {
  const IntTensor ids = tensor<int64_t>({{0, 1}, {2, -1}}).t();
  EXPECT_EQ(error_text<IndexError>([&] {
              gather(ones({2, 3}), 1, ids);
            }),
            "gather: id -1 at (1, 1) is not in 0..2, axis 1");
  EXPECT_EQ(error_text<IndexError>([&] {
              scatter_add(ones({2, 3}), 1, ids, ones({2, 2}));
            }),
            "scatter_add: id -1 at (1, 1) is not in 0..2, axis 1");
  EXPECT_EQ(error_text<IndexError>([&] { gather(scalar(1), 0, scalar<int64_t>(INT64_MIN)); }),
            "gather: id -9223372036854775808 at (0) is not in 0..0, axis 0");
  EXPECT_EQ(arange(3)[tensor<int64_t>({-1})].item(), 2);
}

TEST(ScatterAdd, NamesASourceThatIsTooSmall) {
  EXPECT_EQ(error_text<ShapeError>([] {
              scatter_add(zeros({3, 4}), 0, zeros<int64_t>({2, 3}), ones({1, 4}));
            }),
            "scatter_add: ids of shape (2, 3) do not fit a source of shape (1, 4)");
}

TEST(OneHot, SetsOneClassForEachId) {
  const IntTensor y = one_hot(from_vector<int64_t>({2, 0}, {2, 1}).t(), 3);
  EXPECT_EQ(y.shape(), Shape({1, 2, 3}));
  EXPECT_EQ(y.to_vector(), (std::vector<int64_t>{0, 0, 1, 1, 0, 0}));
  EXPECT_EQ(one_hot(from_vector<int64_t>({}, 0), 5).shape(), Shape({0, 5}));
}

TEST(OneHot, NamesAnIdOutOfRange) {
  EXPECT_EQ(error_text<IndexError>([] {
              one_hot(from_vector<int64_t>({0, 5}, 2), 5);
            }),
            "one_hot: id 5 at (1) is out of range for 5 classes");
  EXPECT_EQ(error_text<IndexError>([] { one_hot(from_vector<int64_t>({-1}, {}), 5); }),
            "one_hot: id -1 at () is out of range for 5 classes");
}

}  // namespace
}  // namespace lt
