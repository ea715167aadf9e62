#pragma once

// How a product is blocked (Goto and van de Geijn, "Anatomy of high-performance matrix multiplication", 2008;
// the names are BLIS's), and which operands are packed for it or swapped: from sizes, strides and caches
// alone, so that neither work nor bits depend on the number of threads, nor bits on the caches.

#include <unistd.h>

#include <algorithm>

#include <libtensor/tensor/kernels/matmul.h>
#include <libtensor/tensor/kernels/matmul_microkernel.h>
#include <libtensor/tensor/kernels/parallel.h>

namespace lt::kernels {

// The problem, or a block of it: c (m, n) = a (m, k) @ b (k, n) + bias (n), or added to what c holds.
template <typename T>
struct Gemm {
  MatrixRef<T> a, b;
  T* c;
  int64_t c_row_stride;
  const T* bias = nullptr;
  bool accumulate = false;

  int64_t m() const { return a.rows; }
  int64_t n() const { return b.columns; }
  int64_t k() const { return a.columns; }
  bool a_is_transposed() const { return a.row_stride == 1 && a.column_stride != 1; }
  bool b_is_transposed() const { return b.row_stride == 1 && b.column_stride != 1; }
  // In simple operations (parallel.h), a vector multiply-add counting as one.
  int64_t work() const { return m() * n() * k() / kLanes<T>; }
};

constexpr int64_t divide_up(int64_t count, int64_t by) { return (count + by - 1) / by; }

// `count` things in `parts` parts as even as can be: part t is [start(t), start(t + 1)).
struct Partition {
  int64_t parts, least, extra = 0;

  Partition(int64_t count, int64_t into) : parts(into), least(count) {
    if (into == 1) return;  // most often, and a division takes as long as twenty multiply-adds
    least = count / into;
    extra = count % into;
  }
  int64_t start(int64_t t) const { return t * least + std::min(t, extra); }
};

template <typename T>
constexpr int64_t bytes(int64_t rows, int64_t columns) {
  return rows * columns * static_cast<int64_t>(sizeof(T));
}

// The caches of this machine, in bytes: 1 MB of L2 a core and 32 MB of L3 where the system does not say.
struct Caches {
  int64_t l2 = 1 << 20, l3 = 32 << 20;
};
inline const Caches& caches() {
  static const Caches sizes = [] {
    Caches found;
#if defined(_SC_LEVEL2_CACHE_SIZE)
    if (const int64_t l2 = sysconf(_SC_LEVEL2_CACHE_SIZE); l2 > 0)
      found.l2 = std::max<int64_t>(l2, 128 << 10);
    if (const int64_t l3 = sysconf(_SC_LEVEL3_CACHE_SIZE); l3 > 0) found.l3 = l3;
#endif
    return found;
  }();
  return sizes;
}

// KC, the block of k: 4 KB of a row of A, so that most products write C once and never read it back. It
// decides the order of a sum and so its bits: the same on every machine.
template <typename T>
inline constexpr int64_t kKc = 4096 / static_cast<int64_t>(sizeof(T));

// NC, the columns of B that are worked on at a time: a quarter of L3 with KC of k (8 MB, 2048 columns, from
// an L3 of 32 MB on, which is as many as help).
inline int64_t columns_at_once() { return std::clamp<int64_t>(caches().l3 / 4 / 4096, 512, 2048); }

// MC x KC, a block of A that stays in L2 while all of B passes by: a quarter of it, which leaves room for
// panels of B and for C.
inline int64_t block_of_a_bytes() { return caches().l2 / 4; }

// An operand is worth packing when so many tiles read it.
inline constexpr int64_t kWorthPacking = 4;
template <typename T>
inline constexpr int64_t kFewColumns = kWorthPacking* kMaxTileVectors* kLanes<T>;

// Whether A is packed: a transposed one that is larger than a block, since each step of a tile touches
// another of its lines.
template <typename T>
bool packs_a(const Gemm<T>& x) {
  return x.a_is_transposed() && x.m() > kMaxTileRows<T>[0] && x.n() > kFewColumns<T> &&
         bytes<T>(x.m(), x.k()) > block_of_a_bytes();
}

// Whether B is packed: one whose rows are not contiguous, as the micro-kernel wants them; one of more than
// 5/16 of L2 (400 by 400 of 2 MB) if enough tiles use it.
template <typename T>
bool packs_b(const Gemm<T>& x) {
  if (x.b.column_stride != 1) return true;
  return x.m() > kWorthPacking * kMaxTileRows<T>[0] && bytes<T>(x.k(), x.n()) > caches().l2 / 16 * 5;
}

// Whether x takes less time with its operands swapped, as C^T = B^T A^T: where B is transposed, as a layer's
// weight (out, in) beside a small batch, since A is packed in its stead; where A is transposed and C has few
// columns, as a gradient of few outputs, since its rows fill vectors better. In eighths of a cycle: half a
// cycle for a vector multiply-add, 3/8 for a number that is packed, 5/8 for one of C that is transposed back;
// by a sixteenth at least, since it is estimated.
template <typename T>
bool is_better_swapped(const Gemm<T>& x) {
  constexpr int64_t kLargestC = 4 << 20;  // scratch memory that a thread keeps
  const int64_t m = x.m(), n = x.n(), k = x.k();
  const bool for_b = x.b_is_transposed() && x.a.column_stride == 1 && m >= kLanes<T>;
  const bool for_a = x.a_is_transposed() && n < m && n <= kFewColumns<T>;
  if (!(for_b || for_a) || bytes<T>(m, n) > kLargestC) return false;
  if (x.bias && k > kKc<T>) return false;  // it would be added after the last block of k, not the first
  const auto multiply = [k](int64_t rows, int64_t columns) {
    return k * rows * divide_up(columns, kLanes<T>) * 4;
  };
  const int64_t plain = multiply(m, n) + (x.b.column_stride != 1 ? k * n * 3 : 0);
  const int64_t swapped = multiply(n, m) + (for_b ? k * m * 3 : 0) + m * n * 5;
  return swapped * 16 < plain * 15;
}

// How a product is divided into macro-blocks of C, which threads share, and blocks of k.
struct Blocking {
  bool pack_a, pack_b;
  int64_t row_blocks, column_groups;
};

template <typename T>
Blocking blocking(const Gemm<T>& x) {
  Blocking plan{packs_a(x), packs_b(x), 1, 1};
  // Four macro-blocks are enough for as many threads, and cost one thread little.
  const int64_t wanted = std::min<int64_t>(chunks_for(x.work(), 1), 4);
  const int64_t row_bytes = bytes<T>(1, std::clamp<int64_t>(x.k(), 1, kKc<T>));  // of a block of A
  const int64_t blocks = divide_up(x.m() * row_bytes, block_of_a_bytes());
  if (blocks == 1 && wanted == 1) return plan;
  const int64_t high = x.m() / (2 * kMaxTileRows<T>[0]);  // so many blocks are two tiles high
  plan.row_blocks = std::max(blocks, std::min(high, wanted));
  // Two or four threads get equal shares of so many.
  if (plan.row_blocks > 2) plan.row_blocks = divide_up(plan.row_blocks, 4) * 4;
  // Each group of columns packs its rows of A anew; of a B in place it has two panels at least.
  const int64_t least = plan.pack_a ? kFewColumns<T> : 2 * kMaxTileVectors * kLanes<T>;
  const int64_t groups =
      std::min(std::min(x.n(), columns_at_once()) / least, divide_up(wanted, plan.row_blocks));
  plan.column_groups = groups == 3 ? 2 : std::max<int64_t>(groups, 1);
  return plan;
}

}  // namespace lt::kernels
