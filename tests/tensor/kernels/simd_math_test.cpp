#include <libtensor/tensor/kernels/simd_math.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include <libtensor/tensor/kernels/simd.h>

namespace lt::kernels {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kTiny = std::numeric_limits<float>::denorm_min();

// One vector function, applied to one number.
template <typename T, typename F>
T at(F f, T x) {
  return f(broadcast(x))[0];
}

// |got - want| in units of want's last place as a float; infinite where they are not the same kind of number.
double ulps(float got, double want) {
  const auto rounded = static_cast<float>(want);
  if (std::isnan(want) || std::isnan(got)) return std::isnan(want) && std::isnan(got) ? 0 : HUGE_VAL;
  if (std::isinf(rounded) || std::isinf(got)) {
    // Rounding up to inf or down to the largest float is an error of at most one place.
    const float largest = std::numeric_limits<float>::max();
    return got == rounded ? 0 : (std::min(std::fabs(got), std::fabs(rounded)) == largest ? 1 : HUGE_VAL);
  }
  int exponent = 0;
  std::frexp(want, &exponent);
  return std::fabs(got - want) / std::ldexp(1.0, std::max(exponent - 24, -149));
}

// The worst error of f against the double function over floats of every exponent and sign: the stride is
// prime, so each of the 512 exponents meets some 83,000 different mantissas.
template <typename F, typename G>
double worst_ulps(F f, G reference) {
  constexpr uint32_t kStride = 101;
  double worst = 0;
  float x[kLanes<float>];
  float y[kLanes<float>];
  for (uint64_t start = 0; start < (uint64_t{1} << 32); start += kStride * kLanes<float>) {
    for (uint32_t i = 0; i < kLanes<float>; ++i) {
      x[i] = std::bit_cast<float>(static_cast<uint32_t>(start) + i * kStride);
    }
    store(y, f(load(x)));
    for (int i = 0; i < kLanes<float>; ++i) {
      worst = std::max(worst, ulps(y[i], reference(static_cast<double>(x[i]))));
    }
  }
  return worst;
}

const auto kVectorExp = [](auto x) { return exp(x); };
const auto kVectorLog = [](auto x) { return log(x); };
const auto kVectorTanh = [](auto x) { return tanh(x); };
const auto kVectorErf = [](auto x) { return erf(x); };
const auto kVectorSigmoid = [](auto x) { return sigmoid(x); };

// The bounds are those stated in the header.
TEST(SimdMath, ExpIsWithinItsUlpsForEveryExponent) {
  EXPECT_LE(worst_ulps(kVectorExp, [](double x) { return std::exp(x); }), 1.1);
}
TEST(SimdMath, LogIsWithinItsUlpsForEveryExponent) {
  EXPECT_LE(worst_ulps(kVectorLog, [](double x) { return std::log(x); }), 0.9);
}
TEST(SimdMath, TanhIsWithinItsUlpsForEveryExponent) {
  const double bound = kVectorBytes == 64 ? 1.1 : 1.5;  // by pieces, or by a division
  EXPECT_LE(worst_ulps(kVectorTanh, [](double x) { return std::tanh(x); }), bound);
}
TEST(SimdMath, ErfIsWithinItsUlpsForEveryExponent) {
  EXPECT_LE(worst_ulps(kVectorErf, [](double x) { return std::erf(x); }), 1.5);
}
TEST(SimdMath, SigmoidIsWithinItsUlpsForEveryExponent) {
  EXPECT_LE(worst_ulps(kVectorSigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }), 2.5);
}

TEST(SimdMath, ExpMeetsItsLimits) {
  EXPECT_EQ(at(kVectorExp, 0.0F), 1.0F);
  EXPECT_EQ(at(kVectorExp, -0.0F), 1.0F);
  EXPECT_EQ(at(kVectorExp, kInf), kInf);
  EXPECT_EQ(at(kVectorExp, 88.73F), kInf);
  EXPECT_EQ(at(kVectorExp, -kInf), 0.0F);
  EXPECT_EQ(at(kVectorExp, -200.0F), 0.0F);
  EXPECT_EQ(at(kVectorExp, -103.0F), kTiny);
  EXPECT_TRUE(std::isnan(at(kVectorExp, kNan)));
}

TEST(SimdMath, LogMeetsItsLimits) {
  EXPECT_EQ(at(kVectorLog, 1.0F), 0.0F);
  EXPECT_EQ(at(kVectorLog, 0.0F), -kInf);
  EXPECT_EQ(at(kVectorLog, -0.0F), -kInf);
  EXPECT_EQ(at(kVectorLog, kInf), kInf);
  EXPECT_TRUE(std::isnan(at(kVectorLog, -kTiny)));
  EXPECT_TRUE(std::isnan(at(kVectorLog, -kInf)));
  EXPECT_TRUE(std::isnan(at(kVectorLog, kNan)));
}

TEST(SimdMath, ErfKeepsSignsAndSmallNumbers) {
  EXPECT_EQ(at(kVectorErf, kInf), 1.0F);
  EXPECT_EQ(at(kVectorErf, -kInf), -1.0F);
  EXPECT_EQ(at(kVectorErf, 4.0F), 1.0F);
  EXPECT_EQ(at(kVectorErf, kTiny), kTiny);
  EXPECT_TRUE(std::signbit(at(kVectorErf, -0.0F)));
  EXPECT_TRUE(std::isnan(at(kVectorErf, kNan)));
}

TEST(SimdMath, TanhKeepsSignsAndSmallNumbers) {
  EXPECT_EQ(at(kVectorTanh, kInf), 1.0F);
  EXPECT_EQ(at(kVectorTanh, -kInf), -1.0F);
  EXPECT_EQ(at(kVectorTanh, kTiny), kTiny);
  EXPECT_EQ(at(kVectorTanh, -kTiny), -kTiny);
  EXPECT_TRUE(std::signbit(at(kVectorTanh, -0.0F)));
  EXPECT_TRUE(std::isnan(at(kVectorTanh, kNan)));
}

// Where one of its pieces ends and the next begins, too: the quarters of powers of two, and 9.02.
TEST(SimdMath, TanhNeverFallsWhereItsArgumentRises) {
  std::vector<float> seams = {0.625F, 9.02F};
  for (float power = 0x1p-6F; power <= 8; power *= 2) {
    for (const float quarter : {1.0F, 1.25F, 1.5F, 1.75F}) seams.push_back(power * quarter);
  }
  for (const float seam : seams) {
    const auto first = std::bit_cast<uint32_t>(seam) - 1000;
    float before = at(kVectorTanh, std::bit_cast<float>(first));
    for (uint32_t i = 1; i < 2000; ++i) {
      const float x = std::bit_cast<float>(first + i);
      const float y = at(kVectorTanh, x);
      ASSERT_GE(y, before) << "tanh " << x;
      before = y;
    }
  }
}

TEST(SimdMath, SigmoidReachesZeroAndOne) {
  EXPECT_EQ(at(kVectorSigmoid, kInf), 1.0F);
  EXPECT_EQ(at(kVectorSigmoid, -kInf), 0.0F);
  EXPECT_GT(at(kVectorSigmoid, -100.0F), 0.0F);
  EXPECT_EQ(at(kVectorSigmoid, 0.0F), 0.5F);
  EXPECT_TRUE(std::isnan(at(kVectorSigmoid, kNan)));
}

TEST(SimdMath, DoublesAreLibmsOwn) {
  for (const double x : {-800.0, -1.5, -0.0, 1e-310, 0.7, 3.0, 800.0, HUGE_VAL}) {
    EXPECT_EQ(at(kVectorExp, x), std::exp(x)) << x;
    EXPECT_EQ(at(kVectorTanh, x), std::tanh(x)) << x;
    EXPECT_EQ(at(kVectorLog, std::fabs(x)), std::log(std::fabs(x))) << x;
  }
  EXPECT_DOUBLE_EQ(at(kVectorSigmoid, -2.0), 1 / (1 + std::exp(2.0)));
}

TEST(SimdMath, MapReachesEveryElementAndNoneBeyond) {
  for (int64_t n = 0; n < 3 * kLanes<float> + 2; ++n) {
    std::vector<float> x(static_cast<size_t>(n) + 1, 1.0F);
    map(x.data(), x.data(), n, [](Vec<float> v) { return v + 1; });
    for (int64_t i = 0; i < n; ++i) EXPECT_EQ(x[static_cast<size_t>(i)], 2.0F) << n;
    EXPECT_EQ(x.back(), 1.0F) << n;
  }
}

TEST(Vector, TailsReadAndWriteOnlyTheirLanes) {
  for (int count = 0; count <= kLanes<double>; ++count) {
    double from[kLanes<double>];
    double to[kLanes<double>];
    for (int i = 0; i < kLanes<double>; ++i) from[i] = i + 1.0, to[i] = -1.0;
    const Tail<double> tail(count);
    const Vec<double> v = tail.load(from);
    const Vec<double> chosen = tail.select(broadcast(5.0), broadcast(7.0));
    tail.store(to, v);
    for (int i = 0; i < kLanes<double>; ++i) {
      EXPECT_EQ(v[i], i < count ? i + 1.0 : 0.0);
      EXPECT_EQ(to[i], i < count ? i + 1.0 : -1.0);
      EXPECT_EQ(chosen[i], i < count ? 5.0 : 7.0);
    }
  }
}

TEST(Vector, ReducesAllLanes) {
  Vec<float> v{};
  for (int i = 0; i < kLanes<float>; ++i) v[i] = static_cast<float>((i * 5) % kLanes<float>);
  EXPECT_EQ(reduce_max<float>(v), kLanes<float> - 1.0F);
  EXPECT_EQ(reduce_add<float>(v), kLanes<float> * (kLanes<float> - 1.0F) / 2);
}

template <typename T>
void expect_each_reduced() {
  Vec<T> v[kLanes<T>], together[kLanes<T>];
  for (int i = 0; i < kLanes<T>; ++i) {
    for (int lane = 0; lane < kLanes<T>; ++lane)
      v[i][lane] = std::sin(static_cast<T>(1 + i * 37 + lane * 11));
    together[i] = v[i];
  }
  const auto add = [](Vec<T> a, Vec<T> b) { return a + b; };
  const Vec<T> sums = reduce_each<T>(together, add);
  for (int i = 0; i < kLanes<T>; ++i) EXPECT_EQ(sums[i], reduce_add<T>(v[i])) << i;
}

TEST(Vector, ReducesEachOfManyToTheBitsThatItHasAlone) {
  expect_each_reduced<float>();
  expect_each_reduced<double>();
}

}  // namespace
}  // namespace lt::kernels
