#include <gtest/gtest.h>

#include <libtensor/tests/autograd/layouts.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using test::Numbers;
using Reduce = DoubleVariable (*)(const DoubleVariable&, const Dims&, Flag);

struct ReduceCase {
  const char* name;
  Reduce f;
};

const std::vector<ReduceCase>& reductions() {
  static const std::vector<ReduceCase> kReductions = {
      {"sum", sum<double>},
      {"mean", mean<double>},
      {"var", [](const DoubleVariable& x, const Dims& axes, Flag keep) { return var(x, axes, true, keep); }},
      {"var of var_mean", [](const DoubleVariable& x, const Dims& axes,
                             Flag keep) { return var_mean(x, axes, true, keep).first; }},
      {"mean of var_mean", [](const DoubleVariable& x, const Dims& axes,
                              Flag keep) { return var_mean(x, axes, true, keep).second; }},
      {"var of n",
       [](const DoubleVariable& x, const Dims& axes, Flag keep) { return var(x, axes, false, keep); }},
      {"std",
       [](const DoubleVariable& x, const Dims& axes, Flag keep) { return stddev(x, axes, true, keep); }},
      {"norm", norm<double>},
      {"logsumexp", logsumexp<double>},
      {"amax", amax<double>},
      {"amin", amin<double>},
  };
  return kReductions;
}

TEST(Reduce, HasTheRightGradientForAllAxesAndLayouts) {
  for (const ReduceCase& op : reductions()) {
    for (const Dims& axes : std::vector<Dims>{{}, {0}, {1}, {-1}, {0, 2}, {1, -1}, {0, 1, 2}}) {
      for (const bool keep : {false, true}) {
        SCOPED_TRACE(std::string(op.name) + " over " + to_string(axes) + (keep ? ", kept" : ""));
        test::expect_gradients_in_layouts([&](const auto& v) { return op.f(v[0], axes, keep); },
                                          {test::normal({2, 3, 4})});
      }
    }
  }
}

TEST(Reduce, TakesOtherRanksAndExpandedInputs) {
  for (const ReduceCase& op : reductions()) {
    SCOPED_TRACE(op.name);
    test::expect_gradients([&](const auto& v) { return op.f(v[0], {}, false); }, {test::normal(7)});
    test::expect_gradients([&](const auto& v) { return op.f(v[0], {0}, true); }, {test::normal({4, 1})});
    if (std::string(op.name).starts_with("am")) continue;  // equal numbers have no slope
    test::expect_gradients(
        [&](const auto& v) {
          return op.f(v[0].expand({2, 3, 2}), {1}, false);
        },
        {test::normal({3, 2})});
  }
}

TEST(Reduce, TakesScalarsAndEmptyTensors) {
  const auto one = [](const auto& x) { return sum(x) + mean(x) + norm(x) + amax(x) + logsumexp(x, {0}); };
  test::expect_gradients([&](const auto& v) { return one(v[0]); }, {test::positive({})});
  EXPECT_EQ(test::gradient(ones<double>({0, 3}), [](const auto& x) { return sum(x, 0); }).shape(),
            Shape({0, 3}));
}

TEST(Amax, SharesTheGradientAmongEqualsAsPyTorch) {
  const DoubleTensor x = tensor<double>({{1, 3, 3}, {2, 2, 2}});
  EXPECT_EQ(test::gradient(x, [](const auto& v) { return amax(v, 1); }).to_vector(),
            (Numbers{0, 0.5, 0.5, 1.0 / 3, 1.0 / 3, 1.0 / 3}));
  EXPECT_EQ(test::gradient(x, [](const auto& v) { return amin(v); }).to_vector(),
            (Numbers{1, 0, 0, 0, 0, 0}));
}

TEST(Max, OfAllSharesTheGradientAmongEqualsOrAmongNaNAsPyTorch) {
  const double nan = test::kNan;
  const auto largest = [](const auto& v) { return v.max(); };
  const auto least = [](const auto& v) { return min(v); };
  const DoubleTensor x = tensor<double>({{1, 3, 3}, {2, 2, 2}}), with_nan = tensor<double>({nan, nan, 3});
  EXPECT_EQ(test::gradient(x, largest).to_vector(), (Numbers{0, 0.5, 0.5, 0, 0, 0}));
  EXPECT_EQ(test::gradient(x, least).to_vector(), (Numbers{1, 0, 0, 0, 0, 0}));
  EXPECT_EQ(test::gradient(with_nan, largest).to_vector(), (Numbers{0.5, 0.5, 0}));
  EXPECT_EQ(test::gradient(with_nan, least).to_vector(), (Numbers{0.5, 0.5, 0}));
  EXPECT_TRUE(isnan(max(with_nan)).item());
}

TEST(SumTo, HasTheRightGradientForEveryShapeThatItSumsTo) {
  for (const Shape& shape :
       std::vector<Shape>{{}, {1}, {4}, {3, 1}, {3, 4}, {2, 1, 1}, {1, 3, 4}, {2, 3, 4}}) {
    SCOPED_TRACE(to_string(shape));
    test::expect_gradients_in_layouts([&](const auto& v) { return sum_to(v[0], shape); },
                                      {test::normal({2, 3, 4})});
  }
}

TEST(Max, SendsTheGradientToTheFirstPlaceAsPyTorch) {
  const DoubleTensor x = tensor<double>({{1, 3, 3}, {2, 2, 2}});
  EXPECT_EQ(test::gradient(x, [](const auto& v) { return max(v, 1).values; }).to_vector(),
            (Numbers{0, 1, 0, 1, 0, 0}));
  EXPECT_EQ(test::gradient(x, [](const auto& v) { return min(v, -1, true).values; }).to_vector(),
            (Numbers{1, 0, 0, 1, 0, 0}));
}

TEST(Max, HasTheRightGradientAlongAnyAxis) {
  for (const int64_t axis : {0, 1, -1}) {
    for (const bool keep : {false, true}) {
      test::expect_gradients_in_layouts(
          [&](const auto& v) { return max(v[0], axis, keep).values * min(v[0], axis, keep).values; },
          {test::normal({2, 3, 4})});
    }
  }
  test::expect_gradients([](const auto& v) { return max(v[0], 0).values; }, {test::normal({})});
}

TEST(Norm, HasNoSlopeAtZero) {
  EXPECT_EQ(test::gradient(zeros<double>(3), [](const auto& x) { return norm(x); }).to_vector(),
            Numbers(3, 0));
}

TEST(Logsumexp, IsStableForLargeNumbers) {
  const DoubleTensor x = tensor<double>({1e4, -1e4, 1e4});
  const DoubleTensor slope = test::gradient(x, [](const auto& v) { return logsumexp(v, 0); });
  EXPECT_TRUE(allclose(slope, tensor<double>({0.5, 0, 0.5}), 0, 2e-12));  // 1e4 + log 2, rounded
}

TEST(Cumsum, HasTheRightGradientAlongAnyAxis) {
  for (const int64_t axis : {0, 1, -1}) {
    test::expect_gradients_in_layouts([&](const auto& v) { return cumsum(v[0], axis); },
                                      {test::normal({2, 3, 4})});
  }
  test::expect_gradients([](const auto& v) { return cumsum(v[0], 0); }, {test::normal({})});
}

TEST(Stddev, HasNoGradientWhereAllIsEqualAsPyTorch) {
  const auto f = [](const DoubleVariable& x) { return stddev(x, 1); };
  const DoubleTensor x = tensor<double>({{2, 2, 2}, {1, 2, 3}});
  EXPECT_EQ(test::gradient(x, f).to_vector(), (Numbers{0, 0, 0, -0.5, 0, 0.5}));
}

}  // namespace
}  // namespace lt
