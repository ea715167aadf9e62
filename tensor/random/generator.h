#pragma once

// Generator: PyTorch's CPU generator, bit for bit. Equal seeds give the numbers that PyTorch gives.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <libtensor/tensor/random/mt19937.h>
#include <libtensor/tensor/scalar.h>

namespace lt::inline v0 {

// PyTorch is not one stream: its build and its version change some numbers. Two settings choose among them.
//
// How floats are rounded on their way from words to numbers; never which words are drawn.
enum class Profile {
  scalar,  // correctly rounded log, cos and sin; a*b + c rounds twice. Prints the makemore notebooks' numbers
  avx2,    // polynomials with fused multiply-add: every PyTorch on an x86 processor with AVX2
};
// Which words multinomial (and under `mkl` exponential_) draws.
enum class Sampling {
  classic,  // search in the running sum of the probabilities: PyTorch 1.x, and the makemore notebooks
  race,     // one sample: the category whose exponential clock, run at its probability, rings first (2.x)
  mkl,      // the race on the clocks of Intel's MKL: 2.x on x86, and the GPT lecture
};

// A seed: any whole number, a negative one modulo 2^64.
class Seed {
 public:
  template <WholeNumber U>
  constexpr Seed(U value) : value_(static_cast<uint64_t>(value)) {}  // NOLINT: implicit, as a literal is
  constexpr operator uint64_t() const { return value_; }             // NOLINT: implicit

 private:
  uint64_t value_;
};

// A stream of 32-bit words (mt19937) and what PyTorch makes of them. Copying it copies the place in the
// stream. Not locked: one generator belongs to one thread at a time.
class Generator {
 public:
  static constexpr uint64_t kDefaultSeed = 67280421310721;

  explicit Generator(Seed seed = kDefaultSeed, Profile profile = Profile::scalar,
                     Sampling sampling = Sampling::classic);

  // Starts the stream of a seed and forgets the kept normal; the settings stay. As in PyTorch the whole seed
  // is remembered, its low 32 bits alone choose the stream, and a negative one counts modulo 2^64.
  void manual_seed(Seed seed);
  uint64_t initial_seed() const { return seed_; }

  Profile profile() const { return profile_; }
  Sampling sampling() const { return sampling_; }
  void set_sampling(Sampling sampling) { sampling_ = sampling; }

  uint32_t random() { return engine_(); }
  uint64_t random64() {  // two words, the high half first
    const uint64_t high = random();
    return high << 32 | random();
  }
  void random(std::span<uint32_t> out) { engine_.generate(out); }

  // Uniform in [0, 1): one word and its low 24 bits; two words and their low 53 bits.
  float unit_float() { return static_cast<float>(random() & 0xffffffU) * 0x1p-24F; }
  double unit_double() { return static_cast<double>(random64() & ((1ULL << 53) - 1)) * 0x1p-53; }
  // Standard normals come in pairs (Box and Muller, 1958): four words for the first of a pair; the second is
  // kept for the next call.
  double standard_normal();

  // The place in the stream with the kept normal, in the 5056 bytes of PyTorch's get_state(): either library
  // resumes where the other stopped. The settings are not in it.
  //   throws: ValueError naming what is wrong with a state that is not one
  std::string state() const;
  void set_state(std::string_view bytes);

 private:
  Mt19937 engine_;
  uint64_t seed_;
  std::optional<double> kept_normal_;
  Profile profile_;
  Sampling sampling_;
};

// The generator of every op that is given none. One for the process and not locked: threads that draw at the
// same time bring their own. Until manual_seed() it runs from kDefaultSeed (PyTorch's from an arbitrary one).
Generator& default_generator();

// Seeds the default generator and returns it.
Generator& manual_seed(Seed seed);

}  // namespace lt::inline v0
