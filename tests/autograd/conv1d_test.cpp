#include <gtest/gtest.h>

#include <limits>

#include <libtensor/tests/autograd/layouts.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

// Its sum, number by number.
DoubleTensor convolved(const DoubleTensor& x, const DoubleTensor& weight, const Conv1dOptions& options) {
  const int64_t kernel = weight.size(2), reach = options.dilation * (kernel - 1);
  const int64_t before = options.causal ? reach : 0;
  DoubleTensor y = zeros<double>({x.size(0), weight.size(0), x.size(2) + before - reach});
  for (int64_t n = 0; n < y.size(0); ++n) {
    for (int64_t o = 0; o < y.size(1); ++o) {
      for (int64_t t = 0; t < y.size(2); ++t) {
        for (int64_t c = 0; c < x.size(1); ++c) {
          for (int64_t k = 0; k < kernel; ++k) {
            const int64_t from = t + k * options.dilation - before;
            if (from >= 0) y(n, o, t) += weight.at({o, c, k}) * x.at({n, c, from});
          }
        }
      }
    }
  }
  return y;
}

TEST(Conv1d, IsTheSumOverKernelAndChannels) {
  for (const int64_t kernel : {1, 2, 3}) {
    for (const int64_t dilation : {1, 2, 4}) {
      for (const bool causal : {false, true}) {
        const Conv1dOptions options{.dilation = dilation, .causal = causal};
        const DoubleTensor x = test::normal({2, 3, 9}), weight = test::normal({4, 3, kernel}, 2);
        const DoubleTensor y = conv1d(DoubleVariable(x), weight, {}, options).data();
        EXPECT_TRUE(allclose(y, convolved(x, weight, options), 1e-12, 1e-12)) << kernel << dilation << causal;
        const DoubleTensor bias = test::normal(4, 3);
        EXPECT_TRUE(equal(conv1d(DoubleVariable(x), weight, bias, options).data(), y + bias.unsqueeze(1)));
      }
    }
  }
}

TEST(Conv1d, HasTheRightGradientInEveryLayout) {
  for (const bool causal : {false, true}) {
    const auto f = [causal](const std::vector<DoubleVariable>& v) {
      return conv1d(v[0], v[1], v.size() > 2 ? v[2] : DoubleVariable(), {.dilation = 2, .causal = causal});
    };
    for (const DoubleTensor& weight : test::layouts(test::normal({3, 2, 2}, 2))) {
      test::expect_gradients_in_layouts(f, {test::normal({2, 2, 5}), weight, test::normal(3, 3)});
      test::expect_gradients_in_layouts(f, {test::normal({2, 2, 5}), weight});
    }
  }
}

TEST(Conv1d, SeesNothingThatComesLaterWhereCausal) {
  const DoubleVariable x(test::normal({1, 2, 8}), true);
  const DoubleVariable y = conv1d(x, test::normal({3, 2, 2}, 2), {}, {.dilation = 2, .causal = true});
  EXPECT_EQ(y.shape(), Shape({1, 3, 8}));
  sum(y.select(2, 5)).backward();
  for (int64_t t = 0; t < 8; ++t) EXPECT_EQ(x.grad().at({0, 0, t}) != 0, t == 3 || t == 5) << t;
}

TEST(Conv1d, TakesNoTimeOrNoBatch) {
  const Variable weight(ones({2, 1, 3}));
  EXPECT_EQ(conv1d(Variable(zeros({0, 1, 4})), weight).shape(), Shape({0, 2, 2}));
  EXPECT_EQ(conv1d(Variable(zeros({2, 1, 0})), weight, {}, {.causal = true}).shape(), Shape({2, 2, 0}));
}

TEST(Conv1d, NamesWhatDoesNotFit) {
  const auto text = [](const Shape& x, const Shape& weight, const Variable& bias,
                       const Conv1dOptions& options) {
    return error_text<ShapeError>(
        [&] { conv1d(Variable(zeros(x)), Variable(zeros(weight)), bias, options); });
  };
  EXPECT_EQ(text({1, 3, 4}, {2, 5, 2}, {}, {}),
            "conv1d: input (1, 3, 4) (n, in, time) and weight (2, 5, 2) (out, in, kernel) do not fit");
  EXPECT_EQ(
      text({1, 3, 4}, {2, 3, 2}, Variable(zeros(3)), {}),
      "conv1d: input (1, 3, 4) (n, in, time) and weight (2, 3, 2) (out, in, kernel) with bias (3) do not "
      "fit");
  EXPECT_EQ(text({3, 4}, {2, 3, 2}, {}, {}),
            "conv1d: input (3, 4) (n, in, time) and weight (2, 3, 2) (out, in, kernel) do not fit");
  EXPECT_EQ(text({1, 3, 4}, {2, 3, 3}, {}, {.dilation = 2}),
            "conv1d: 4 steps of time are fewer than the 5 that the kernel spans");
  const auto dilated = [](int64_t dilation) {
    return error_text<ValueError>([&] {
      conv1d(Variable(zeros({1, 1, 4})), Variable(zeros({1, 1, 3})), {}, {.dilation = dilation});
    });
  };
  EXPECT_EQ(dilated(0), "conv1d: dilation 0 is below 1");
  constexpr int64_t kHuge = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(dilated(kHuge), "conv1d: dilation 9223372036854775807 is too large");
}

}  // namespace
}  // namespace lt
