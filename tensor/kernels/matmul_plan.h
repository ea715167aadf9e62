#pragma once

// How a matrix product is cut, and which operands are packed for it: from its sizes and strides alone, so
// that neither work nor bits depend on the number of threads. Packing makes every load sequential and keeps
// strides that are powers of two from landing in the same few cache sets. Each limit is where one way became
// faster than the other, on a core with vectors of 512 bits and an L2 of 2 MB and 16 ways.

#include <algorithm>

#include <libtensor/tensor/kernels/matmul_panels.h>
#include <libtensor/tensor/kernels/matmul_product.h>
#include <libtensor/tensor/kernels/parallel.h>

namespace lt::kernels {

struct Plan {
  bool pack_a;
  PackB pack_b;
  bool fetch;     // what is wanted next is fetched ahead
  int64_t depth;  // most of k at a time
  int64_t row_blocks, column_groups;
  bool apart;  // each cell does all of k, since a block of it is too little to share
};

// A vector multiply-add counts as one simple operation.
template <typename T>
int64_t work(const Product<T>& x) {
  return x.m * x.n * x.k / kLanes<T>;
}

// Columns of b and c that are worked on at a time: 8 MB of b with kDepth of k.
inline constexpr int64_t kColumns = 2048;

// An operand is worth packing when so many tiles read it.
inline constexpr int64_t kUses = 4;
template <typename T>
constexpr int64_t few_columns() {
  return kUses * kTileVectors * kLanes<T>;
}

template <typename T>
constexpr int64_t bytes(int64_t rows, int64_t columns) {
  return rows * columns * static_cast<int64_t>(sizeof(T));
}

// Few products for each number of a c that L2 does not hold, so that writing it takes as long: by blocks of
// rows of this many bytes, c is written nearly in the order of memory. (A layer of 30 inputs and 200 outputs
// takes 8 % less time at a batch of 8192; 2782 by 3072 with a k of 37 less than half.)
inline constexpr int64_t kShallowBlock = 128 << 10;
template <typename T>
int64_t bytes_of_c(const Product<T>& x) {
  return bytes<T>(x.m, std::min(x.n, kColumns));
}
template <typename T>
bool is_shallow(const Product<T>& x) {
  constexpr int64_t kFewProducts = 160;
  constexpr int64_t kLarge = 1 << 20;
  return x.k <= kFewProducts && x.n > kTileVectors * kLanes<T> && bytes_of_c(x) > kLarge;
}

// Operands and result do not all stay in L2: fetching them ahead pays, if sums are long enough to do it
// meanwhile.
template <typename T>
bool fetches(const Product<T>& x) {
  constexpr int64_t kFewProducts = 128;
  constexpr int64_t kLarge = 1 << 20;
  return x.k >= kFewProducts && bytes<T>(x.m, x.k) + bytes<T>(x.k, x.n) + bytes<T>(x.m, x.n) > kLarge;
}

// A transposed a of this size is slow in place, since its tiles touch a line with each step.
inline constexpr int64_t kSlowA = 256 << 10;

// But where these lines are fetched ahead, a copy takes as long as it saves unless b is wide: 5 % of 512 by
// 512 by 512. Not so if a tile's numbers straddle lines.
template <typename T>
bool suits_columns(const Product<T>& x) {
  constexpr int64_t kLarge = 1 << 20;
  constexpr int64_t kWide = 576;
  return fetches(x) && !is_shallow(x) && x.a.row == 1 && x.a.col % kLine<T> == 0 && x.n <= kWide &&
         bytes<T>(x.m, x.k) <= kLarge;
}

// A transposed a; and one whose rows lie a multiple of 16 KB apart, so that they share a quarter of L2's
// sets.
template <typename T>
bool packs_a(const Product<T>& x) {
  constexpr int64_t kScattered = 16 << 10;
  if (x.m <= kTileRows[0] || x.n <= few_columns<T>()) return false;
  if (x.a.col != 1) return bytes<T>(x.m, x.k) > kSlowA && !suits_columns(x);
  return x.a.row != 0 && bytes<T>(1, x.a.row) % kScattered == 0;
}

// Whether k rows, so many bytes apart, fill the sets of L2 that they meet. With fewer rows packing takes as
// long as it saves.
constexpr bool crowds(int64_t k, int64_t row_bytes) {
  constexpr int64_t kFewRows = 384;
  constexpr int64_t kCache = 2 << 20;
  return k >= kFewRows && k * (row_bytes & -row_bytes) >= kCache;
}

// A transposed b, since tiles read contiguous columns; one of more than about 400 by 400. One that L2 does
// not hold at all, for its size or because its rows crowd, comes from further away for each tile, which is
// worth a copy for two: of 1024 by 1024 in place, 32 rows took half as long again, 56 twice as long.
template <typename T>
bool packs_b(const Product<T>& x, int64_t depth) {
  constexpr int64_t kLarge = 640 << 10;
  constexpr int64_t kTooLarge = 3 << 20;
  if (x.b.col != 1) return true;
  const int64_t size = bytes<T>(x.k, x.n);
  const bool crowded = crowds(std::min(x.k, depth), bytes<T>(1, x.b.row));
  const int64_t uses = crowded || size > kTooLarge ? 1 : kUses;
  return x.m > uses * kTileRows[0] && (crowded || size > kLarge);
}

// Two or four threads get equal shares of so many parts.
constexpr int64_t even_parts(int64_t parts) { return parts > 2 ? divide_up(parts, 4) * 4 : parts; }

template <typename T>
Plan plan(const Product<T>& x) {
  Plan plan{packs_a(x), PackB::no, false, kDepth<T>, 1, 1, false};
  if (x.a.col != 1 && !plan.pack_a) plan.depth = kLinesDepth;
  if (packs_b(x, plan.depth)) plan.pack_b = PackB::whole;
  if (is_shallow(x)) {
    plan.row_blocks = even_parts(divide_up(bytes_of_c(x), kShallowBlock));
    return plan;
  }
  plan.fetch = fetches(x);
  // Four cells are enough for as many threads, and cost one thread little.
  const int64_t wanted = std::min<int64_t>(chunks_for(work(x), 1), 4);
  const int64_t row_bytes = bytes<T>(1, std::clamp<int64_t>(x.k, 1, plan.depth));  // of a block of a
  // Where a is less than two blocks of rows, all use a panel while it is in L2; but not where only blocks of
  // rows could be shared by threads, or where each group of columns would pack a again.
  if (plan.pack_b == PackB::whole && x.m * row_bytes < 2 * kBlockBytes &&
      (wanted == 1 || (x.n >= 2 * few_columns<T>() && !plan.pack_a))) {
    plan.pack_b = PackB::by_panel;
  }
  const bool one_block = x.m * row_bytes <= kBlockBytes;
  if (one_block && wanted == 1) return plan;
  if (plan.pack_b != PackB::by_panel) {
    plan.row_blocks = even_parts(std::max(one_block ? 1 : divide_up(x.m, kBlockBytes / row_bytes),
                                          std::min(x.m / (2 * kTileRows[0]), wanted)));
  }
  // Each group packs its rows of a; of two panels, each is fetched while the other is multiplied.
  const int64_t least_columns = plan.pack_a ? few_columns<T>() : 2 * kTileVectors * kLanes<T>;
  const int64_t groups =
      std::min(std::min(x.n, kColumns) / least_columns, divide_up(wanted, plan.row_blocks));
  plan.column_groups = groups == 3 ? 2 : std::max<int64_t>(groups, 1);
  const int64_t depths = divide_up(x.k, plan.depth);
  plan.apart = depths > 1 && plan.pack_b != PackB::whole && chunks_for(work(x) / depths, 1) == 1;
  return plan;
}

}  // namespace lt::kernels
