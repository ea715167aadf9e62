#pragma once

// exp, log, tanh, erf and sigmoid of a vector. For float each is a range reduction and one short polynomial,
// fitted for the least relative error, but for tanh with AVX-512 (tanh_table.h); no branches. The worst error
// over all floats is beside each. NaN stays NaN, infinities, zeros of both signs, overflow and subnormals
// (taken and given) come out as in libm. For double each lane calls libm: doubles serve to check gradients,
// where accuracy matters and speed does not.

#include <cmath>
#include <limits>

#include <libtensor/tensor/kernels/simd.h>
#include <libtensor/tensor/kernels/tanh_table.h>

namespace lt::kernels {

// p(x) = first + x * (second + x * (...))
template <typename V>
inline V polynomial(V, float last) {
  return V{} + last;
}
template <typename V, typename... Rest>
inline V polynomial(V x, float first, Rest... rest) {
  return polynomial(x, rest...) * x + first;
}

// ln 2 in two parts; the first ends in nine zero bits, so that its product with an exponent is exact.
inline constexpr float kLn2High = 0x1.62e4p-1F;
inline constexpr float kLn2Low = 0x1.7f7d1cp-20F;

// x = n ln 2 + r with n whole and |r| <= ln 2 / 2, for |x| < 2^20.
struct ExpReduction {
  Vec<float> n;
  Vec<float> r;

  explicit ExpReduction(Vec<float> x) {
    // Adding 1.5 * 2^23 leaves no room for a fraction: the sum is rounded to a whole number.
    constexpr float kRound = 0x1.8p23F;
    constexpr float kLog2E = 0x1.715476p0F;
    n = (x * kLog2E + kRound) - kRound;
    r = (x - n * kLn2High) - n * kLn2Low;
  }

  // e^r
  Vec<float> exp() const {
    return polynomial(r, 0.5F, 0.16666518F, 0.041666202F, 0.008369025F, 0.0013950726F) * (r * r) + r + 1;
  }
};

// e^x; worst error 1.1 ulp.
inline Vec<float> exp(Vec<float> x) {
  // Beyond these e^x is 0 and inf. What gives 0 goes through as e^0: computing it would underflow, which
  // processors do in microcode, at the price of a hundred multiplications.
  const IntVec<float> vanishes = x < -104.0F;
  const ExpReduction reduced(min(broadcast(89.0F), vanishes ? Vec<float>{} : x));
  return vanishes ? Vec<float>{} : scale_by_power(reduced.exp(), reduced.n);
}

// ln x; worst error 0.9 ulp. ln 0 is -inf, of a negative number NaN.
inline Vec<float> log(Vec<float> x) {
  const IntVec<float> is_small = x < std::numeric_limits<float>::min();
  const Vec<float> normal = is_small ? x * 0x1p23F : x;
  // Subtracting the bits of sqrt(1/2) leaves the exponent of a mantissa in [sqrt(1/2), sqrt(2)).
  // Unsigned, where the differences may wrap.
  using Unsigned = Vec<uint32_t>;
  constexpr uint32_t kSqrtHalf = 0x3f3504f3;
  const IntVec<float> e = (IntVec<float>)((Unsigned)normal - kSqrtHalf) >> 23;
  const Vec<float> f = (Vec<float>)((Unsigned)normal - (Unsigned)(e << 23)) - 1;
  const Vec<float> n = __builtin_convertvector(e + (is_small & -23), Vec<float>);
  const Vec<float> q = polynomial(f, 0.3333333F, -0.2500082F, 0.20001227F, -0.16623357F, 0.14201757F,
                                  -0.13160184F, 0.12761582F, -0.076344974F);
  const Vec<float> square = f * f;
  const Vec<float> low = q * f * square + n * kLn2Low;
  const Vec<float> result = (low - square * 0.5F + f) + n * kLn2High;
  constexpr float kInf = std::numeric_limits<float>::infinity();
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const Vec<float> in_domain = x > 0 ? result : (x == 0 ? broadcast(-kInf) : broadcast(kNan));
  return x < kInf ? in_domain : x;  // inf and NaN as they are
}

#if defined(__AVX512F__)
// table[i % 32] in each lane.
inline Vec<float> look_up(const float (&table)[32], IntVec<float> i) {
  return (Vec<float>)_mm512_permutex2var_ps((__m512)load(table), (__m512i)i, (__m512)load(table + 16));
}

// tanh x by pieces (tanh_table.h), whose coefficients the registers hold: nine cycles a vector, where a
// division takes sixteen; worst error 1.1 ulp.
inline Vec<float> tanh(Vec<float> x) {
  const IntVec<float> sign = bits(x) & std::numeric_limits<int32_t>::min();
  const Vec<float> magnitude = min(broadcast(9.02F), (Vec<float>)(bits(x) ^ sign));
  const IntVec<float> first = bits(broadcast(15.0F / 256));
  const IntVec<float> i = (bits(magnitude) > first ? bits(magnitude) : first) >> 21;
  const Vec<float> t = magnitude - look_up(tanh_table::kCenter, i);
  Vec<float> result = look_up(tanh_table::kC5, i);
  result = result * t + look_up(tanh_table::kC4, i);
  result = result * t + look_up(tanh_table::kC3, i);
  result = result * t + look_up(tanh_table::kC2, i);
  result = result * t + look_up(tanh_table::kC1, i);
  result = result * t + look_up(tanh_table::kC0, i);
  return (Vec<float>)(bits(result) | sign);
}
#else
// tanh x: an odd polynomial near zero, 1 - 2 / (e^2|x| + 1) with x's sign beyond; worst error 1.5 ulp.
inline Vec<float> tanh(Vec<float> x) {
  const IntVec<float> sign = bits(x) & std::numeric_limits<int32_t>::min();
  // From 9.02 on tanh rounds to 1.
  const Vec<float> magnitude = min(broadcast(9.1F), (Vec<float>)(bits(x) ^ sign));
  const ExpReduction reduced(magnitude + magnitude);
  const Vec<float> large = 1 - 2 / (scale_by_power(reduced.exp(), reduced.n) + 1);
  const Vec<float> z = x * x;
  const Vec<float> small =
      polynomial(z, -0.33333284F, 0.13331491F, -0.053743497F, 0.020650584F, -0.0057170424F) * (z * x) + x;
  // Below this the polynomial, fitted up to here, is the more accurate.
  return (Vec<float>)(bits(magnitude < 0.625F ? small : large) | sign);
}
#endif

// erf x: an odd polynomial near zero, 1 - e^q with a polynomial q of |x| for ln erfc |x| beyond; worst error
// 1.5 ulp.
inline Vec<float> erf(Vec<float> x) {
  const IntVec<float> sign = bits(x) & std::numeric_limits<int32_t>::min();
  // From 3.93 on erf rounds to 1.
  const Vec<float> magnitude = min(broadcast(4.0F), (Vec<float>)(bits(x) ^ sign));
  const ExpReduction reduced(polynomial(magnitude, -0.000166447164F, -1.12779725F, -0.636976063F,
                                        -0.104113683F, 0.0223152153F, -0.00306549086F, 0.000198219728F));
  const Vec<float> large = 1 - scale_by_power(reduced.exp(), reduced.n);
  const Vec<float> small = polynomial(magnitude * magnitude, 0.128379151F, -0.376125246F, 0.112821408F,
                                      -0.0267789159F, 0.00501197157F, -0.000609039795F) *
                               magnitude +
                           magnitude;
  return (Vec<float>)(bits(magnitude < 0.9F ? small : large) | sign);
}

// 1 / (1 + e^-x), from e^-|x|, which cannot overflow; worst error 2.5 ulp.
inline Vec<float> sigmoid(Vec<float> x) {
  const Vec<float> e = exp((Vec<float>)(bits(x) | std::numeric_limits<int32_t>::min()));
  return (x < 0 ? e : broadcast(1.0F)) / (e + 1);
}

template <typename F>
inline Vec<double> each_lane(Vec<double> x, F f) {
  for (int i = 0; i < kLanes<double>; ++i) x[i] = f(x[i]);
  return x;
}
inline Vec<double> exp(Vec<double> x) {
  return each_lane(x, [](double v) { return std::exp(v); });
}
inline Vec<double> log(Vec<double> x) {
  return each_lane(x, [](double v) { return std::log(v); });
}
inline Vec<double> tanh(Vec<double> x) {
  return each_lane(x, [](double v) { return std::tanh(v); });
}
inline Vec<double> erf(Vec<double> x) {
  return each_lane(x, [](double v) { return std::erf(v); });
}
inline Vec<double> sigmoid(Vec<double> x) {
  const Vec<double> e = exp(x < 0 ? x : -x);
  return (x < 0 ? e : broadcast(1.0)) / (e + 1);
}

}  // namespace lt::kernels
