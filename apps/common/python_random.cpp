#include <libtensor/apps/common/python_random.h>

// Python seeds the same engine as PyTorch in another way (by array), takes the high bits of a word where
// PyTorch takes the low ones, and rejects where PyTorch takes a remainder. Compiled without contraction.

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cmath>
#include <numbers>
#include <span>

#include <libtensor/tensor/error.h>

namespace lt::apps {

void PythonRandom::seed(uint64_t value) {
  const std::array<uint32_t, 2> digits{static_cast<uint32_t>(value), static_cast<uint32_t>(value >> 32)};
  engine_.seed(std::span(digits).first(digits[1] == 0 ? 1 : 2));
  kept_normal_.reset();
}

double PythonRandom::random() {
  const uint32_t high = engine_() >> 5;
  const uint32_t low = engine_() >> 6;
  return (high * 0x1p26 + low) * 0x1p-53;
}

uint64_t PythonRandom::getrandbits(int count) {
  if (count < 0 || count > 64) {
    throw ValueError(fmt::format("getrandbits: expected 0 to 64 bits, got {}", count));
  }
  if (count == 0) return 0;
  if (count <= 32) return engine_() >> (32 - count);
  const uint64_t low = engine_();
  const uint64_t high = engine_() >> (64 - count);
  return high << 32 | low;
}

uint64_t PythonRandom::randbelow(uint64_t n) {
  if (n == 0) throw ValueError("randbelow: expected n > 0, got 0");
  const int bits = 64 - std::countl_zero(n);
  uint64_t value = getrandbits(bits);
  while (value >= n) value = getrandbits(bits);
  return value;
}

double PythonRandom::uniform(double low, double high) { return low + (high - low) * random(); }

double PythonRandom::gauss(double mean, double std) {
  if (kept_normal_) {
    const double kept = *kept_normal_;
    kept_normal_.reset();
    return mean + kept * std;
  }
  const double theta = 2 * std::numbers::pi * random();
  const double radius = std::sqrt(-2 * std::log(1 - random()));
  kept_normal_ = std::sin(theta) * radius;
  return mean + std::cos(theta) * radius * std;
}

}  // namespace lt::apps
