#include <libtensor/tensor/kernels/layer_norm.h>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include <libtensor/tensor/parallel.h>

namespace lt::kernels {
namespace {

template <typename T>
std::vector<T> numbers(int64_t count, double seed) {
  std::vector<T> values;
  for (int64_t i = 0; i < count; ++i)
    values.push_back(static_cast<T>(std::sin(seed * static_cast<double>(i + 1))));
  return values;
}

constexpr double kEps = 0.1;

// All that the kernels write, for x, weight, bias and dy made of sines.
template <typename T>
struct Results {
  std::vector<T> y, mean, inverse_std, dx, d_weight, d_bias;
  bool operator==(const Results&) const = default;
};

template <typename T>
Results<T> room_for(int64_t rows, int64_t n) {
  const std::vector<T> all(static_cast<size_t>(rows * n)), column(static_cast<size_t>(n)),
      row(static_cast<size_t>(rows));
  return {all, row, row, all, column, column};
}

template <typename T>
Results<T> computed(int64_t rows, int64_t n, const std::vector<T>& x) {
  const auto dy = numbers<T>(rows * n, 0.3), weight = numbers<T>(n, 1.1), bias = numbers<T>(n, 1.3);
  Results<T> r = room_for<T>(rows, n);
  layer_norm(x.data(), rows, n, weight.data(), bias.data(), static_cast<T>(kEps), r.y.data(), r.mean.data(),
             r.inverse_std.data());
  layer_norm_backward<T>({x.data(), r.mean.data(), r.inverse_std.data(), rows, n}, weight.data(), dy.data(),
                         r.dx.data(), r.d_weight.data(), r.d_bias.data());
  return r;
}

template <typename T>
Results<T> computed(int64_t rows, int64_t n) {
  return computed(rows, n, numbers<T>(rows * n, 0.7));
}

// The plain formula, in double, of the numbers that T holds.
template <typename T>
Results<double> expected(int64_t rows, int64_t n) {
  const auto x = numbers<T>(rows * n, 0.7), dy = numbers<T>(rows * n, 0.3);
  const auto weight = numbers<T>(n, 1.1), bias = numbers<T>(n, 1.3);
  Results<double> r = room_for<double>(rows, n);
  const auto count = static_cast<double>(n);
  const auto width = static_cast<size_t>(n);
  for (size_t i = 0; i < r.mean.size(); ++i) {
    double squares = 0, mean_g = 0, mean_g_x = 0;
    for (size_t j = 0; j < width; ++j) r.mean[i] += x[i * width + j] / count;
    for (size_t j = 0; j < width; ++j) squares += std::pow(x[i * width + j] - r.mean[i], 2);
    r.inverse_std[i] = 1 / std::sqrt(squares / count + kEps);
    const auto normalized = [&](size_t j) { return (x[i * width + j] - r.mean[i]) * r.inverse_std[i]; };
    const auto g = [&](size_t j) { return double{dy[i * width + j]} * weight[j]; };
    for (size_t j = 0; j < width; ++j) {
      r.y[i * width + j] = normalized(j) * weight[j] + bias[j];
      mean_g += g(j) / count;
      mean_g_x += g(j) * normalized(j) / count;
      r.d_bias[j] += dy[i * width + j];
      r.d_weight[j] += dy[i * width + j] * normalized(j);
    }
    for (size_t j = 0; j < width; ++j)
      r.dx[i * width + j] = r.inverse_std[i] * (g(j) - mean_g - normalized(j) * mean_g_x);
  }
  return r;
}

template <typename T>
void expect_near(const std::vector<T>& ours, const std::vector<double>& theirs, double tolerance) {
  ASSERT_EQ(ours.size(), theirs.size());
  for (size_t i = 0; i < ours.size(); ++i) ASSERT_NEAR(ours[i], theirs[i], tolerance);
}

template <typename T>
void expect_formulas(int64_t rows, int64_t n) {
  SCOPED_TRACE(testing::Message() << rows << " rows of " << n);
  // Numbers of size 3 at most, each rounded a few times. The products of these sines swing slowly from row to
  // row, so a sum over a column passes through numbers of size 20: a dozen roundings of up to 8 epsilon each
  // (the sums of double are compared with ones rounded after every row).
  const double tolerance = 16 * std::numeric_limits<T>::epsilon();
  const double sum_tolerance = (sizeof(T) == 4 ? 128 : 4096) * std::numeric_limits<T>::epsilon();
  const Results<T> ours = computed<T>(rows, n);
  const Results<double> theirs = expected<T>(rows, n);
  expect_near(ours.y, theirs.y, tolerance);
  expect_near(ours.mean, theirs.mean, tolerance);
  expect_near(ours.inverse_std, theirs.inverse_std, tolerance);
  expect_near(ours.dx, theirs.dx, tolerance);
  expect_near(ours.d_bias, theirs.d_bias, sum_tolerance);
  expect_near(ours.d_weight, theirs.d_weight, sum_tolerance);
}

TEST(LayerNorm, FollowsTheFormulaBothWays) {
  for (const int64_t rows : {0, 1, 3, 65, 700}) {
    for (const int64_t n : {1, 7, 16, 100, 1000}) {
      expect_formulas<float>(rows, n);
      expect_formulas<double>(rows, n);
    }
  }
}

TEST(LayerNorm, HasTheSameBitsOnAnyNumberOfThreads) {
  const int before = num_threads();
  for (const int64_t n : {7, 100, 1000}) {
    set_num_threads(1);
    const Results<float> alone = computed<float>(1400, n);
    for (const int threads : {2, 5}) {
      set_num_threads(threads);
      EXPECT_TRUE(computed<float>(1400, n) == alone) << threads << " threads, rows of " << n;
    }
  }
  set_num_threads(before);
}

// Summed one after the other in float, a million numbers near 1000 would have a mean that is off by far more
// than their deviations.
TEST(LayerNorm, LosesNothingOverALongRow) {
  constexpr int64_t n = 1 << 20;
  auto x = numbers<float>(n, 0.7);
  double sum = 0, squares = 0;
  for (float& v : x) sum += v += 1000;
  const double center = sum / n;
  for (const float v : x) squares += (v - center) * (v - center);
  const Results<float> r = computed(1, n, x);
  EXPECT_NEAR(r.mean[0], center, 2e-4);  // 1000 in float, and a few roundings
  EXPECT_NEAR(r.inverse_std[0], 1 / std::sqrt(squares / n + kEps), 1e-6);
}

TEST(LayerNorm, KeepsNanAndInfinityInTheirRows) {
  constexpr int64_t rows = 37, n = 19;
  const Results<float> clean = computed<float>(rows, n);
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    for (const int64_t row : {2, 36}) {  // of a group, and alone
      auto x = numbers<float>(rows * n, 0.7);
      x[static_cast<size_t>(row * n + 18)] = bad;
      const Results<float> r = computed(rows, n, x);
      for (size_t i = 0; i < x.size(); ++i) {
        const bool spoilt = static_cast<int64_t>(i) / n == row;
        ASSERT_EQ(std::isnan(r.y[i]), spoilt);
        ASSERT_EQ(std::isnan(r.dx[i]), spoilt);
        if (spoilt) continue;
        ASSERT_EQ(r.y[i], clean.y[i]);
        ASSERT_EQ(r.dx[i], clean.dx[i]);
      }
    }
  }
}

}  // namespace
}  // namespace lt::kernels
