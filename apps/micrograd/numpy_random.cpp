#include <libtensor/apps/micrograd/numpy_random.h>

// The engine and its seeding are PyTorch's; normals come from the polar method (Marsaglia and Bray, 1964),
// and bounded integers from masking and rejection. Compiled without contraction.

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include <libtensor/tensor/error.h>

namespace lt::apps {

double NumpyRandom::rand() {
  const uint32_t high = engine_() >> 5;
  const uint32_t low = engine_() >> 6;
  return (high * 0x1p26 + low) * 0x1p-53;
}

double NumpyRandom::randn() {
  if (kept_normal_) {
    const double kept = *kept_normal_;
    kept_normal_.reset();
    return kept;
  }
  double x1 = 0;
  double x2 = 0;
  double square = 0;
  do {
    x1 = 2 * rand() - 1;
    x2 = 2 * rand() - 1;
    square = x1 * x1 + x2 * x2;
  } while (square >= 1 || square == 0);
  const double scale = std::sqrt(-2 * std::log(square) / square);
  kept_normal_ = scale * x1;
  return scale * x2;
}

double NumpyRandom::normal(double mean, double std) {
  if (!(std >= 0)) throw ValueError(fmt::format("normal: expected std >= 0, got {}", std));
  return mean + std * randn();
}

uint32_t NumpyRandom::interval(uint32_t largest) {
  const uint32_t mask = UINT32_MAX >> std::countl_zero(largest);
  uint32_t value = engine_() & mask;
  while (value > largest) value = engine_() & mask;
  return value;
}

std::vector<int64_t> NumpyRandom::permutation(int64_t n) {
  if (n < 0 || n > int64_t{1} << 32) {
    throw ValueError(fmt::format("permutation: expected n in 0..2^32, got {}", n));
  }
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), int64_t{0});
  for (size_t i = order.size(); i-- > 1;) std::swap(order[i], order[interval(static_cast<uint32_t>(i))]);
  return order;
}

}  // namespace lt::apps
