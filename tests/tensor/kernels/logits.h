#pragma once

// Rows of logits of every kind of length, and what a float or double of softmax's results may be off by.

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace lt::test {

using Floating = testing::Types<float, double>;

// Register rows, their last and first partial vectors, chunk boundaries (1024 floats, 512 doubles) and more
// than 64 chunks' worth.
inline const std::vector<int64_t> kLengths{1,   2,   7,    8,    9,    15,   16,   17,   27,
                                           31,  32,  33,   48,   63,   64,   65,   100,  511,
                                           512, 513, 1023, 1024, 1025, 2100, 4097, 70000};

// Relative errors: a few roundings of a float exponential and of a sum; libm's in double.
template <typename T>
inline constexpr double kTolerance = sizeof(T) == 4 ? 2e-6 : 4e-15;

// Equal kinds, or within the tolerance of the larger of want and 1.
template <typename T>
void expect_close(T got, double want, int64_t n, int64_t at) {
  if (std::isnan(want) || std::isinf(want)) {
    ASSERT_EQ(std::isnan(want), std::isnan(got)) << got << " for " << want << " at " << at << " of " << n;
    if (!std::isnan(want)) {
      ASSERT_EQ(static_cast<double>(got), want) << at << " of " << n;
    }
  } else {
    ASSERT_NEAR(static_cast<double>(got), want, kTolerance<T> * std::max(1.0, std::fabs(want)))
        << at << " of " << n;
  }
}

template <typename T>
std::vector<T> rows_of(int64_t rows, int64_t n, double spread) {
  std::mt19937 generator(static_cast<uint32_t>(n));
  std::normal_distribution<double> normal(0, spread);
  std::vector<T> x(static_cast<size_t>(rows * n));
  for (auto& v : x) v = static_cast<T>(normal(generator));
  return x;
}

}  // namespace lt::test
