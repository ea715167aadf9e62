#include <gtest/gtest.h>

#include <libtensor/tensor/functional.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

TEST(BatchNorm, HasPlainNumbersForMissingWeightAndBias) {
  const DoubleTensor x = sin(arange<double>(24)).view({2, 4, 3});
  BatchStatistics<double> batch;
  const DoubleTensor y = batch_norm(x, {}, {}, {}, &batch);
  EXPECT_TRUE(equal(y, batch_norm(x, ones<double>(3), zeros<double>(3))));
  EXPECT_TRUE(allclose(y, (x - batch.mean) * batch.inverse_std, 1e-14, 1e-14));
  EXPECT_TRUE(allclose(batch.inverse_std, rsqrt(batch.var * (7.0 / 8) + 1e-5), 1e-14));
  const NormGradients<double> d = batch_norm_backward(cos(x), x, {}, batch);
  EXPECT_EQ(d.x.shape(), x.shape());
  EXPECT_TRUE(allclose(d.bias, sum(cos(x), {0, 1}), 1e-14, 1e-14));
  EXPECT_TRUE(allclose(d.weight, sum(cos(x) * y, {0, 1}), 1e-14, 1e-14));
}

TEST(BatchNorm, NamesShapesThatDoNotFit) {
  const Tensor x = ones({4, 3});
  const BatchStatistics<float> batch{zeros(3), ones(3), ones(2)};
  EXPECT_EQ(error_text<ShapeError>([&] {
              batch_norm(ones({1, 3}), {}, {});
            }),
            "batch_norm: more than 1 value per channel is wanted to train, not input (1, 3)");
  EXPECT_EQ(error_text<ShapeError>([&] { batch_norm_backward(ones({3}), x, {}, batch); }),
            "batch_norm_backward: shapes differ: (3) and (4, 3)");
  EXPECT_EQ(error_text<ShapeError>([&] { batch_norm_backward(x, x, {}, batch); }),
            "batch_norm_backward: inverse_std (2) for input (4, 3): one number a channel (the last axis) is "
            "wanted");
}

}  // namespace
}  // namespace lt
