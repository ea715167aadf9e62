#include <gtest/gtest.h>

#include <cmath>

#include <libtensor/tensor/functional.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

TEST(CrossEntropy, GivesLossAndGradientInOnePass) {
  const DoubleTensor logits = sin(arange<double>(12)).view({3, 4}).t();  // not dense
  const IntTensor targets = tensor<int64_t>({2, 0, -100, 1});
  DoubleTensor gradient;
  const double loss = cross_entropy(logits, targets, {}, &gradient).item();
  EXPECT_EQ(cross_entropy(logits, targets).item(), loss);
  const DoubleTensor log_p = log_softmax(logits, 1);
  EXPECT_NEAR(loss, -(log_p.at({0, 2}) + log_p.at({1, 0}) + log_p.at({3, 1})) / 3, 1e-15);
  DoubleTensor want = softmax(logits, 1);
  index_put_(want, {tensor<int64_t>({0, 1, 3}), tensor<int64_t>({2, 0, 1})}, scalar<double>(-1), true);
  want[2].fill_(0);
  EXPECT_TRUE(allclose(gradient, want / scalar<double>(3), 1e-14, 1e-15));
}

// NaN, as PyTorch's, and no gradient: whatever memory held before, and also of no classes at all.
TEST(CrossEntropy, IsNanWhereNoTargetCounts) {
  for (const int64_t classes : {0, 3, 100}) {
    Tensor gradient;
    const Tensor loss = cross_entropy(ones({4, classes}), full<int64_t>(4, -100), {}, &gradient);
    EXPECT_TRUE(std::isnan(loss.item())) << classes;
    EXPECT_TRUE(equal(gradient, zeros({4, classes}))) << classes;
  }
}

TEST(CrossEntropy, NamesShapesAndTargetsThatDoNotFit) {
  EXPECT_EQ(error_text<ShapeError>([] {
              cross_entropy(ones({4, 3}), zeros<int64_t>({3}));
            }),
            "cross_entropy: logits (4, 3) want one target a row, not targets (3)");
  EXPECT_EQ(error_text<IndexError>([] {
              cross_entropy(ones({1, 27}), tensor<int64_t>({27}));
            }),
            "cross_entropy: target 27 at row 0 is none of 27 classes");
}

}  // namespace
}  // namespace lt
