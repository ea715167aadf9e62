#include <gtest/gtest.h>

#include <libtensor/tests/autograd/layouts.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using Variables = std::vector<DoubleVariable>;

DoubleVariable affine(const Variables& v, size_t i) { return v.size() > i ? v[i] : DoubleVariable(); }

GradcheckFunction batch_norm_of(bool unbiased) {
  return [=](const Variables& v) { return batch_norm(v[0], affine(v, 1), affine(v, 2), 1e-5, unbiased); };
}

DoubleVariable normalized(const DoubleVariable& x, const Dims& axes, bool unbiased) {
  return (x - mean(x, axes, true)) / sqrt(var(x, axes, unbiased, true) + 1e-5);
}

TEST(BatchNorm, HasTheRightGradientBiasedAndUnbiased) {
  for (const bool unbiased : {false, true}) {
    for (const Shape& shape : std::vector<Shape>{{5, 3}, {2, 4, 3}}) {
      test::expect_gradients_in_layouts(batch_norm_of(unbiased),
                                        {test::normal(shape), test::normal(3, 2), test::normal(3, 3)});
      test::expect_gradients_in_layouts(batch_norm_of(unbiased), {test::normal(shape)});
    }
  }
}

// The rule groups the same sums otherwise.
TEST(BatchNorm, EqualsItsPlainComposition) {
  for (const bool unbiased : {false, true}) {
    const auto plain = [&](const Variables& v) { return normalized(v[0], {0}, unbiased) * v[1] + v[2]; };
    test::expect_same(batch_norm_of(unbiased), plain,
                      {test::normal({32, 6}), test::normal(6, 2), test::normal(6, 3)}, 1e-11);
    const auto plain3 = [&](const Variables& v) { return normalized(v[0], {0, 1}, unbiased) * v[1] + v[2]; };
    test::expect_same(batch_norm_of(unbiased), plain3,
                      {test::normal({8, 4, 6}), test::normal(6, 2), test::normal(6, 3)}, 1e-11);
  }
}

TEST(BatchNorm, ReportsTheStatisticsOfTheBatch) {
  const DoubleTensor x = test::normal({4, 2, 3});
  BatchStatistics<double> batch;
  batch_norm<double>(DoubleVariable(x), {}, {}, 1e-5, false, &batch);
  EXPECT_TRUE(allclose(batch.mean, mean(x, {0, 1}), 1e-14));
  EXPECT_TRUE(allclose(batch.var, var(x, {0, 1}), 1e-14));
}

TEST(BatchNorm, GivesTheBiasWhereAChannelIsConstant) {
  const Variable x(full({4, 1}, 7), true);
  const Variable y = batch_norm(x, Variable(ones(1), true), Variable(full(1, 3), true));
  EXPECT_EQ(y.data().to_vector(), std::vector<float>(4, 3));
  sum(y).backward();
  EXPECT_EQ(x.grad().to_vector(), std::vector<float>(4, 0));
}

TEST(BatchNorm, RefusesOneValueAChannelAndShapesThatDoNotFit) {
  const auto text = [](const Shape& x, const Variable& weight) {
    return error_text<ShapeError>([&] { batch_norm(Variable(zeros(x), true), weight, {}); });
  };
  EXPECT_EQ(text({1, 3}, {}),
            "batch_norm: more than 1 value per channel is wanted to train, not input (1, 3)");
  EXPECT_EQ(text({3}, {}), "batch_norm: input (3) has no rows of channels");
  EXPECT_EQ(text({4, 3}, Variable(ones(4))),
            "batch_norm: weight (4) for input (4, 3): one number a channel (the last axis) is wanted");
}

TEST(LayerNorm, HasTheRightGradientForEveryRank) {
  const auto f = [](const Variables& v) { return layer_norm(v[0], affine(v, 1), affine(v, 2)); };
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
