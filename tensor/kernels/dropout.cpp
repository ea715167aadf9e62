#include <libtensor/tensor/kernels/dropout.h>

#include <algorithm>
#include <bit>

#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/row_sum.h>

// Both by vectors. Words are drawn in order, on one thread; what uses the bits is shared by threads, each
// with whole words.

namespace lt::kernels {
namespace {

static_assert(std::endian::native == std::endian::little);

// The low 53 bits of a pair of words that were loaded as one number, which swaps the halves.
template <typename V>
V low_bits(V pair) {
  constexpr uint64_t kLow = (uint64_t{1} << 53) - 1;
  return ((pair << 32) | (pair >> 32)) & kLow;
}

}  // namespace

void kept_bits(const uint32_t* words, int64_t n, uint64_t limit, int64_t* bits) {
  constexpr int kPairs = kLanes<double>;
  using Pairs = Vec<uint64_t>;
  const Pairs limits = Pairs{} + limit;
  for (int64_t i = 0; i < n; i += 64) {
    uint64_t kept = 0;
    const int64_t count = std::min<int64_t>(64, n - i);
    int64_t j = 0;
    for (; j + kPairs <= count; j += kPairs) {
      Pairs pairs;
      std::memcpy(&pairs, words + 2 * (i + j), sizeof pairs);
      kept |= static_cast<uint64_t>(bits_of_lanes<double>((IntVec<double>)(low_bits(pairs) < limits))) << j;
    }
    for (; j < count; ++j) {
      uint64_t pair = 0;
      std::memcpy(&pair, words + 2 * (i + j), sizeof pair);
      kept |= uint64_t{low_bits(pair) < limit} << j;
    }
    bits[i / 64] = static_cast<int64_t>(kept);
  }
}

template <typename T>
void scale_kept(const T* x, const int64_t* bits, T scale, int64_t n, T* y) {
  constexpr int64_t kCost = 64 * 2;  // a read and a write of each number
  parallel_for((n + 63) / 64, kCost, [&](int64_t first, int64_t last) {
    const int64_t begin = first * 64;
    each_vector<T>(std::min(last * 64, n) - begin,
                   [&, scales = broadcast(scale)](int64_t j, const auto& lanes) {
                     const int64_t i = begin + j;
                     const auto kept = lanes_of_bits<T>(static_cast<uint64_t>(bits[i / 64]) >> (i % 64));
                     lanes.store(y + i, lanes.load(x + i) * (kept ? scales : Vec<T>{}));
                   });
  });
}

template void scale_kept(const float*, const int64_t*, float, int64_t, float*);
template void scale_kept(const double*, const int64_t*, double, int64_t, double*);

}  // namespace lt::kernels
