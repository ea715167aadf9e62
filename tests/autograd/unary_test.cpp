#include <gtest/gtest.h>

#include <libtensor/tests/autograd/layouts.h>

namespace lt {
namespace {

using test::Numbers;

struct UnaryCase {
  const char* name;
  DoubleVariable (*f)(const DoubleVariable&);
  bool positive_only = false;
};

const std::vector<UnaryCase>& unary_operations() {
  static const std::vector<UnaryCase> kOperations = {
      {"neg", neg<double>},
      {"abs", abs<double>},
      {"square", square<double>},
      {"relu", relu<double>},
      {"clamp", [](const DoubleVariable& x) { return clamp(x, -0.5, 0.75); }},
      {"pow 3", [](const DoubleVariable& x) { return pow(x, 3.0); }},
      {"pow 0", [](const DoubleVariable& x) { return pow(x, 0.0); }},
      {"pow 1", [](const DoubleVariable& x) { return pow(x, 1.0); }},
      {"pow -2", [](const DoubleVariable& x) { return pow(x, -2.0); }, true},
      {"pow 0.5", [](const DoubleVariable& x) { return pow(x, 0.5); }, true},
      {"exp", exp<double>},
      {"log", log<double>, true},
      {"log1p", log1p<double>, true},
      {"sqrt", sqrt<double>, true},
      {"rsqrt", rsqrt<double>, true},
      {"reciprocal", reciprocal<double>, true},
      {"sin", sin<double>},
      {"cos", cos<double>},
      {"tanh", tanh<double>},
      {"erf", erf<double>},
      {"sigmoid", sigmoid<double>},
      {"clone", [](const DoubleVariable& x) { return x.clone(); }},
  };
  return kOperations;
}

TEST(Unary, HasTheRightGradientInEveryLayout) {
  for (const UnaryCase& op : unary_operations()) {
    for (const Shape& shape : std::vector<Shape>{{}, {1}, {5}, {2, 3}, {2, 1, 3}, {0, 2}}) {
      SCOPED_TRACE(std::string(op.name) + " of " + to_string(shape));
      test::expect_gradients_in_layouts([&](const auto& v) { return op.f(v[0]); },
                                        {op.positive_only ? test::positive(shape) : test::normal(shape)});
    }
  }
}

TEST(Unary, TakesInputsThatWereExpanded) {
  for (const UnaryCase& op : unary_operations()) {
    SCOPED_TRACE(op.name);
    test::expect_gradients(
        [&](const auto& v) {
          return op.f(v[0].expand({2, 3, 2}));
        },
        {test::positive({3, 1})});
  }
}

// PyTorch's choices where the slope jumps.
TEST(Relu, HasNoSlopeAtZero) {
  EXPECT_EQ(test::gradient(tensor<double>({-1, 0, 1}), [](const auto& x) { return relu(x); }).to_vector(),
            (Numbers{0, 0, 1}));
}

TEST(Abs, HasNoSlopeAtZero) {
  EXPECT_EQ(test::gradient(tensor<double>({-1, 0, 1}), [](const auto& x) { return abs(x); }).to_vector(),
            (Numbers{-1, 0, 1}));
}

TEST(Clamp, PassesTheGradientAtItsBounds) {
  const auto f = [](const DoubleVariable& x) { return clamp(x, -1, 1); };
  EXPECT_EQ(test::gradient(tensor<double>({-2, -1, 0, 1, 2}), f).to_vector(), (Numbers{0, 1, 1, 1, 0}));
}

TEST(Pow, OfAScalarExponentIsFiniteAtZero) {
  const auto slope = [](double exponent) {
    return test::gradient(tensor<double>({0}), [=](const DoubleVariable& x) { return pow(x, exponent); })
        .item();
  };
  EXPECT_EQ(slope(0), 0);
  EXPECT_EQ(slope(1), 1);
  EXPECT_EQ(slope(2), 0);
}

TEST(Sigmoid, IsFiniteFarOut) {
  EXPECT_EQ(
      test::gradient(tensor<double>({-1000, 0, 1000}), [](const auto& x) { return sigmoid(x); }).to_vector(),
      (Numbers{0, 0.25, 0}));
}

}  // namespace
}  // namespace lt
