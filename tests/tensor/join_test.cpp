#include <gtest/gtest.h>

#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

TEST(Cat, JoinsAlongAnyAxis) {
  const Tensor a = arange(4).view({2, 2});
  const Tensor b = arange(10, 12).view({2, 1});
  EXPECT_EQ(cat<float>({a, a}).to_vector(), (std::vector<float>{0, 1, 2, 3, 0, 1, 2, 3}));
  EXPECT_EQ(cat<float>({a, b}, 1).to_vector(), (std::vector<float>{0, 1, 10, 2, 3, 11}));
  EXPECT_TRUE(equal(cat<float>({a, b}, -1), cat<float>({a, b}, 1)));
}

TEST(Cat, TakesViews) {
  const Tensor a = arange(6).view({2, 3});
  EXPECT_EQ(cat<float>({a.t(), a.t().narrow(0, 1, 1)}).to_vector(),
            (std::vector<float>{0, 3, 1, 4, 2, 5, 1, 4}));
}

TEST(Cat, PassesOverAPartOfShapeZeroAsPyTorchDoes) {
  EXPECT_EQ(cat<float>({zeros(0), ones({2, 3})}, 1).shape(), Shape({2, 3}));
  EXPECT_EQ(cat<float>({ones({2, 3}), zeros(0)}, -1).shape(), Shape({2, 3}));
  EXPECT_EQ(cat<float>({zeros(0), zeros(0)}).shape(), Shape({0}));
  EXPECT_EQ(cat<float>({zeros({2, 0}), ones({2, 3})}, 1).shape(), Shape({2, 3}));
}

TEST(Cat, NamesTheShapesThatDiffer) {
  EXPECT_EQ(error_text<ShapeError>([] {
              cat<float>({zeros({2, 3}), zeros({1, 3}), zeros({2, 4})});
            }),
            "cat: shapes differ off axis 0: (2, 3) at 0 and (2, 4) at 2");
  EXPECT_EQ(error_text<ShapeError>([] {
              cat<float>({zeros(0), zeros({2, 3}), zeros(3)});
            }),
            "cat: shapes differ off axis 0: (2, 3) at 1 and (3) at 2");
  EXPECT_EQ(error_text<ShapeError>([] {
              cat<float>({zeros(2), scalar(1)});
            }),
            "cat: the tensor at 1 has no axis to join along");
  EXPECT_EQ(error_text<ShapeError>([] { cat<float>({}); }), "cat: no tensors to join");
  EXPECT_EQ(error_text<IndexError>([] { cat<float>({zeros(2)}, 1); }), "cat: axis 1 out of range for 1 axes");
}

TEST(Stack, AddsAnAxisAtAnyPlace) {
  const IntTensor a = arange<int64_t>(3);
  EXPECT_EQ(stack<int64_t>({a, a + 3}).to_vector(), (std::vector<int64_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(stack<int64_t>({a, a + 3}, -1).to_vector(), (std::vector<int64_t>{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(stack<float>({scalar(1), scalar(2)}).shape(), Shape({2}));
  EXPECT_EQ(stack<float>({zeros(0), zeros(0)}, 1).shape(), Shape({0, 2}));
}

TEST(Stack, NamesTheShapesThatDiffer) {
  EXPECT_EQ(error_text<ShapeError>([] {
              stack<float>({zeros(2), zeros(3)});
            }),
            "stack: shapes differ: (2) at 0 and (3) at 1");
  EXPECT_EQ(error_text<ShapeError>([] { stack<float>({}); }), "stack: no tensors to join");
  EXPECT_EQ(error_text<IndexError>([] { stack<float>({zeros(2)}, 2); }),
            "stack: axis 2 out of range for 2 axes");
}

TEST(Flip, RunsBackwardAlongEachAxis) {
  const Tensor x = arange(6).view({2, 3});
  EXPECT_EQ(flip(x, 0).to_vector(), (std::vector<float>{3, 4, 5, 0, 1, 2}));
  EXPECT_EQ(flip(x, {0, -1}).to_vector(), (std::vector<float>{5, 4, 3, 2, 1, 0}));
  EXPECT_EQ(flip(x.t(), 1).to_vector(), (std::vector<float>{3, 0, 4, 1, 5, 2}));
  EXPECT_TRUE(equal(flip(x, {}), x));
}

TEST(Flip, TakesScalarsAndNothing) {
  EXPECT_EQ(flip(scalar(3), 0).item(), 3);
  EXPECT_EQ(flip(zeros({0, 2}), {0, 1}).shape(), Shape({0, 2}));
}

TEST(Flip, NamesAnAxisGivenTwice) {
  EXPECT_EQ(error_text<ShapeError>([] { flip(zeros({2, 2}), {0, -2}); }), "flip: axis 0 is given twice");
}

TEST(Triangle, KeepsWhatIsOnAndBelowOrAboveTheDiagonal) {
  const IntTensor x = arange<int64_t>(1, 7).view({2, 3});
  EXPECT_EQ(tril(x).to_vector(), (std::vector<int64_t>{1, 0, 0, 4, 5, 0}));
  EXPECT_EQ(tril(x, 1).to_vector(), (std::vector<int64_t>{1, 2, 0, 4, 5, 6}));
  EXPECT_EQ(tril(x, -1).to_vector(), (std::vector<int64_t>{0, 0, 0, 4, 0, 0}));
  EXPECT_EQ(triu(x).to_vector(), (std::vector<int64_t>{1, 2, 3, 0, 5, 6}));
  EXPECT_EQ(triu(x, 1).to_vector(), (std::vector<int64_t>{0, 2, 3, 0, 0, 6}));
  EXPECT_EQ(triu(x, -1).to_vector(), (std::vector<int64_t>{1, 2, 3, 4, 5, 6}));
}

TEST(Triangle, AppliesToEveryMatrixOfABatchAndToViews) {
  const Tensor x = arange(8).view({2, 2, 2});
  EXPECT_EQ(tril(x.transpose(1, 2)).to_vector(), (std::vector<float>{0, 0, 1, 3, 4, 0, 5, 7}));
  EXPECT_EQ(triu(zeros({3, 0})).shape(), Shape({3, 0}));
}

TEST(Triangle, TakesDiagonalsFarOutside) {
  const Tensor x = ones({2, 3});
  EXPECT_TRUE(equal(tril(x, INT64_MAX), x));
  EXPECT_TRUE(equal(triu(x, INT64_MIN), x));
  EXPECT_TRUE(equal(tril(x, INT64_MIN), zeros({2, 3})));
  EXPECT_TRUE(equal(triu(x, INT64_MAX), zeros({2, 3})));
}

TEST(Triangle, NamesAShapeOfTooFewAxes) {
  EXPECT_EQ(error_text<ShapeError>([] { tril(zeros(3)); }),
            "tril: at least 2 axes are needed, not shape (3)");
}

}  // namespace
}  // namespace lt
