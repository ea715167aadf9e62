#pragma once

// Dropout by bits: bit i % 64 of word i / 64 says whether number i is kept.

#include <cstdint>

namespace lt::kernels {

// words: 2 n random ones; bit i is set where the low 53 bits of pair i, its first word the high half, are
// below `limit`. Bits from n on, in the last word, are 0.
void kept_bits(const uint32_t* words, int64_t n, uint64_t limit, int64_t* bits);

// y = x * scale where kept, x * 0 elsewhere (-0 for a negative x, as in PyTorch).
template <typename T>
void scale_kept(const T* x, const int64_t* bits, T scale, int64_t n, T* y);

}  // namespace lt::kernels
