#include <gtest/gtest.h>

#include <libtensor/tests/autograd/layouts.h>
#include <libtensor/tests/autograd/normalized.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using test::normalized;
using test::operand;
using Variables = std::vector<DoubleVariable>;

GradcheckFunction batch_norm_of(bool unbiased) {
  return [=](const Variables& v) {
    return batch_norm(v[0], operand(v, 1), operand(v, 2), {.unbiased = unbiased});
  };
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
  batch_norm<double>(DoubleVariable(x), {}, {}, {}, &batch);
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

}  // namespace
}  // namespace lt
