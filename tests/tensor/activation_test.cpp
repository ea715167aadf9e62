#include <gtest/gtest.h>

#include <libtensor/tensor/functional.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

TEST(Activation, DerivativesFollowFromTheResult) {
  const DoubleTensor x = linspace<double>(-3, 3, 24).view({4, 6});
  const DoubleTensor dy = cos(x);
  const DoubleTensor y = tanh(x);
  const DoubleTensor s = sigmoid(x);
  EXPECT_TRUE(allclose(tanh_backward(dy, y), dy * (1.0 - y * y), 1e-15, 1e-15));
  EXPECT_TRUE(allclose(sigmoid_backward(dy, s), dy * s * (1.0 - s), 1e-15, 1e-15));
  EXPECT_TRUE(equal(tanh_backward(dy.t(), y.t()), tanh_backward(dy, y).t()));
}

TEST(Activation, DerivativesDoNotBroadcast) {
  EXPECT_EQ(error_text<ShapeError>([] {
              tanh_backward(ones({3}), ones({2, 3}));
            }),
            "tanh_backward: shapes differ: (3) and (2, 3)");
  EXPECT_EQ(error_text<ShapeError>([] { sigmoid_backward(scalar(1), ones({2})); }),
            "sigmoid_backward: shapes differ: () and (2)");
}

}  // namespace
}  // namespace lt
