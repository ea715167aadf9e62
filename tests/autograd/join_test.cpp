#include <gtest/gtest.h>

#include <libtensor/tests/autograd/layouts.h>

namespace lt {
namespace {

using Variables = std::vector<DoubleVariable>;

TEST(Cat, CutsTheGradientWhereThePartsWereJoined) {
  test::expect_gradients_in_layouts(
      [](const Variables& v) { return cat(v, 1); },
      {test::normal({2, 3}, 1), test::normal({2, 1}, 2), test::normal({2, 2}, 3)});
  test::expect_gradients([](const Variables& v) { return cat(v, -2); },
                         {test::normal({2, 3}, 1), test::normal({0, 3}, 2), test::normal({4, 3}, 3)});
}

TEST(Cat, AddsUpWhereAPartComesTwice) {
  test::expect_gradients(
      [](const Variables& v) {
        return cat<double>({v[0], v[1], v[0]}, 0);
      },
      {test::normal(3, 1), test::normal(2, 2)});
}

TEST(Cat, TakesTheEmptyVectorThatJoinsAnything) {
  test::expect_gradients([](const Variables& v) { return cat(v, 0); },
                         {test::normal({2, 3}), zeros<double>(0)});
}

TEST(Cat, TakesPartsWithoutAGradient) {
  const DoubleVariable x(ones<double>(2), true);
  sum(cat<double>({DoubleVariable(ones<double>(3)), x * 2.0})).backward();
  EXPECT_EQ(x.grad().to_vector(), (test::Numbers{2, 2}));
}

TEST(Stack, HasTheRightGradientAlongAnyNewAxis) {
  for (const int64_t axis : {0, 1, 2, -1}) {
    test::expect_gradients_in_layouts([&](const Variables& v) { return stack(v, axis); },
                                      {test::normal({2, 3}, 1), test::normal({2, 3}, 2)});
  }
  test::expect_gradients([](const Variables& v) { return stack(v); },
                         {test::normal({}, 1), test::normal({}, 2)});
}

TEST(Flip, TurnsTheGradient) {
  test::expect_gradients_in_layouts(
      [](const Variables& v) {
        return flip(v[0], {0, -1});
      },
      {test::normal({2, 3, 4})});
}

TEST(Tril, CutsTheGradientAsItCutTheNumbers) {
  for (const int64_t diagonal : {-1, 0, 2}) {
    test::expect_gradients_in_layouts(
        [&](const Variables& v) { return tril(v[0], diagonal) + triu(v[0], diagonal) * 3.0; },
        {test::normal({2, 3, 4})});
  }
}

}  // namespace
}  // namespace lt
