#include <libtensor/tensor/methods.h>

#include <gtest/gtest.h>

#include <libtensor/tests/expect.h>

namespace lt {
namespace {

TEST(Methods, AreTheirOps) {
  const Tensor x = tensor({{1, 2, 3}, {3, 0.5F, 4}});
  EXPECT_TRUE(equal(x.sum(), sum(x)));
  EXPECT_TRUE(equal(x.sum(1, true), sum(x, 1, true)));
  EXPECT_TRUE(equal(x.mean({0, 1}), mean(x)));
  EXPECT_TRUE(equal(x.var(0, false), var(x, 0, false)));
  EXPECT_TRUE(equal(x.stddev(1, true, true), stddev(x, 1, true, true)));
  EXPECT_EQ(x.max().item(), 4);
  EXPECT_EQ(x.min().item(), 0.5F);
  const auto [values, indices] = x.max(0);
  EXPECT_TRUE(equal(values, tensor({3, 2, 4})));
  EXPECT_TRUE(equal(indices, tensor<int64_t>({1, 0, 1})));
  EXPECT_TRUE(equal(x.min(1, true).values, tensor({{1}, {0.5F}})));
  EXPECT_TRUE(equal(x.argmax(), argmax(x)));
  EXPECT_TRUE(equal(x.argmin(1), argmin(x, 1)));
  EXPECT_TRUE(equal(x.exp().log().sqrt(), sqrt(log(exp(x)))));
  EXPECT_TRUE(equal((-x).abs().square(), square(x)));
  EXPECT_TRUE(equal(x.tanh().sigmoid().relu(), relu(sigmoid(tanh(x)))));
  EXPECT_TRUE(equal(x.pow(2), pow(x, 2)));
  EXPECT_TRUE(equal(x.pow(x), pow(x, x)));
  EXPECT_TRUE(equal(x.matmul(x.t()), matmul(x, x.t())));
  EXPECT_TRUE(equal(x.softmax(1), softmax(x, 1)));
}

TEST(Methods, OfTruthValuesReduceThem) {
  const BoolTensor mask = tensor({{1, 2}, {3, 0}}) > 0;
  EXPECT_FALSE(mask.all().item());
  EXPECT_TRUE(mask.any().item());
  EXPECT_TRUE(equal(mask.all(1), tensor<bool>({true, false})));
  EXPECT_TRUE(equal(mask.any(0, true), tensor<bool>({{true, true}})));
}

TEST(Methods, AreThereForViewsSelectionsAndWholeNumbers) {
  const IntTensor x = test::counting({2, 3});
  EXPECT_EQ(x[1].sum().item(), 12);
  EXPECT_EQ(x[x > 2].max().item(), 5);
  EXPECT_EQ(x(Slice(), 1).argmax().item(), 1);
}

}  // namespace
}  // namespace lt
