#include <gtest/gtest.h>

#include <libtensor/tensor/functional.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

TEST(LayerNorm, HasPlainNumbersForMissingWeightAndBias) {
  const DoubleTensor x = sin(arange<double>(24)).view({2, 3, 4});
  RowStatistics<double> rows;
  const DoubleTensor y = layer_norm(x, {}, {}, {}, &rows);
  EXPECT_TRUE(equal(y, layer_norm(x, ones<double>(4), zeros<double>(4))));
  EXPECT_TRUE(allclose(rows.mean, mean(x, 2).view({6}), 1e-14, 1e-15));
  EXPECT_TRUE(allclose(rows.inverse_std, rsqrt(var(x, 2, false) + 1e-5).view({6}), 1e-14));
  const NormGradients<double> d = layer_norm_backward(cos(x), x, {}, rows);
  EXPECT_EQ(d.x.shape(), x.shape());
  EXPECT_TRUE(allclose(d.bias, sum(cos(x), {0, 1}), 1e-14, 1e-14));
  EXPECT_TRUE(allclose(d.weight, sum(cos(x) * y, {0, 1}), 1e-14, 1e-14));
}

TEST(LayerNorm, NamesShapesThatDoNotFit) {
  const Tensor x = ones({4, 3});
  const RowStatistics<float> rows{zeros(4), ones(5)};
  EXPECT_EQ(error_text<ShapeError>([&] { layer_norm(x, ones(4), {}); }),
            "layer_norm: weight (4) for input (4, 3): one number a channel (the last axis) is wanted");
  EXPECT_EQ(error_text<ShapeError>([&] { layer_norm_backward(ones({3}), x, {}, rows); }),
            "layer_norm_backward: shapes differ: (3) and (4, 3)");
  EXPECT_EQ(error_text<ShapeError>([&] { layer_norm_backward(x, x, {}, rows); }),
            "layer_norm_backward: shapes differ: (5) and (4)");
}

}  // namespace
}  // namespace lt
