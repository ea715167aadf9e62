#include "tensor/kernels/normalize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tensor/parallel.h"

namespace lt::kernels {
namespace {

std::vector<double> numbers(int64_t count, double seed) {
  std::vector<double> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(std::sin(seed * static_cast<double>(i + 1)));
  return values;
}

// Against the formula, element by element; a product that is added may be rounded once or twice.
constexpr double kTolerance = 1e-15;

TEST(NormalizeColumns, FollowsTheFormulaBothWaysOnAnyNumberOfThreads) {
  const int before = num_threads();
  for (const int64_t rows : {0, 1, 3, 700}) {
    for (const int64_t n : {1, 7, 16, 200}) {
      const auto x = numbers(rows * n, 0.7);
      const auto dy = numbers(rows * n, 0.3);
      const auto a = numbers(n, 1.1), b = numbers(n, 1.3), c = numbers(n, 1.7), d = numbers(n, 1.9);
      for (const int threads : {1, 2, 5}) {
        set_num_threads(threads);
        std::vector<double> values(x.size()), y(x.size()), dx(x.size());
        normalize_columns(x.data(), a.data(), b.data(), c.data(), d.data(), values.data(), y.data(), rows, n);
        normalize_columns_backward(x.data(), dy.data(), a.data(), b.data(), c.data(), dx.data(), rows, n);
        for (size_t i = 0; i < x.size(); ++i) {
          const size_t j = i % static_cast<size_t>(n);
          ASSERT_NEAR(values[i], (x[i] - a[j]) * b[j], kTolerance);
          ASSERT_NEAR(y[i], values[i] * c[j] + d[j], kTolerance);
          ASSERT_NEAR(dx[i], a[j] * (dy[i] - b[j] - x[i] * c[j]), kTolerance);
        }
      }
    }
  }
  set_num_threads(before);
}

}  // namespace
}  // namespace lt::kernels
