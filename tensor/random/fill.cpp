// Fills of a row of memory, front to back and on one thread: what a number is depends on how many were drawn
// before it. Units are made from a stack buffer of words at a time, so that tempering and conversion run on
// vectors. This unit is compiled without contraction: the profile says what is fused.

#include <libtensor/tensor/random/fill.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <type_traits>

#include <libtensor/tensor/error.h>
#include <libtensor/tensor/random/affine.h>

namespace lt::inline v0 {

namespace {

constexpr size_t kBuffer = 1024;  // words on the stack, 4 KiB

void to_units(std::span<const uint32_t> words, float* out) {
  for (size_t i = 0; i < words.size(); ++i) {
    out[i] = static_cast<float>(static_cast<int32_t>(words[i] & 0xffffffU)) * 0x1p-24F;
  }
}

void to_units(std::span<const uint32_t> words, double* out) {
  for (size_t i = 0; i < words.size() / 2; ++i) {
    const uint64_t low53 = (uint64_t{words[2 * i]} << 32 | words[2 * i + 1]) & ((1ULL << 53) - 1);
    out[i] = static_cast<double>(static_cast<int64_t>(low53)) * 0x1p-53;
  }
}

template <Profile kProfile, typename T>
void stretch(std::span<T> units, T low, T width) {
  for (T& x : units) x = affine<kProfile>(x, width, low);
}

// The uniforms behind the exponentials of MKL: MCG31m1 (L'Ecuyer, 1999), multiplicative modulo 2^31 - 1.
class Mcg31 {
 public:
  explicit Mcg31(uint64_t seed) : x_(seed % kModulus == 0 ? 1 : seed % kModulus) {}
  double operator()() {
    const double unit = static_cast<double>(x_) / static_cast<double>(kModulus);
    x_ = kMultiplier * x_ % kModulus;
    return unit;
  }

 private:
  static constexpr uint64_t kModulus = (1ULL << 31) - 1;
  static constexpr uint64_t kMultiplier = 1132489760;
  uint64_t x_;
};

// Each of out from a double unit of its own.
template <typename T, typename F>
void map_units(std::span<T> out, Generator& generator, const F& f) {
  std::array<double, kBuffer> units;
  for (size_t done = 0; done < out.size(); done += kBuffer) {
    const size_t count = std::min(kBuffer, out.size() - done);
    fill_units(std::span(units).first(count), generator);
    for (size_t i = 0; i < count; ++i) out[done + i] = static_cast<T>(f(units[i]));
  }
}

void check_probability(double p) {
  if (!(p >= 0 && p <= 1)) throw ValueError(fmt::format("bernoulli_: probability {} is not in [0, 1]", p));
}

}  // namespace

template <typename T>
void fill_units(std::span<T> out, Generator& generator) {
  constexpr size_t kWords = sizeof(T) / sizeof(uint32_t);  // one a float, two a double
  std::array<uint32_t, kBuffer> words;
  for (size_t done = 0; done < out.size(); done += kBuffer / kWords) {
    const size_t count = std::min(kBuffer / kWords, out.size() - done);
    const std::span<uint32_t> drawn(words.data(), count * kWords);
    generator.random(drawn);
    to_units(drawn, out.data() + done);
  }
}

template <typename T>
void fill_uniform(std::span<T> out, double low, double high, Generator& generator) {
  const auto from = static_cast<T>(low);
  const T width = static_cast<T>(high) - from;
  if (!(low <= high))
    throw ValueError(fmt::format("uniform_: expected low <= high, got {} and {}", low, high));
  if (!std::isfinite(width)) {
    throw ValueError(fmt::format("uniform_: the range from {} to {} overflows", low, high));
  }
  const auto apply =
      generator.profile() == Profile::avx2 ? stretch<Profile::avx2, T> : stretch<Profile::scalar, T>;
  for (size_t done = 0; done < out.size(); done += kBuffer) {
    const std::span<T> chunk = out.subspan(done, std::min(kBuffer, out.size() - done));
    fill_units(chunk, generator);
    apply(chunk, from, width);
  }
}

template <typename T>
void fill_exponential(std::span<T> out, double lambda, Generator& generator) {
  if (!(lambda > 0)) throw ValueError(fmt::format("exponential_: expected lambda > 0, got {}", lambda));
  const double scale = -1.0 / lambda;
  if (generator.sampling() != Sampling::mkl) {
    map_units(out, generator, [scale](double unit) { return scale * std::log(1 - unit); });
  } else if (!out.empty()) {
    Mcg31 unit(std::is_same_v<T, float> ? generator.random() : generator.random64());
    for (T& x : out) x = static_cast<T>(scale * std::log(unit()));
  }
}

template <typename T>
void fill_bernoulli(std::span<T> out, double p, Generator& generator) {
  check_probability(p);
  map_units(out, generator, [p](double unit) { return unit < p; });
}

template <typename T>
void fill_bernoulli(std::span<T> out, std::span<const T> p, Generator& generator) {
  for (const T each : p) check_probability(double{each});
  for (size_t i = 0; i < out.size(); ++i) {
    if constexpr (std::is_same_v<T, float>) {
      out[i] = static_cast<T>(generator.unit_float() < p[i]);
    } else {
      out[i] = static_cast<T>(generator.unit_double() < p[i]);
    }
  }
}

void fill_integers(std::span<int64_t> out, int64_t low, int64_t high, Generator& generator) {
  if (low >= high) throw ValueError(fmt::format("randint: expected low < high, got {} and {}", low, high));
  const uint64_t range = static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
  const bool fits_a_word = range < (1ULL << 32);
  for (int64_t& x : out) {
    const uint64_t word = fits_a_word ? generator.random() : generator.random64();
    x = static_cast<int64_t>(static_cast<uint64_t>(low) + word % range);
  }
}

void fill_integers(std::span<int64_t> out, Generator& generator) {
  for (int64_t& x : out) x = static_cast<int64_t>(generator.random64() & ((1ULL << 63) - 1));
}

void fill_permutation(std::span<int64_t> out, Generator& generator) {
  std::iota(out.begin(), out.end(), int64_t{0});
  for (size_t i = 0; i + 1 < out.size(); ++i)
    std::swap(out[i], out[i + generator.random() % (out.size() - i)]);
}

template void fill_units(std::span<float>, Generator&);
template void fill_units(std::span<double>, Generator&);
template void fill_uniform(std::span<float>, double, double, Generator&);
template void fill_uniform(std::span<double>, double, double, Generator&);
template void fill_exponential(std::span<float>, double, Generator&);
template void fill_exponential(std::span<double>, double, Generator&);
template void fill_bernoulli(std::span<float>, double, Generator&);
template void fill_bernoulli(std::span<double>, double, Generator&);
template void fill_bernoulli(std::span<int64_t>, double, Generator&);
template void fill_bernoulli(std::span<bool>, double, Generator&);
template void fill_bernoulli(std::span<float>, std::span<const float>, Generator&);
template void fill_bernoulli(std::span<double>, std::span<const double>, Generator&);

}  // namespace lt::inline v0
