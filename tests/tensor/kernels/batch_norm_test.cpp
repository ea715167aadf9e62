#include <libtensor/tensor/kernels/batch_norm.h>

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include <libtensor/tensor/parallel.h>

namespace lt::kernels {
namespace {

std::vector<double> sines(int64_t count, double seed) {
  std::vector<double> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(std::sin(seed * static_cast<double>(i + 1)));
  return values;
}

// Against the formula, element by element; a product that is added may be rounded once or twice.
constexpr double kElementTolerance = 1e-15;
// Sums of up to 700 numbers of size 1, in two orders.
constexpr double kSumTolerance = 1e-12;

// Checks both kernels on so many rows and columns, on the threads that are set.
void expect_column_formulas(int64_t rows, int64_t n) {
  const auto x = sines(rows * n, 0.7);
  const auto dy = sines(rows * n, 0.3);
  const auto a = sines(n, 1.1), b = sines(n, 1.3), c = sines(n, 1.7), d = sines(n, 1.9);
  const int64_t divisor = rows + 1;
  const NormInput<double> input{x.data(), a.data(), b.data(), rows, n};
  std::vector<double> y(x.size()), dx(x.size()), d_weight(a.size()), d_bias(a.size());
  batch_norm(input, c.data(), d.data(), y.data());
  batch_norm_backward(input, c.data(), divisor, dy.data(), dx.data(), d_weight.data(), d_bias.data());
  std::vector<double> weighted(a.size()), plain(a.size());
  for (size_t i = 0; i < x.size(); ++i) {
    const size_t j = i % static_cast<size_t>(n);
    const double value = (x[i] - a[j]) * b[j];
    const double mean_dy = d_bias[j] / static_cast<double>(rows);
    const double slope = d_weight[j] / static_cast<double>(divisor);
    ASSERT_NEAR(y[i], value * c[j] + d[j], kElementTolerance);
    ASSERT_NEAR(dx[i], b[j] * c[j] * (dy[i] - mean_dy - value * slope), kElementTolerance);
    plain[j] += dy[i];
    weighted[j] += dy[i] * value;
  }
  for (size_t j = 0; j < a.size(); ++j) {
    ASSERT_NEAR(d_bias[j], plain[j], kSumTolerance);
    ASSERT_NEAR(d_weight[j], weighted[j], kSumTolerance);
  }
}

TEST(BatchNorm, FollowsTheFormulaBothWaysOnAnyNumberOfThreads) {
  const int before = num_threads();
  for (const int threads : {1, 2, 5}) {
    set_num_threads(threads);
    for (const int64_t rows : {0, 1, 3, 64, 65, 1400}) {
      for (const int64_t n : {1, 7, 16, 200}) expect_column_formulas(rows, n);
    }
  }
  set_num_threads(before);
}

TEST(BatchNorm, SumsToTheSameBitsOnAnyNumberOfThreads) {
  const int before = num_threads();
  const auto x = sines(10000 * 33, 0.7);
  const auto mean = sines(33, 1.1), inverse_std = sines(33, 1.3);
  const auto sums = [&](int threads) {
    set_num_threads(threads);
    std::vector<double> both(66), dx(x.size());
    batch_norm_backward<double>({x.data(), mean.data(), inverse_std.data(), 10000, 33}, mean.data(), 10000,
                                x.data(), dx.data(), both.data(), both.data() + 33);
    return both;
  };
  const auto alone = sums(1);
  EXPECT_EQ(sums(2), alone);
  EXPECT_EQ(sums(5), alone);
  set_num_threads(before);
}

}  // namespace
}  // namespace lt::kernels
