#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <random>

#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/parallel.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/reduce_golden.h>

namespace lt {
namespace {

using test::expect_near;
using test::for_each_recorded;

using test::kInf;
using test::kNan;

template <typename T = float>
BasicTensor<T> noise(const Shape& shape, unsigned seed = 1) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<double> draw(-1, 1);
  std::vector<T> values(static_cast<size_t>(numel(shape)));
  for (T& value : values) value = static_cast<T>(draw(generator) * (std::is_integral_v<T> ? 1000 : 1));
  return from_vector<T>(values, shape);
}

template <typename T>
bool same_bits(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  const auto x = a.to_vector();
  const auto y = b.to_vector();
  return a.shape() == b.shape() && std::memcmp(x.data(), y.data(), x.size() * sizeof(T)) == 0;
}

// The plain sum over a mask of axes, in double.
DoubleTensor plain_sum(const Tensor& x, const std::vector<bool>& reduced) {
  Shape shape = x.shape();
  for (int i = 0; i < x.dim(); ++i) shape[i] = reduced[static_cast<size_t>(i)] ? 1 : shape[i];
  std::vector<double> totals(static_cast<size_t>(numel(shape)));
  const Strides strides = contiguous_strides(shape);
  const std::vector<float> values = x.to_vector();
  for (size_t at = 0; at < values.size(); ++at) {
    auto rest = static_cast<int64_t>(at);
    int64_t place = 0;
    for (int i = x.dim() - 1; i >= 0; --i) {
      if (!reduced[static_cast<size_t>(i)]) place += rest % x.shape()[i] * strides[i];
      rest /= x.shape()[i];
    }
    totals[static_cast<size_t>(place)] += static_cast<double>(values[at]);
  }
  return from_vector<double>(totals, shape);
}

// --- PyTorch's numbers

// A few roundings of terms below 4 in another order.
constexpr double kRelative = 2e-6;
constexpr double kAbsolute = 2e-6;

TEST(Reduce, SumsAsPyTorch) {
  for_each_recorded("sum", [](const auto& recorded, const Tensor& x) {
    expect_near(sum(x, test::dims_of(recorded.at("axes")), recorded.at("keepdim")),
                test::tensor_of<float>(recorded.at("results")[0]), kRelative, 2e-5);
  });
}

TEST(Reduce, AveragesAsPyTorch) {
  for_each_recorded("mean", [](const auto& recorded, const Tensor& x) {
    expect_near(mean(x, test::dims_of(recorded.at("axes")), recorded.at("keepdim")),
                test::tensor_of<float>(recorded.at("results")[0]), kRelative, kAbsolute);
  });
}

TEST(Reduce, TakesTheVarianceAsPyTorch) {
  for_each_recorded("var", [](const auto& recorded, const Tensor& x) {
    const auto theirs = test::tensor_of<float>(recorded.at("results")[0]);
    const Dims axes = test::dims_of(recorded.at("axes"));
    const bool unbiased = recorded.at("unbiased");
    const bool keepdim = recorded.at("keepdim");
    expect_near(var(x, axes, unbiased, keepdim), theirs, kRelative, kAbsolute);
    expect_near(stddev(x, axes, unbiased, keepdim), sqrt(theirs), kRelative, kAbsolute);
    const auto [variance, center] = var_mean(x, axes, unbiased, keepdim);
    expect_near(variance, theirs, kRelative, kAbsolute);
    expect_near(center, mean(x, axes, keepdim), 0, 0);
  });
}

TEST(Reduce, TakesTheNormAsPyTorch) {
  for_each_recorded("norm", [](const auto& recorded, const Tensor& x) {
    expect_near(norm(x, test::dims_of(recorded.at("axes")), recorded.at("keepdim")),
                test::tensor_of<float>(recorded.at("results")[0]), kRelative, kAbsolute);
  });
}

TEST(Reduce, TakesLogsumexpAsPyTorchInfinitiesIncluded) {
  for_each_recorded("logsumexp", [](const auto& recorded, const Tensor& x) {
    expect_near(logsumexp(x, test::dims_of(recorded.at("axes")), recorded.at("keepdim")),
                test::tensor_of<float>(recorded.at("results")[0]), kRelative, kAbsolute);
  });
}

// --- shapes

TEST(Reduce, SumsOverEverySetOfAxesOfAnyView) {
  const Tensor x = noise({3, 4, 5, 6});
  const std::vector<Tensor> views = {x,
                                     x.permute({2, 0, 3, 1}),
                                     x.slice(3, 0, 6, 2),
                                     x.narrow(0, 1, 2).transpose(0, 3),
                                     x.narrow(1, 2, 1).expand({3, 7, 5, 6}),
                                     x.select(2, 1).unsqueeze(0)};
  for (const Tensor& view : views) {
    for (unsigned set = 1; set < 16; ++set) {
      Dims axes;
      std::vector<bool> reduced(4);
      for (int i = 0; i < 4; ++i) {
        reduced[static_cast<size_t>(i)] = (set >> i & 1U) != 0;
        if (reduced[static_cast<size_t>(i)]) axes.push_back(i % 2 == 0 ? i : i - 4);
      }
      const Tensor kept = sum(view, axes, true);
      // At most 840 terms below 1, each sum rounded to 24 bits.
      expect_near(kept.cast<double>(), plain_sum(view, reduced), 0, 2e-5);
      EXPECT_TRUE(same_bits(kept.flatten(), sum(view, axes).flatten()));
      EXPECT_TRUE(same_bits(kept, sum(view.contiguous(), axes, true)))
          << view.shape() << view.strides() << axes;
    }
  }
}

TEST(Reduce, DropsReducedAxesAndKeepsThemUnderKeepdim) {
  const Tensor x = ones({2, 3, 4});
  EXPECT_EQ(sum(x).shape(), Shape());
  EXPECT_EQ(sum(x, {}, true).shape(), Shape({1, 1, 1}));
  EXPECT_EQ(sum(x, {0, 2}).shape(), Shape({3}));
  EXPECT_EQ(sum(x, {-1, 0}, true).shape(), Shape({1, 3, 1}));
  EXPECT_EQ(sum(scalar(3.0F), 0).item(), 3.0F);
  EXPECT_EQ(sum(scalar(3.0F), -1, true).shape(), Shape());
}

TEST(Reduce, OverAnAxisOfOneIsTheNumberItself) {
  const Tensor x = sin(arange(3 * 20)).view({3, 1, 20});
  EXPECT_TRUE(equal(sum(x, 1), x.squeeze(1)));
  EXPECT_TRUE(equal(mean(x, 1), x.squeeze(1)));
  EXPECT_TRUE(equal(amax(x, 1), x.squeeze(1)));
  EXPECT_TRUE(equal(var(x, 1, false), zeros({3, 20})));
}

TEST(Reduce, NamesABadAxis) {
  const Tensor x = ones({2, 3});
  EXPECT_EQ(error_text<IndexError>([&] { sum(x, 2); }), "sum: axis 2 out of range for 2 axes");
  EXPECT_EQ(error_text<IndexError>([&] { mean(x, -3); }), "mean: axis -3 out of range for 2 axes");
  EXPECT_EQ(error_text<ShapeError>([&] { var(x, {1, -1}); }), "var: axis -1 named twice in (1, -1)");
}

TEST(Reduce, OfNothingIsZeroOrNaN) {
  const Tensor x = empty({2, 0, 3});
  EXPECT_EQ(sum(x).item(), 0.0F);
  EXPECT_EQ(sum(x, 1).to_vector(), std::vector<float>(6, 0.0F));
  EXPECT_EQ(sum(x, 0).shape(), Shape({0, 3}));
  EXPECT_EQ(sum(empty<int64_t>(0)).item(), 0);
  EXPECT_TRUE(std::isnan(mean(x).item()));
  EXPECT_TRUE(std::isnan(var(x).item()));
  EXPECT_TRUE(std::isnan(var(x, {}, false).item()));
  EXPECT_EQ(norm(x).item(), 0.0F);
  EXPECT_EQ(logsumexp(x, 1).to_vector(), std::vector<float>(6, -kInf));
  EXPECT_TRUE(all(empty<bool>(0)).item());
  EXPECT_FALSE(any(empty<bool>(0)).item());
  EXPECT_EQ(count_nonzero(empty<bool>({3, 0})), 0);
}

// --- numbers

TEST(Reduce, VarianceOfOneNumberIsNaNWhereUnbiased) {
  EXPECT_TRUE(std::isnan(var(tensor({4.0F})).item()));
  EXPECT_EQ(var(tensor({4.0F}), {}, false).item(), 0.0F);
  EXPECT_TRUE(std::isnan(stddev(ones({3, 1}), 1).at({2})));
}

// The expected numbers are PyTorch's.
TEST(Reduce, StandardDeviationOutlivesItsSquares) {
  const Tensor x = tensor({{1e20F, 1, 5, 1e-25F}, {3e20F, 2, 5, 3e-25F}});
  const std::vector<float> deviations = stddev(x, 0).to_vector();
  EXPECT_FLOAT_EQ(deviations[0], 1.4142136e20F);
  EXPECT_EQ(deviations[1], stddev(x.select(1, 1)).item());  // its own bits, whatever stands beside it
  EXPECT_EQ(deviations[2], 0);
  EXPECT_FLOAT_EQ(deviations[3], 1.4142136e-25F);
  EXPECT_EQ(var(x, 0).at({0}), kInf);
  EXPECT_TRUE(std::isnan(stddev(tensor({1, kInf})).item()));
}

TEST(Reduce, VarianceSurvivesALargeMean) {
  std::vector<float> values(1000);
  for (size_t i = 0; i < values.size(); ++i) values[i] = 1e4F + (i % 2 == 0 ? 1.0F : -1.0F);
  // Squares near 1e8 less the squared mean would have no digit left.
  EXPECT_NEAR(var(from_vector(values, 1000), {}, false).item(), 1.0F, 1e-5F);
}

TEST(Reduce, PairwiseBeatsARunningSumByOrdersOfMagnitude) {
  const int64_t n = 10'000'000;
  const Tensor x = full(n, 0.1F);
  const double exact = static_cast<double>(0.1F) * static_cast<double>(n);
  float running = 0;
  for (int64_t i = 0; i < n; ++i) running += 0.1F;
  const double our_error = std::abs(static_cast<double>(sum(x).item()) - exact);
  EXPECT_LE(our_error, exact * 1e-6);
  EXPECT_GE(std::abs(static_cast<double>(running) - exact), 1e4 * our_error);
}

TEST(Reduce, SumsALogLikelihoodToTheLastDigits) {
  const Tensor logs = log(add(abs(noise({228'146})), scalar(1e-3F)));
  double exact = 0;
  for (const float value : logs.to_vector()) exact += static_cast<double>(value);
  EXPECT_NEAR(static_cast<double>(sum(logs).item()), exact,
              std::abs(exact) * 2e-7);  // two roundings to float
}

TEST(Reduce, SumsIntegersExactlyAndWraps) {
  const int64_t big = int64_t{1} << 53;
  EXPECT_EQ(sum(tensor<int64_t>({big, 1, 1, -big, 7})).item(), 9);
  const int64_t top = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(sum(tensor<int64_t>({top, 1})).item(), std::numeric_limits<int64_t>::min());
  const IntTensor x = noise<int64_t>({40, 33, 9});
  const std::vector<int64_t> values = x.to_vector();
  EXPECT_EQ(sum(sum(x, 1)).item(), std::accumulate(values.begin(), values.end(), int64_t{0}));
}

TEST(Reduce, NaNAndInfinitiesPassThrough) {
  EXPECT_TRUE(std::isnan(sum(tensor({1.0F, kNan})).item()));
  EXPECT_TRUE(std::isnan(sum(tensor({kInf, -kInf})).item()));
  EXPECT_EQ(sum(tensor({kInf, 1.0F})).item(), kInf);
  EXPECT_EQ(logsumexp(tensor({-kInf, -kInf}), 0).item(), -kInf);
  EXPECT_EQ(logsumexp(tensor({kInf, -kInf}), 0).item(), kInf);
  EXPECT_EQ(logsumexp(tensor({1e4F, 1e4F}), 0).item(), 1e4F + std::log(2.0F));
}

// --- the same bits

TEST(Reduce, RowsAndColumnsOfAnyLengthHaveTheSameBits) {
  for (const int64_t n :
       {1, 2, 3, 7, 8, 15, 16, 17, 27, 31, 32, 33, 64, 100, 255, 256, 257, 511, 513, 1000, 5000}) {
    const Tensor columns = noise({n, 139});
    const Tensor rows = columns.t().contiguous();
    const Tensor few = columns.narrow(1, 0, 3);  // too few columns for the loop over columns
    EXPECT_TRUE(same_bits(sum(columns, 0), sum(rows, 1))) << n;
    EXPECT_TRUE(same_bits(sum(columns, 0), sum(rows.t(), 0))) << n;
    EXPECT_TRUE(same_bits(sum(columns, 0).narrow(0, 0, 3), sum(few, 0))) << n;
    EXPECT_TRUE(same_bits(var(columns, 0), var(rows, 1))) << n;
    EXPECT_TRUE(same_bits(norm(columns, 0), norm(rows, 1))) << n;
    EXPECT_TRUE(same_bits(amax(columns, 0), amax(rows, 1))) << n;
    const DoubleTensor wide = columns.cast<double>();
    EXPECT_TRUE(same_bits(var(wide, 0), var(wide.t().contiguous(), 1))) << n;
    for (const int64_t results : {1, 7, 15, 16, 17, 127, 128, 129}) {  // any number of rows, and of a view
      const Tensor some = columns.narrow(1, 0, results);
      Tensor view = full({results, n + 2}, kNan).narrow(1, 1, n);
      view.copy_(some.t());
      EXPECT_TRUE(same_bits(sum(some.contiguous(), 0), sum(view, 1))) << results << " x " << n;
      EXPECT_TRUE(same_bits(var(some.contiguous(), 0), var(view, 1))) << results << " x " << n;
    }
  }
}

TEST(Reduce, ShortRowsPassNaNOnAlone) {
  for (const int64_t n : {2, 5, 16, 27, 31}) {
    Tensor x = noise({40, n});
    const Tensor before = amax(x, 1);
    x.narrow(0, 17, 1).narrow(1, n - 1, 1).fill_(kNan);
    const Tensor after = amax(x, 1);
    for (int64_t i = 0; i < 40; ++i) {
      EXPECT_TRUE(i == 17 ? std::isnan(after.data()[i]) : after.data()[i] == before.data()[i]) << i;
    }
  }
}

class ReduceThreads : public testing::Test {
 protected:
  ~ReduceThreads() override { set_num_threads(before_); }

 private:
  int before_ = num_threads();
};

TEST_F(ReduceThreads, AnyNumberGivesTheSameBits) {
  const Tensor x = noise({1400, 900});
  const auto results = [&] {
    return std::vector<Tensor>{sum(x),
                               sum(x, 0),
                               sum(x, 1),
                               sum(x.t(), 0),
                               sum(x.slice(1, 0, 900, 3), 0),
                               var(x),
                               var(x, 0),
                               norm(x, 1),
                               logsumexp(x, 0),
                               amax(x),
                               sum(x.narrow(1, 5, 2), 0),
                               sum(x.view({140'000, 9}), 1)};
  };
  set_num_threads(1);
  const std::vector<Tensor> alone = results();
  for (const int threads : {2, 5}) {
    set_num_threads(threads);
    const std::vector<Tensor> shared = results();
    for (size_t i = 0; i < alone.size(); ++i)
      EXPECT_TRUE(same_bits(alone[i], shared[i])) << i << " on " << threads;
  }
}

// --- truth

TEST(Reduce, AllAnyAndCountFollowTheirAxes) {
  const BoolTensor x = tensor<bool>({{true, false, true}, {true, true, true}});
  EXPECT_EQ(all(x, 1).to_vector(), (std::vector<bool>{false, true}));
  EXPECT_EQ(all(x, 0).to_vector(), (std::vector<bool>{true, false, true}));
  EXPECT_EQ(any(logical_not(x), 0, true).to_vector(), (std::vector<bool>{false, true, false}));
  EXPECT_EQ(any(logical_not(x), 0, true).shape(), Shape({1, 3}));
  EXPECT_FALSE(all(x).item());
  EXPECT_TRUE(any(x).item());
  EXPECT_EQ(count_nonzero(x), 5);
  EXPECT_EQ(count_nonzero(x.t().slice(0, 0, 3, 2)), 4);
}

TEST(Reduce, FindsOneOddTruthAnywhereInAMillion) {
  BoolTensor x = ones<bool>({1000, 1000});
  EXPECT_TRUE(all(x).item());
  x.select(0, 873).select(0, 991).fill_(false);
  EXPECT_FALSE(all(x).item());
  EXPECT_EQ(count_nonzero(all(x, 0)), 999);
  EXPECT_EQ(count_nonzero(all(x, 1)), 999);
  EXPECT_EQ(count_nonzero(x), 999'999);
}

// --- sum_to

TEST(SumTo, ReversesExpand) {
  const Tensor x = noise({4, 3, 5});
  EXPECT_TRUE(same_bits(sum_to(x, {3, 1}), sum(x, {0, 2}).view({3, 1})));
  EXPECT_TRUE(same_bits(sum_to(x, {1, 3, 5}), sum(x, 0, true)));
  EXPECT_TRUE(same_bits(sum_to(x, {}), sum(x)));
  EXPECT_TRUE(same_bits(sum_to(x, {4, 3, 5}), x));
  EXPECT_FALSE(sum_to(x, {4, 3, 5}).storage() == x.storage());
  EXPECT_EQ(sum_to(ones<int64_t>({2, 3}), 3).to_vector(), (std::vector<int64_t>{2, 2, 2}));
  EXPECT_EQ(sum_to(empty({0, 3}), {1, 3}).to_vector(), std::vector<float>(3, 0.0F));
}

TEST(SumTo, RefusesAShapeThatDoesNotBroadcast) {
  EXPECT_EQ(error_text<ShapeError>([] {
              sum_to(ones({2, 3}), 2);
            }),
            "sum_to: (2) does not broadcast to (2, 3)");
  EXPECT_EQ(error_text<ShapeError>([] {
              sum_to(ones({3}), {1, 3});
            }),
            "sum_to: (1, 3) does not broadcast to (3)");
}

}  // namespace
}  // namespace lt
