#pragma once

// Private to tensor/: what moments.cpp and kernels/layer_norm.cpp share.

#include <cstdint>
#include <limits>

namespace lt::inline v0 {

// Whether the mean of n numbers may be off by as much as they spread: they are nearly equal, or their sum has
// overflowed. squares: the sum of their squared distances from it.
template <typename T>
bool is_blurred(T mean, T squares, int64_t n) {
  const T error = mean * (32 * std::numeric_limits<T>::epsilon());  // more than a sum's roundings come to
  // No branch, so that loops over many means are vectorised.
  return (mean != 0) & !(squares > static_cast<T>(n) * (error * error));
}

}  // namespace lt::inline v0
