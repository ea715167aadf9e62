#pragma once

// What batch_norm and layer_norm share. T is float or double; nothing may overlap.

#include <algorithm>
#include <cstdint>

#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/row_sum.h>
#include <libtensor/tensor/kernels/workspace.h>

namespace lt::kernels {

// A dense matrix (rows, n) and what makes x^ = (x - mean) * inverse_std of it: a number a column in
// batch_norm, a number a row in layer_norm. x^ is computed again where it is needed: that takes less time
// than keeping it.
template <typename T>
struct NormInput {
  const T* x;
  const T* mean;
  const T* inverse_std;
  int64_t rows, n;
};

// Rows that are summed one after the other: few, so that rounding errors are about as small as reduce.h's.
inline constexpr int64_t kRowBlock = 16;

// The gradients of weight and bias are sums over each column, of dy * x^ and of dy. Calls block(first, last,
// d_weight, d_bias), which writes both sums over the rows [first, last), for blocks of rows, and joins the
// blocks pairwise: the order depends on `rows` alone. Threads share the blocks.
//   buffers: d_weight (n), d_bias (n);  work_per_row: simple operations, as in parallel.h
template <typename T, typename Block>
void sum_columns(int64_t rows, int64_t n, int64_t work_per_row, T* d_weight, T* d_bias, const Block& block) {
  const int64_t blocks = std::max<int64_t>((rows + kRowBlock - 1) / kRowBlock, 1);
  if (blocks == 1) return block(int64_t{0}, rows, d_weight, d_bias);
  const int64_t width = 2 * n;  // both sums of a block
  T* const partial = workspace<T>(Workspace::kPartialSums, blocks * width);
  parallel_for(blocks, kRowBlock * work_per_row, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      T* const sums = partial + b * width;
      block(b * kRowBlock, std::min((b + 1) * kRowBlock, rows), sums, sums + n);
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
  std::copy_n(partial, n, d_weight);
  std::copy_n(partial + n, n, d_bias);
}

}  // namespace lt::kernels
