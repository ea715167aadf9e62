#pragma once

// The Mersenne Twister (Matsumoto and Nishimura, 1998), the engine below PyTorch's, Python's and NumPy's
// random numbers. The same words as std::mt19937, with the two published seedings, bulk draws, and a state
// that can be saved.

#include <array>
#include <cstdint>
#include <span>

#include <libtensor/version.h>

namespace lt::inline v0 {

class Mt19937 {
 public:
  static constexpr int kSize = 624;
  using Words = std::array<uint32_t, kSize>;

  explicit Mt19937(uint32_t value) { seed(value); }

  void seed(uint32_t value);
  // The published init_by_array. An empty key is refused. throws: ValueError
  void seed(std::span<const uint32_t> key);

  uint32_t operator()() {
    if (next_ == 0 || next_ == kSize) twist();
    return temper(words_[static_cast<size_t>(next_++)]);
  }
  // The next out.size() words, in order; faster than one by one.
  void generate(std::span<uint32_t> out);

  // The state: the words before tempering, and how many of them were drawn; 0 right after seeding, when the
  // words have still to be twisted. throws: ValueError for a position outside 0..624
  const Words& words() const { return words_; }
  int position() const { return next_; }
  void restore(const Words& words, int position);

 private:
  static uint32_t temper(uint32_t y) {
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680U;
    y ^= (y << 15) & 0xefc60000U;
    return y ^ (y >> 18);
  }
  void twist();

  Words words_{};
  int next_ = 0;
};

}  // namespace lt::inline v0
