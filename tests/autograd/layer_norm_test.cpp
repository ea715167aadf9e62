#include <gtest/gtest.h>

#include <libtensor/tests/autograd/layouts.h>
#include <libtensor/tests/autograd/normalized.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using test::normalized;
using test::operand;
using Variables = std::vector<DoubleVariable>;

TEST(LayerNorm, HasTheRightGradientForEveryRank) {
  const auto f = [](const Variables& v) { return layer_norm(v[0], operand(v, 1), operand(v, 2)); };
  for (const Shape& shape : std::vector<Shape>{{4}, {3, 4}, {2, 3, 4}}) {
    test::expect_gradients_in_layouts(f, {test::normal(shape), test::normal(4, 2), test::normal(4, 3)});
    test::expect_gradients_in_layouts(f, {test::normal(shape)});
  }
}

TEST(LayerNorm, EqualsItsPlainComposition) {
  test::expect_same([](const Variables& v) { return layer_norm(v[0], v[1], v[2]); },
                    [](const Variables& v) { return normalized(v[0], {-1}, false) * v[1] + v[2]; },
                    {test::normal({3, 4, 16}), test::normal(16, 2), test::normal(16, 3)}, 1e-11);
}

// A channel deviates from its own mean by 0.
TEST(LayerNorm, GivesTheBiasWhereARowHasOneChannel) {
  const Variable x(full({4, 1}, 7), true);
  const Variable y = layer_norm(x, Variable(ones(1), true), Variable(full(1, 3), true));
  EXPECT_EQ(y.data().to_vector(), std::vector<float>(4, 3));
  sum(y).backward();
  EXPECT_EQ(x.grad().to_vector(), std::vector<float>(4, 0));
}

TEST(LayerNorm, GivesGradientsToThoseWhoWantThem) {
  const DoubleTensor x = test::normal({5, 4}), w = test::normal(4, 2), b = test::normal(4, 3);
  const DoubleTensor dy = test::normal({5, 4}, 4);
  const auto gradients = [&](bool need_x, bool need_w, bool need_b) {
    const Variables v = {DoubleVariable(x, need_x), DoubleVariable(w, need_w), DoubleVariable(b, need_b)};
    layer_norm(v[0], v[1], v[2]).backward(dy);
    return std::vector<DoubleTensor>{v[0].grad(), v[1].grad(), v[2].grad()};
  };
  const auto all = gradients(true, true, true);
  for (size_t wanted = 0; wanted < 3; ++wanted) {
    const auto one = gradients(wanted == 0, wanted == 1, wanted == 2);
    for (size_t i = 0; i < 3; ++i) {
      ASSERT_EQ(one[i].defined(), i == wanted);
      if (i == wanted) {
        EXPECT_TRUE(allclose(one[i], all[i], 1e-13, 1e-13));
      }
    }
  }
}

TEST(LayerNorm, NoticesAnInputOrWeightThatWasOverwritten) {
  const auto after_overwriting = [](bool input) {
    const Variable x(arange(6).reshape({2, 3}), true);
    const Variable weight(ones(3), true);
    const Variable loss = sum(layer_norm(x, weight, {}));
    Tensor numbers = (input ? x : weight).data();
    numbers.fill_(0);
    return error_text<GradError>([&] { loss.backward(); });
  };
  const char* text = "backward of layer_norm: a value saved for backward was changed in place";
  EXPECT_EQ(after_overwriting(true), text);
  EXPECT_EQ(after_overwriting(false), text);
}

TEST(LayerNorm, NamesShapesThatDoNotFit) {
  EXPECT_EQ(error_text<ShapeError>([] {
              layer_norm(Variable(zeros({2, 3})), {}, Variable(zeros(2)));
            }),
            "layer_norm: bias (2) for input (2, 3): one number a channel (the last axis) is wanted");
  EXPECT_EQ(error_text<ShapeError>([] { layer_norm(Variable(zeros({})), {}, {}); }),
            "layer_norm: input () has no rows of channels");
}

}  // namespace
}  // namespace lt
