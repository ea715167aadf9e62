#pragma once

// The two sums over each column that the gradients of normalisations need: of dy, and of dy * x^.

#include <algorithm>
#include <cstdint>

#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/workspace.h>

namespace lt::kernels {

// Rows that are summed one after the other. Measured: over 20,000 random rows the sums are off by 1.3 times
// as much as reduce.h's; blocks of 64 save no time.
inline constexpr int64_t kColumnBlock = 16;

// Calls block(first, last, sums, others), which writes both sums over the rows [first, last), for blocks of
// rows, and joins the blocks pairwise: the order depends on `rows` alone. Threads share the blocks.
//   buffers: sum (n), other (n);  work_per_row: simple operations, as in parallel.h
template <typename T, typename Block>
void sum_columns_in_blocks(int64_t rows, int64_t n, int64_t work_per_row, T* sum, T* other,
                           const Block& block) {
  const int64_t blocks = std::max<int64_t>((rows + kColumnBlock - 1) / kColumnBlock, 1);
  if (blocks == 1) return block(int64_t{0}, rows, sum, other);
  const int64_t width = 2 * n;  // both sums of a block
  T* const partial = workspace<T>(Workspace::kPartialSums, blocks * width);
  parallel_for(blocks, kColumnBlock * work_per_row, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      T* const sums = partial + b * width;
      block(b * kColumnBlock, std::min((b + 1) * kColumnBlock, rows), sums, sums + n);
    }
  });
  parallel_for(width, blocks, [&](int64_t begin, int64_t end) {
    for (int64_t gap = 1; gap < blocks; gap *= 2) {
      for (int64_t b = 0; b + gap < blocks; b += 2 * gap) {
        T* const total = partial + b * width;
        for (int64_t j = begin; j < end; ++j) total[j] += total[gap * width + j];
      }
    }
  });
  std::copy_n(partial, n, sum);
  std::copy_n(partial + n, n, other);
}

}  // namespace lt::kernels
