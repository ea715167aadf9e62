#include <libtensor/tensor/kernels/softmax.h>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include <libtensor/tensor/kernels/cross_entropy.h>
#include <libtensor/tensor/parallel.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/reference.h>
#include <libtensor/tests/tensor/kernels/logits.h>

namespace lt::kernels {
namespace {

using test::expect_close;
using test::kInf;
using test::kLengths;
using test::kNan;
using test::kTolerance;
using test::rows_of;

template <typename T>
class Softmax : public testing::Test {
 protected:
  ~Softmax() override { set_num_threads(before_); }

  // All forward functions against the plain ones.
  static void check_rows(const std::vector<T>& x, int64_t rows, int64_t n) {
    std::vector<T> p(x.size()), log_p(x.size()), sums(static_cast<size_t>(rows));
    softmax(x.data(), p.data(), rows, n);
    log_softmax(x.data(), log_p.data(), rows, n);
    logsumexp(x.data(), sums.data(), rows, n);
    for (int64_t r = 0; r < rows; ++r) {
      const auto want = reference::log_softmax(x.data() + r * n, n);
      expect_close(sums[static_cast<size_t>(r)],
                   static_cast<double>(reference::logsumexp(x.data() + r * n, n)), n, -1);
      for (int64_t i = 0; i < n; ++i) {
        expect_close(log_p[static_cast<size_t>(r * n + i)], want[static_cast<size_t>(i)], n, i);
        expect_close(p[static_cast<size_t>(r * n + i)], std::exp(want[static_cast<size_t>(i)]), n, i);
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  }

 private:
  int before_ = num_threads();
};

TYPED_TEST_SUITE(Softmax, test::Floating);

TYPED_TEST(Softmax, AgreesWithThePlainLoopForEveryKindOfLength) {
  for (const int64_t n : kLengths) {
    this->check_rows(rows_of<TypeParam>(3, n, 3), 3, n);
    if (this->HasFatalFailure()) return;
  }
}

// Short rows go in batches, which these fill, overfill or leave almost empty.
TYPED_TEST(Softmax, GivesEveryRowTheBitsThatItHasAlone) {
  for (const int64_t n : {1, 5, 16, 27, 33, 64, 200}) {
    for (int64_t rows = 1; rows <= 35; ++rows) {
      auto x = rows_of<TypeParam>(rows, n, 3);
      x[static_cast<size_t>(rows / 2 * n)] = static_cast<TypeParam>(kNan);  // its neighbours must not notice
      x[static_cast<size_t>(rows / 3 * n)] = static_cast<TypeParam>(kInf);
      const auto bits = [&](int64_t first, int64_t count) {
        std::vector<TypeParam> out(static_cast<size_t>(count * (3 * n + 2)));
        TypeParam* y = out.data();
        const std::vector<int64_t> targets(static_cast<size_t>(count), n / 2);
        softmax(x.data() + first * n, y, count, n);
        log_softmax(x.data() + first * n, y + count * n, count, n);
        cross_entropy(x.data() + first * n, targets.data(), -1, y + 3 * count * n, y + 2 * count * n, count,
                      n);
        for (int64_t i = 2 * count * n; i < 3 * count * n; ++i)
          y[i] *= static_cast<TypeParam>(count);  // of the mean
        logsumexp(x.data() + first * n, y + 3 * count * n + count, count, n);
        return out;
      };
      const auto all = bits(0, rows);
      for (int64_t r = 0; r < rows; ++r) {
        const auto alone = bits(r, 1);
        for (int64_t i = 0; i < 3 * n + 2; ++i) {
          const int64_t at = i < 3 * n ? (i / n) * rows * n + r * n + i % n : i * rows + r;
          const TypeParam want = alone[static_cast<size_t>(i)];
          const TypeParam got = all[static_cast<size_t>(at)];
          // The gradient was multiplied by 1 / rows and rows: two roundings.
          const bool is_gradient = i >= 2 * n && i < 3 * n;
          const TypeParam allowed = is_gradient ? 2 * std::numeric_limits<TypeParam>::epsilon() : 0;
          ASSERT_TRUE((std::isnan(want) && std::isnan(got)) || want == got ||
                      std::fabs(want - got) <= allowed)
              << "row " << r << " of " << rows << ", number " << i << " of 3 * " << n << " + 2: " << got
              << ", alone " << want;
        }
      }
    }
  }
}

TYPED_TEST(Softmax, IsStableForExtremeLogits) {
  for (const int64_t n : kLengths) {
    this->check_rows(rows_of<TypeParam>(2, n, 1e4), 2, n);
    auto rising = rows_of<TypeParam>(1, n, 1);
    for (int64_t i = 0; i < n; ++i) rising[static_cast<size_t>(i)] += static_cast<TypeParam>(i) - 1e4F;
    this->check_rows(rising, 1, n);
    if (this->HasFatalFailure()) return;
  }
}

TYPED_TEST(Softmax, TreatsInfinitiesAndNanAsPyTorchDoes) {
  for (const int64_t n : kLengths) {
    for (const double special : {-kInf, kInf, kNan}) {
      for (const int64_t at : {int64_t{0}, n / 2, n - 1}) {
        auto x = rows_of<TypeParam>(1, n, 1);
        x[static_cast<size_t>(at)] = static_cast<TypeParam>(special);
        this->check_rows(x, 1, n);
        if (this->HasFatalFailure()) return;
      }
      this->check_rows(std::vector<TypeParam>(static_cast<size_t>(n), static_cast<TypeParam>(special)), 1, n);
    }
    auto mixed = rows_of<TypeParam>(1, n, 1);
    std::fill_n(mixed.begin(), (2 * n) / 3, static_cast<TypeParam>(-kInf));
    this->check_rows(mixed, 1, n);
    if (this->HasFatalFailure()) return;
  }
}

TYPED_TEST(Softmax, WritesInPlaceAndNothingBeyond) {
  for (const auto function : {softmax<TypeParam>, log_softmax<TypeParam>}) {
    for (const int64_t n : kLengths) {
      auto x = rows_of<TypeParam>(3, n, 2);
      std::vector<TypeParam> apart(x.size());
      function(x.data(), apart.data(), 3, n);
      x.push_back(42);
      function(x.data(), x.data(), 3, n);
      EXPECT_EQ(x.back(), 42);
      x.pop_back();
      EXPECT_EQ(x, apart) << n;
    }
  }
}

TYPED_TEST(Softmax, BackwardAgreesWithItsFormula) {
  for (const int64_t n : kLengths) {
    const auto x = rows_of<TypeParam>(2, n, 1);
    const auto dy = rows_of<TypeParam>(2, n, 2);
    std::vector<TypeParam> y(x.size()), log_y(x.size()), dx(x.size()), log_dx(x.size());
    softmax(x.data(), y.data(), 2, n);
    log_softmax(x.data(), log_y.data(), 2, n);
    softmax_backward(dy.data(), y.data(), dx.data(), 2, n);
    log_softmax_backward(dy.data(), log_y.data(), log_dx.data(), 2, n);
    for (int64_t r = 0; r < 2; ++r) {
      double dot = 0, sum = 0, size = 1;
      for (int64_t i = r * n; i < (r + 1) * n; ++i) {
        const auto at = static_cast<size_t>(i);
        dot += static_cast<double>(y[at]) * static_cast<double>(dy[at]);
        sum += static_cast<double>(dy[at]);
        size += std::fabs(static_cast<double>(dy[at]));
      }
      for (int64_t i = r * n; i < (r + 1) * n; ++i) {
        const auto at = static_cast<size_t>(i);
        const auto p = static_cast<double>(y[at]);
        const auto g = static_cast<double>(dy[at]);
        // The sum's own rounding, of numbers whose absolute values add up to `size`, is scaled by p.
        const double tolerance = kTolerance<TypeParam> * (std::fabs(g) + size * p + 1e-3);
        ASSERT_NEAR(static_cast<double>(dx[at]), p * (g - dot), tolerance) << n;
        ASSERT_NEAR(static_cast<double>(log_dx[at]), g - p * sum, 4 * tolerance) << n;
      }
    }
  }
}

TYPED_TEST(Softmax, GivesTheSameBitsOnOneTwoAndFiveThreads) {
  for (const int64_t n : {27, 3000}) {
    const int64_t rows = 600000 / n;
    const auto x = rows_of<TypeParam>(rows, n, 3);
    std::vector<int64_t> targets(static_cast<size_t>(rows));
    for (int64_t r = 0; r < rows; ++r) targets[static_cast<size_t>(r)] = (r * 7) % n;
    const auto run = [&](int threads) {
      set_num_threads(threads);
      std::vector<TypeParam> out(x.size() * 2), losses(static_cast<size_t>(rows));
      softmax(x.data(), out.data(), rows, n);
      out.push_back(
          cross_entropy(x.data(), targets.data(), -1, losses.data(), out.data() + x.size(), rows, n));
      return out;
    };
    const auto alone = run(1);
    EXPECT_EQ(run(2), alone);
    EXPECT_EQ(run(5), alone);
  }
}

}  // namespace
}  // namespace lt::kernels
