#pragma once

// A matrix product as its parts hand it to each other, and the sizes at which it is cut.

#include <libtensor/tensor/kernels/activation.h>
#include <libtensor/tensor/kernels/operand.h>

namespace lt::kernels {

// c (m, n) = activation(a (m, k) @ b (k, n) + bias (n)), or added to what c holds.
template <typename T>
struct Product {
  Operand<T> a, b;
  T* c;
  int64_t c_row;
  int64_t m, n, k;
  const T* bias;
  bool accumulate;
  Activation activation;
  bool a_packed = false;  // tile by tile (pack_a)
};

// A block of k: sums of 4 KB are read in one go, so that most products write c once and never read it back.
template <typename T>
inline constexpr int64_t kDepth = 4096 / static_cast<int64_t>(sizeof(T));

// Of a transposed a in place, each step reads another line, which the next tile wants again: 24 KB of them
// stay in L1.
inline constexpr int64_t kLinesDepth = 384;

// A block of a: 128 rows with kDepth of k, which leave an L2 of 1 MB room for two panels of b and for c.
inline constexpr int64_t kBlockBytes = 512 << 10;

}  // namespace lt::kernels
