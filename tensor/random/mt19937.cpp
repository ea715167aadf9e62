#include <libtensor/tensor/random/mt19937.h>

// Words are twisted 624 at a time and tempered when drawn. Both loops carry no value from one step to the
// next (the twist reads at a distance of 1 and 397), so they run on vectors.

#include <fmt/format.h>

#include <algorithm>

#include <libtensor/tensor/error.h>

namespace lt::inline v0 {

namespace {

constexpr int kMiddle = 397;

uint32_t mix(uint32_t high, uint32_t low, uint32_t far) {
  const uint32_t y = (high & 0x80000000U) | (low & 0x7fffffffU);
  return far ^ (y >> 1) ^ ((0U - (y & 1U)) & 0x9908b0dfU);
}

}  // namespace

void Mt19937::seed(uint32_t value) {
  words_[0] = value;
  for (uint32_t j = 1; j < kSize; ++j) {
    words_[j] = 1812433253U * (words_[j - 1] ^ (words_[j - 1] >> 30)) + j;
  }
  next_ = 0;
}

void Mt19937::seed(std::span<const uint32_t> key) {
  if (key.empty()) throw ValueError("mt19937: the key to seed with is empty");
  seed(19650218U);
  uint32_t i = 1;
  const auto step = [&](uint32_t multiplier) {
    const uint32_t before = words_[i - 1];
    words_[i] ^= (before ^ (before >> 30)) * multiplier;
    return &words_[i];
  };
  const auto advance = [&] {
    if (++i < kSize) return;
    words_[0] = words_[kSize - 1];
    i = 1;
  };
  for (size_t k = 0, j = 0; k < std::max<size_t>(kSize, key.size()); ++k, j = (j + 1) % key.size()) {
    *step(1664525U) += key[j] + static_cast<uint32_t>(j);
    advance();
  }
  for (int k = 1; k < kSize; ++k) {
    *step(1566083941U) -= i;
    advance();
  }
  words_[0] = 0x80000000U;
}

void Mt19937::generate(std::span<uint32_t> out) {
  for (size_t done = 0; done < out.size();) {
    if (next_ == 0 || next_ == kSize) twist();
    const size_t count = std::min(out.size() - done, static_cast<size_t>(kSize - next_));
    const uint32_t* from = words_.data() + next_;
    for (size_t i = 0; i < count; ++i) out[done + i] = temper(from[i]);
    done += count;
    next_ += static_cast<int>(count);
  }
}

void Mt19937::restore(const Words& words, int position) {
  if (position < 0 || position > kSize) {
    throw ValueError(fmt::format("mt19937: position {} is not in 0..{}", position, kSize));
  }
  words_ = words;
  next_ = position;
}

void Mt19937::twist() {
  uint32_t* w = words_.data();
  int i = 0;
  for (; i < kSize - kMiddle; ++i) w[i] = mix(w[i], w[i + 1], w[i + kMiddle]);
  for (; i < kSize - 1; ++i) w[i] = mix(w[i], w[i + 1], w[i + kMiddle - kSize]);
  w[i] = mix(w[i], w[0], w[kMiddle - 1]);
  next_ = 0;
}

}  // namespace lt::inline v0
