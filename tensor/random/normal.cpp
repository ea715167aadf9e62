// Normals in blocks of 16, as PyTorch makes them from 16 numbers on. A block is 16 uniforms in a row, turned
// in place; the lanes are independent, so a block runs on vectors. Numbers are drawn first and turned after,
// a cache-sized chunk at a time, in memory order. Where the length is not a multiple of 16, the last 16
// numbers are drawn again.
//
// The order of operations below is part of the definition, down to which product is fused: it gives the bits
// of PyTorch's AVX2 build. This unit is compiled without contraction.

#include <libtensor/tensor/random/normal.h>

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include <libtensor/tensor/error.h>
#include <libtensor/tensor/random/affine.h>
#include <libtensor/tensor/random/fill.h>

namespace lt::inline v0 {

namespace {

constexpr size_t kBlock = 2 * kNormalPairs;
// Uniforms drawn before they are turned into normals: 16 KiB of float, half of a first-level cache.
constexpr size_t kChunk = 4096;

// Cephes' logf: x = m * 2^e with m in [sqrt(1/2), sqrt(2)), and a polynomial in m - 1. For x in [2^-24, 1].
inline float log_polynomial(float x) {
  constexpr float kHalfRoot = 0x1.6a09e6p-1F;  // sqrt(1/2)
  constexpr float kP[] = {7.0376836292e-2F,  -1.1514610310e-1F, 1.1676998740e-1F,
                          -1.2420140846e-1F, 1.4249322787e-1F,  -1.6668057665e-1F,
                          2.0000714765e-1F,  -2.4999993993e-1F, 3.3333331174e-1F};
  constexpr float kLog2Low = -2.12194440e-4F;  // log(2) in two parts
  constexpr float kLog2High = 0.693359375F;
  const auto bits = std::bit_cast<int32_t>(x);
  const float m = std::bit_cast<float>((bits & 0x7fffff) | 0x3f000000);  // in [0.5, 1)
  const bool is_small = m < kHalfRoot;
  const auto e = static_cast<float>((bits >> 23) - 126 - (is_small ? 1 : 0));
  const float r = (m - 1.0F) + (is_small ? m : 0.0F);
  const float z = r * r;
  float y = std::fma(kP[0], r, kP[1]);  // written out: GCC vectorises no loop that holds a loop
  y = std::fma(y, r, kP[2]);
  y = std::fma(y, r, kP[3]);
  y = std::fma(y, r, kP[4]);
  y = std::fma(y, r, kP[5]);
  y = std::fma(y, r, kP[6]);
  y = std::fma(y, r, kP[7]);
  y = std::fma(y, r, kP[8]);
  y = y * r;
  y = std::fma(y, z, e * kLog2Low);
  y = y - z * 0.5F;
  return std::fma(e, kLog2High, r + y);
}

struct SineCosine {
  float sine, cosine;
};

// Cephes' sinf and cosf: x less a multiple of pi/4 (in three parts), and two polynomials. For 0 <= x < 8192.
inline SineCosine sine_cosine_polynomial(float x) {
  constexpr float kFourOverPi = 0x1.45f306p0F;
  constexpr float kD[] = {-0.78515625F, -2.4187564849853515625e-4F, -3.77489497744594108e-8F};
  constexpr float kS[] = {-1.9515295891e-4F, 8.3321608736e-3F, -1.6666654611e-1F};
  constexpr float kC[] = {2.443315711809948e-5F, -1.388731625493765e-3F, 4.166664568298827e-2F};
  const int32_t octant = (static_cast<int32_t>(x * kFourOverPi) + 1) & ~1;
  const auto q = static_cast<float>(octant);
  float r = std::fma(q, kD[0], x);
  r = std::fma(q, kD[1], r);
  r = std::fma(q, kD[2], r);
  const float z = r * r;
  float c = std::fma(std::fma(kC[0], z, kC[1]), z, kC[2]);
  c = std::fma(c * z, z, -(z * 0.5F)) + 1.0F;
  float s = std::fma(std::fma(kS[0], z, kS[1]), z, kS[2]);
  s = std::fma(s * z, r, r);
  const bool is_swapped = (octant & 2) != 0;
  const auto sine_sign = static_cast<uint32_t>(octant & 4) << 29;  // bit 2 onto the sign
  const auto cosine_sign = static_cast<uint32_t>(~(octant - 2) & 4) << 29;
  const auto flip = [](float value, uint32_t sign) {
    return std::bit_cast<float>(std::bit_cast<uint32_t>(value) ^ sign);
  };
  return {flip(is_swapped ? c : s, sine_sign), flip(is_swapped ? s : c, cosine_sign)};
}

// Eight pairs by polynomials: PyTorch's vector path, which float alone has.
inline BoxMuller<float> polynomial_pairs(const float* units) {
  constexpr auto kTwoPi = static_cast<float>(2 * std::numbers::pi);
  BoxMuller<float> out;
  for (size_t j = 0; j < kNormalPairs; ++j) {
    out.log[j] = log_polynomial(1.0F - units[j]);
    out.radius[j] = std::sqrt(-2.0F * out.log[j]);
    const SineCosine angle = sine_cosine_polynomial(kTwoPi * units[j + kNormalPairs]);
    out.cosine[j] = angle.cosine;
    out.sine[j] = angle.sine;
  }
  return out;
}

// Eight pairs by the double library. A double good to a few ulps, rounded to float, is the correctly rounded
// float function on the whole domain: the exact value is never nearer than 9.9 double ulps to a tie.
template <typename T>
BoxMuller<T> library_pairs(const T* units) {
  BoxMuller<T> out;
  for (size_t j = 0; j < kNormalPairs; ++j) {
    out.log[j] = static_cast<T>(std::log(double{T{1} - units[j]}));
    out.radius[j] = std::sqrt(T{-2} * out.log[j]);
    const double theta = static_cast<T>(2 * std::numbers::pi * double{units[j + kNormalPairs]});
    out.cosine[j] = static_cast<T>(std::cos(theta));
    out.sine[j] = static_cast<T>(std::sin(theta));
  }
  return out;
}

template <Profile kProfile, typename T>
BoxMuller<T> pairs(const T* units) {
  if constexpr (kProfile == Profile::avx2 && std::is_same_v<T, float>) {
    return polynomial_pairs(units);
  } else {
    return library_pairs(units);
  }
}

template <Profile kProfile, typename T>
void turn_block(T* block, T mean, T std) {
  const BoxMuller<T> pair = pairs<kProfile>(block);
  for (size_t j = 0; j < kNormalPairs; ++j) {
    block[j] = affine<kProfile>(pair.radius[j] * pair.cosine[j], std, mean);
    block[j + kNormalPairs] = affine<kProfile>(pair.radius[j] * pair.sine[j], std, mean);
  }
}

template <Profile kProfile, typename T>
void fill_blocks(std::span<T> out, T mean, T std, Generator& generator) {
  for (size_t done = 0; done < out.size(); done += kChunk) {
    const std::span<T> chunk = out.subspan(done, std::min(kChunk, out.size() - done));
    fill_units(chunk, generator);
    for (size_t i = 0; i + kBlock <= chunk.size(); i += kBlock) turn_block<kProfile>(&chunk[i], mean, std);
  }
  if (out.size() % kBlock != 0) {
    const std::span<T> tail = out.last(kBlock);
    fill_units(tail, generator);
    turn_block<kProfile>(tail.data(), mean, std);
  }
}

void check_normal(double std) {
  if (!(std >= 0)) throw ValueError(fmt::format("normal_: expected std >= 0, got {}", std));
}

}  // namespace

template <typename T>
BoxMuller<T> box_muller(const T* units, Profile profile) {
  return profile == Profile::avx2 ? pairs<Profile::avx2>(units) : pairs<Profile::scalar>(units);
}

template <typename T>
void fill_normal_one_by_one(std::span<T> out, double mean, double std, Generator& generator) {
  check_normal(std);
  const bool is_fused = generator.profile() == Profile::avx2;
  for (T& x : out) {
    const double v = generator.standard_normal();
    x = static_cast<T>(is_fused ? affine<Profile::avx2>(v, std, mean)
                                : affine<Profile::scalar>(v, std, mean));
  }
}

template <typename T>
void fill_normal(std::span<T> out, double mean, double std, Generator& generator) {
  if (out.size() < kBlock) return fill_normal_one_by_one(out, mean, std, generator);
  check_normal(std);
  const auto fill =
      generator.profile() == Profile::avx2 ? fill_blocks<Profile::avx2, T> : fill_blocks<Profile::scalar, T>;
  fill(out, static_cast<T>(mean), static_cast<T>(std), generator);
}

template BoxMuller<float> box_muller(const float*, Profile);
template BoxMuller<double> box_muller(const double*, Profile);
template void fill_normal(std::span<float>, double, double, Generator&);
template void fill_normal(std::span<double>, double, double, Generator&);
template void fill_normal_one_by_one(std::span<float>, double, double, Generator&);
template void fill_normal_one_by_one(std::span<double>, double, double, Generator&);

}  // namespace lt::inline v0
