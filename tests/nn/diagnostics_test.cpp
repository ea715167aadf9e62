#include <libtensor/nn/diagnostics.h>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>

namespace lt::nn {
namespace {

TEST(TensorStats, TellsMeanSpreadAndShareBeyondTheThreshold) {
  const TensorStats s = tensor_stats(tensor({-1, 1, 0.98F, 0.5F}));
  EXPECT_NEAR(s.mean, 0.37, 1e-7);
  EXPECT_NEAR(s.std, 0.942125, 1e-6);  // of squares 1.8769, 0.3969, 0.3721, 0.0169 over 3
  EXPECT_EQ(s.saturated, 0.75);
  EXPECT_EQ(tensor_stats(tensor({-1, 1, 0.98F, 0.5F}), 0.4).saturated, 1);
  EXPECT_EQ(error_text<ShapeError>([] { tensor_stats(zeros({0, 3})); }), "spread: (0, 3) holds no numbers");
}

TEST(DeadUnits, CountsColumnsThatAreSaturatedInEveryRow) {
  EXPECT_EQ(dead_units(tensor({{1, 1, -1, 0}, {-1, 0.5F, -0.995F, 0}})), 2);
  EXPECT_EQ(error_text<ShapeError>([] { dead_units(zeros(3)); }), "dead_units: (3) is not (rows, units)");
}

TEST(Density, HasAnAreaOfOneOverTheRange) {
  const Density d = density(tensor({0, 1, 1, 4}), 4);
  EXPECT_EQ(d.x, (std::vector<double>{0.5, 1.5, 2.5, 3.5}));
  EXPECT_EQ(d.density, (std::vector<double>{0.25, 0.5, 0, 0.25}));
  const Density constant = density(full(7, 3), 5);
  const double width = constant.x[1] - constant.x[0];
  EXPECT_NEAR(std::accumulate(constant.density.begin(), constant.density.end(), 0.0) * width, 1, 1e-12);
}

TEST(Density, RefusesNoBinsAndNumbersThatAreNotFinite) {
  EXPECT_THROW(density(ones(3), 0), ValueError);
  EXPECT_THROW(density(tensor({1, std::numeric_limits<float>::infinity()}), 3), ValueError);
}

TEST(UpdateRatio, IsTheLogarithmOfAnUpdateInTheScaleOfTheData) {
  const Tensor data = tensor({-2, 0, 2});
  const Tensor gradient = tensor({-20, 0, 20});
  EXPECT_DOUBLE_EQ(gradient_ratio(data, gradient), 10);
  EXPECT_NEAR(update_ratio(data, gradient, 1e-4), -3, 1e-12);
}

}  // namespace
}  // namespace lt::nn
