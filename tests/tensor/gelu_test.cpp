#include <gtest/gtest.h>

#include <libtensor/tensor/functional.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

// PyTorch's, to the digits that it prints.
TEST(Gelu, HasPyTorchsValuesInBothForms) {
  const DoubleTensor x = tensor<double>({-2, -0.5, 0, 1, 3});
  EXPECT_TRUE(allclose(gelu(x), tensor<double>({-0.0455, -0.1543, 0, 0.8413, 2.9960}), 0, 5e-5));
  EXPECT_TRUE(allclose(gelu(x, Gelu::tanh), tensor<double>({-0.0454, -0.1543, 0, 0.8412, 2.9964}), 0, 5e-5));
}

// A central difference is off by a third derivative times 1e-10 / 6, and by rounding over 2e-5.
TEST(Gelu, HasTheSlopeOfItsCurve) {
  const DoubleTensor x = linspace<double>(-3, 3, 13);
  for (const Gelu form : {Gelu::none, Gelu::tanh}) {
    const DoubleTensor slope = (gelu(x + 1e-5, form) - gelu(x - 1e-5, form)) / scalar<double>(2e-5);
    EXPECT_TRUE(allclose(gelu_backward(ones_like(x), x, form), slope, 0, 1e-9));
  }
  EXPECT_EQ(error_text<ShapeError>([] {
              gelu_backward(ones({3}), ones({2, 3}));
            }),
            "gelu_backward: shapes differ: (3) and (2, 3)");
}

}  // namespace
}  // namespace lt
