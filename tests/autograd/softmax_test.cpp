#include <gtest/gtest.h>

#include <libtensor/tests/autograd/layouts.h>

namespace lt {
namespace {

TEST(Softmax, HasTheRightGradientAlongAnyAxis) {
  for (const int64_t axis : {0, 1, -1}) {
    test::expect_gradients_in_layouts([&](const auto& v) { return softmax(v[0], axis); },
                                      {test::normal({2, 3, 4})});
    test::expect_gradients_in_layouts([&](const auto& v) { return log_softmax(v[0], axis); },
                                      {test::normal({2, 3, 4})});
  }
}

TEST(Softmax, TakesOtherRanksAndExpandedInputs) {
  for (const Shape& shape : std::vector<Shape>{{}, {5}, {0, 3}}) {
    test::expect_gradients([](const auto& v) { return softmax(v[0], -1); }, {test::normal(shape)});
    test::expect_gradients([](const auto& v) { return log_softmax(v[0], -1); }, {test::normal(shape)});
  }
  test::expect_gradients(
      [](const auto& v) {
        return log_softmax(v[0].expand({2, 3}), 0);
      },
      {test::normal(3)});
}

TEST(Softmax, HasFiniteGradientsAtExtremeLogits) {
  const DoubleTensor x = tensor<double>({{1e4, -1e4, 0}, {-1e4, -1e4, -1e4}});
  EXPECT_TRUE(all(isfinite(test::gradient(x, [](const auto& v) { return square(softmax(v, 1)); }))).item());
  EXPECT_TRUE(all(isfinite(test::gradient(x, [](const auto& v) { return log_softmax(v, 1); }))).item());
}

// Two roundings of exp and of a sum.
TEST(Softmax, EqualsItsPlainComposition) {
  const auto plain = [](const auto& v) { return exp(v[0]) / sum(exp(v[0]), 1, true); };
  test::expect_same([](const auto& v) { return softmax(v[0], 1); }, plain, {test::normal({4, 5})}, 1e-14);
  test::expect_same([](const auto& v) { return log_softmax(v[0], 1); },
                    [&](const auto& v) { return log(plain(v)); }, {test::normal({4, 5})}, 1e-13);
}

}  // namespace
}  // namespace lt
