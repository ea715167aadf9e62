#pragma once

// The transform inside a block of normals, open to the tests.

#include <array>

#include <libtensor/tensor/random/generator.h>

namespace lt::inline v0 {

// One block: eight radii from eight uniforms, eight angles from eight more.
inline constexpr int kNormalPairs = 8;

template <typename T>
struct BoxMuller {
  std::array<T, kNormalPairs> log, radius, cosine, sine;
};

// For j in 0..7: log(1 - units[j]), sqrt(-2 log(1 - units[j])), and cosine and sine of 2 pi units[j + 8]
// (Box and Muller, 1958). units: 16 numbers in [0, 1)
template <typename T>
BoxMuller<T> box_muller(const T* units, Profile profile);

}  // namespace lt::inline v0
