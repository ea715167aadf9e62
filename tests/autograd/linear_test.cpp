#include <gtest/gtest.h>

#include <libtensor/tests/autograd/layouts.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using Variables = std::vector<DoubleVariable>;

DoubleVariable affine(const Variables& v) {
  return linear(v[0], v[1], v.size() > 2 ? v[2] : DoubleVariable());
}
DoubleVariable plain(const Variables& v) {
  const DoubleVariable y = matmul(v[0], v[1].transpose(0, 1));
  return v.size() > 2 ? y + v[2] : y;
}

TEST(Linear, HasTheRightGradientForEveryRankAndLayout) {
  for (const Shape& x : std::vector<Shape>{{3}, {2, 3}, {2, 4, 3}, {0, 3}}) {
    for (const DoubleTensor& weight : test::layouts(test::normal({2, 3}, 2))) {
      test::expect_gradients_in_layouts(affine, {test::normal(x), weight, test::normal(2, 3)});
      test::expect_gradients_in_layouts(affine, {test::normal(x), weight});
    }
  }
}

// The same products in another order of summation.
TEST(Linear, EqualsItsPlainComposition) {
  test::expect_same(affine, plain, {test::normal({5, 7, 30}), test::normal({20, 30}, 2), test::normal(20, 3)},
                    1e-12);
}

TEST(Linear, GivesTheBiasWhereThereIsNoInput) {
  const Variable x(zeros({2, 0}), true);
  const Variable y = linear(x, Variable(zeros({3, 0})), Variable(tensor({1, 2, 3})));
  EXPECT_EQ(y.data().to_vector(), (std::vector<float>{1, 2, 3, 1, 2, 3}));
  sum(y).backward();
  EXPECT_EQ(x.grad().shape(), Shape({2, 0}));
}

TEST(Linear, TakesABiasThatAloneWantsAGradient) {
  const Variable bias(zeros(3), true);
  sum(linear(Variable(ones({4, 2})), Variable(ones({3, 2})), bias)).backward();
  EXPECT_EQ(bias.grad().to_vector(), (std::vector<float>{4, 4, 4}));
}

TEST(Linear, NamesShapesThatDoNotFit) {
  const auto text = [](const Shape& x, const Shape& weight, const Variable& bias) {
    return error_text<ShapeError>([&] { linear(Variable(zeros(x)), Variable(zeros(weight)), bias); });
  };
  EXPECT_EQ(text({4, 3}, {2, 5}, {}), "linear: input (4, 3) and weight (2, 5) (out, in) do not fit");
  EXPECT_EQ(text({4, 3}, {2, 3}, Variable(zeros(3))),
            "linear: input (4, 3) and weight (2, 3) (out, in) with bias (3) do not fit");
  EXPECT_EQ(text({}, {2, 3}, {}), "linear: input () and weight (2, 3) (out, in) do not fit");
}

}  // namespace
}  // namespace lt
