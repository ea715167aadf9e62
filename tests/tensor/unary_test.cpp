#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using test::bits;
using Unary = test::Threads;

using test::kInf;
using test::kNan;

struct Op {
  const char* name;
  Tensor (*ours)(const Tensor&);
  double (*exact)(double);
  double ulps;  // allowed: 0.5 for correct rounding, more where the C library or a vector function is used
};

const Op kOps[] = {
    {"exp", &exp<float>, [](double x) { return std::exp(x); }, 2},
    {"log", &log<float>, [](double x) { return std::log(x); }, 2},
    {"log1p", &log1p<float>, [](double x) { return std::log1p(x); }, 2},
    {"sqrt", &sqrt<float>, [](double x) { return std::sqrt(x); }, 0.5},
    {"rsqrt", &rsqrt<float>, [](double x) { return 1 / std::sqrt(x); }, 1.5},  // two roundings
    {"reciprocal", &reciprocal<float>, [](double x) { return 1 / x; }, 0.5},
    {"sin", &sin<float>, [](double x) { return std::sin(x); }, 2},
    {"cos", &cos<float>, [](double x) { return std::cos(x); }, 2},
    {"tanh", &tanh<float>, [](double x) { return std::tanh(x); }, 4},
    {"erf", &erf<float>, [](double x) { return std::erf(x); }, 2},
    {"sigmoid", &sigmoid<float>, [](double x) { return 1 / (1 + std::exp(-x)); }, 4},
    {"floor", &floor<float>, [](double x) { return std::floor(x); }, 0},
    {"ceil", &ceil<float>, [](double x) { return std::ceil(x); }, 0},
    {"round", &round<float>, [](double x) { return std::nearbyint(x); }, 0},
    {"neg", &neg<float>, [](double x) { return -x; }, 0},
    {"abs", &abs<float>, [](double x) { return std::abs(x); }, 0},
    {"square", &square<float>, [](double x) { return x * x; }, 0.5},
};

// Numbers of every size that exp does not overflow, of both signs; special values at the end.
Tensor samples() {
  std::vector<float> values;
  for (int i = 0; i < 4000; ++i) {
    const float size = std::ldexp(1 + static_cast<float>(i % 97) / 97, i % 46 - 40);
    values.push_back(i % 2 == 0 ? size : -size);
  }
  for (const float special : {0.F, -0.F, 0.5F, 1.5F, 2.5F, 1.F, -1.F, kInf, -kInf, kNan}) {
    values.push_back(special);
  }
  return from_vector(values, static_cast<int64_t>(values.size()));
}

// One unit in the last place of a float near `value`.
double ulp(double value) {
  const int exponent = std::max(std::ilogb(value), -126);
  return std::ldexp(1.0, exponent - 23);
}

TEST_F(Unary, StaysWithinTheStatedUlpsOfTheExactResult) {
  const Tensor x = samples();
  for (const Op& op : kOps) {
    const Tensor y = op.ours(x);
    for (int64_t i = 0; i < x.numel(); ++i) {
      const double want = op.exact(x.at({i}));
      const double got = y.at({i});
      if (std::isnan(want) || std::isinf(want) || want == 0) {
        ASSERT_TRUE(got == want || (std::isnan(want) && std::isnan(got)))
            << op.name << "(" << x.at({i}) << ") = " << got;
      } else {
        ASSERT_LE(std::abs(got - want), op.ulps * ulp(want)) << op.name << "(" << x.at({i}) << ") = " << got;
      }
    }
  }
}

TEST_F(Unary, GivesTheSameBitsWhereverANumberLies) {
  const Tensor x = samples();
  Tensor strided = zeros({x.numel(), 3}).select(1, 2);
  strided.copy_(x);
  for (const Op& op : kOps) {
    const std::string want = bits(op.ours(x));
    EXPECT_EQ(bits(op.ours(strided)), want) << op.name;
    const Tensor many = x.expand({120, -1}).contiguous();  // enough to be shared by threads
    EXPECT_EQ(bits(op.ours(many)[119].contiguous()), want) << op.name << " among many";
    for (const int64_t n : {1, 5, 17}) {
      Tensor pieces = zeros(x.numel());
      for (int64_t i = 0; i < x.numel(); i += n) {
        const int64_t length = std::min(n, x.numel() - i);
        pieces.narrow(0, i, length).copy_(op.ours(x.narrow(0, i, length)));
      }
      EXPECT_EQ(bits(pieces), want) << op.name << " in pieces of " << n;
    }
  }
}

TEST_F(Unary, GivesTheSameBitsOnAnyNumberOfThreads) {
  const Tensor x = samples().expand({120, -1}).contiguous();
  for (const Op& op : kOps) {
    set_num_threads(1);
    const std::string want = bits(op.ours(x));
    for (const int threads : {2, 5}) {
      set_num_threads(threads);
      EXPECT_EQ(bits(op.ours(x)), want) << op.name;
    }
  }
}

TEST_F(Unary, SignOfNanIsZeroAndReluAndClampKeepNan) {
  const Tensor x = tensor({kNan, -2, 0, 3, -kInf}).expand({20, 5}).contiguous();
  for (int64_t i = 0; i < 20; ++i) {
    EXPECT_EQ(sign(x)[i].to_vector(), std::vector<float>({0, -1, 0, 1, -1}));
    EXPECT_TRUE(std::isnan(relu(x).at({i, 0})));
    EXPECT_EQ(relu(x)[i].narrow(0, 1, 4).to_vector(), std::vector<float>({0, 0, 3, 0}));
    EXPECT_TRUE(std::isnan(clamp(x, -1, 1).at({i, 0})));
    EXPECT_EQ(clamp(x, -1, 1)[i].narrow(0, 1, 4).to_vector(), std::vector<float>({-1, 0, 1, -1}));
  }
}

TEST_F(Unary, ClampTakesTheUpperBoundWhereBoundsCross) {
  EXPECT_EQ(clamp(tensor<int64_t>({0, 5, 9}), 6, 3).to_vector(), std::vector<int64_t>({3, 3, 3}));
}

TEST_F(Unary, IntegersWrap) {
  const IntTensor x = tensor<int64_t>({INT64_MIN, -3, 0, 4});
  EXPECT_EQ(neg(x).to_vector(), std::vector<int64_t>({INT64_MIN, 3, 0, -4}));
  EXPECT_EQ(abs(x).to_vector(), std::vector<int64_t>({INT64_MIN, 3, 0, 4}));
  EXPECT_EQ(square(x).to_vector(), std::vector<int64_t>({0, 9, 0, 16}));
  EXPECT_EQ(sign(x).to_vector(), std::vector<int64_t>({-1, -1, 0, 1}));
  EXPECT_EQ(relu(x).to_vector(), std::vector<int64_t>({0, 0, 0, 4}));
}

TEST_F(Unary, PowersOfIntegersAreExactAndWrap) {
  EXPECT_EQ(pow(tensor<int64_t>({-3, 0, 2}), 3).to_vector(), std::vector<int64_t>({-27, 0, 8}));
  EXPECT_EQ(pow(tensor<int64_t>({-3, 0, 2}), 0).to_vector(), std::vector<int64_t>({1, 1, 1}));
  EXPECT_EQ(pow(tensor<int64_t>({2, 3}), 64).to_vector(), std::vector<int64_t>({0, 8733086111712066817}));
  EXPECT_EQ(error_text<ValueError>([&] { pow(tensor<int64_t>({1}), -1); }),
            "pow: integers have no power of -1");
}

TEST_F(Unary, ScalarPowersAgreeWithTensorPowers) {
  const Tensor x = tensor({0.3F, 1.7F, 9, 100});
  for (const float exponent : {-2.F, -1.F, 0.F, 0.5F, 1.F, 2.F, 3.F, 2.5F}) {
    const Tensor want = pow(x, full(4, exponent));
    const Tensor got = pow(x, exponent);
    for (int64_t i = 0; i < 4; ++i) EXPECT_FLOAT_EQ(got.at({i}), want.at({i})) << exponent;
  }
}

TEST_F(Unary, ScalarPowersOfAHalfAreRootsEvenOfNegativeInfinity) {
  const Tensor x = tensor({-kInf, -0.F, 4});
  for (const float exponent : {0.5F, -0.5F}) {
    const Tensor y = pow(x, exponent);
    EXPECT_TRUE(std::isnan(y.at({0}))) << exponent;  // as PyTorch, unlike pow with a tensor of exponents
    EXPECT_EQ(y.at({2}), exponent > 0 ? 2 : 0.5F);
  }
  EXPECT_EQ(pow(x, -0.5F).at({1}), -kInf);
}

TEST_F(Unary, RoundsHalvesToEven) {
  EXPECT_EQ(round(tensor({0.5F, 1.5F, 2.5F, -0.5F, -1.5F})).to_vector(),
            std::vector<float>({0, 2, 2, -0.F, -2}));
}

TEST_F(Unary, KeepsTheShapeOfViewsAndEmptyTensors) {
  EXPECT_EQ(exp(zeros({2, 3}).t()).shape(), Shape({3, 2}));
  EXPECT_EQ(exp(zeros({2, 3}).t()).strides(), Strides({2, 1}));
  EXPECT_EQ(sqrt(zeros({0, 3})).shape(), Shape({0, 3}));
  EXPECT_EQ(tanh(scalar(0)).shape(), Shape());
}

}  // namespace
}  // namespace lt
