#pragma once

#include <cmath>

#include <libtensor/tensor/random/generator.h>

namespace lt::inline v0 {

// x * scale + shift, rounded as the profile says. Only for units compiled without contraction.
template <Profile kProfile, typename T>
inline T affine(T x, T scale, T shift) {
  return kProfile == Profile::avx2 ? std::fma(x, scale, shift) : x * scale + shift;
}

}  // namespace lt::inline v0
