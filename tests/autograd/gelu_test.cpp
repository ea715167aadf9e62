#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include <libtensor/tests/autograd/layouts.h>

namespace lt {
namespace {

using Variables = std::vector<DoubleVariable>;

TEST(Gelu, HasTheRightGradientInBothForms) {
  for (const Gelu form : {Gelu::none, Gelu::tanh}) {
    for (const Shape& shape : std::vector<Shape>{{}, {2, 3}, {0}}) {
      test::expect_gradients_in_layouts([&](const Variables& v) { return gelu(v[0], form); },
                                        {test::normal(shape)});
    }
    test::expect_gradients(
        [&](const Variables& v) {
          return gelu(v[0].expand({2, 3}), form);
        },
        {test::normal(3)});
  }
}

// A handful of roundings.
TEST(Gelu, EqualsItsPlainComposition) {
  test::expect_same([](const Variables& v) { return gelu(v[0]); },
                    [](const Variables& v) { return v[0] * (erf(v[0] / std::sqrt(2.0)) + 1.0) * 0.5; },
                    {test::normal({4, 5}) * 3.0}, 1e-14);
  const double scale = std::sqrt(2 / std::numbers::pi);
  test::expect_same([](const Variables& v) { return gelu(v[0], Gelu::tanh); },
                    [&](const Variables& v) {
                      return v[0] * (tanh((v[0] + pow(v[0], 3.0) * 0.044715) * scale) + 1.0) * 0.5;
                    },
                    {test::normal({4, 5}) * 3.0}, 1e-13);
}

TEST(Gelu, IsAStepFarOut) {
  for (const Gelu form : {Gelu::none, Gelu::tanh}) {
    const Variable x(tensor({-1000, 1000}), true);
    const Variable y = gelu(x, form);
    EXPECT_EQ(y.data().to_vector(), (std::vector<float>{-0.0F, 1000}));
    sum(y).backward();
    EXPECT_EQ(x.grad().to_vector(), (std::vector<float>{0, 1}));
  }
}

}  // namespace
}  // namespace lt
