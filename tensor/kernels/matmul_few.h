#pragma once

// Products with few rows or few columns, as a matrix times a vector or a layer's weight (out, in) beside a
// few inputs, as dot products (matmul_dots.h): the other operand is read where it lies, and sums fill vectors
// whose lanes a row of c would leave empty.
//
//   for each block of the many               in parallel
//     for each tile of the few
//       for each tile of the block: dots     sums in registers while k runs
//     add the bias and activate

#include <algorithm>

#include <libtensor/tensor/kernels/activation.h>
#include <libtensor/tensor/kernels/matmul_dots.h>
#include <libtensor/tensor/kernels/matmul_product.h>
#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/workspace.h>

namespace lt::kernels {

// Of the many: a multiple of every tile's.
inline constexpr int64_t kManyBlock = 8;
inline constexpr int64_t kMostFew = static_cast<int64_t>(kDotsOfMany.size());

// `Few` of the few beside a block of the many.
template <typename T, int Few>
void dots_of_block(const Dots<T>& x, int64_t i, int64_t j) {
  constexpr int kMany = kDotsOfMany[Few - 1];
  static_assert(kManyBlock % kMany == 0);
  const int64_t end = std::min(j + kManyBlock, x.many.count);
  for (; j < end; j += kMany) dots<T, Few, kMany>(x, i, j);
}

// Then finish(first, end) of the many, in parallel too.
template <typename T, typename F>
void multiply_dots(const Dots<T>& x, F&& finish) {
  static constexpr auto kKernels = []<int... I>(std::integer_sequence<int, I...>) {
    return std::array{dots_of_block<T, I + 1>...};
  }
  (std::make_integer_sequence<int, kMostFew>());
  const Deal tiles(x.few.count, divide_up(x.few.count, kMostFew));
  const int64_t work = x.few.count * kManyBlock * x.k / kLanes<T>;
  parallel_for(divide_up(x.many.count, kManyBlock), work, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; ++block) {
      for (int64_t t = 0; t < tiles.parts; ++t) {
        const int64_t height = tiles.start(t + 1) - tiles.start(t);
        kKernels[static_cast<size_t>(height - 1)](x, tiles.start(t), block * kManyBlock);
      }
    }
    finish(begin * kManyBlock, std::min(end * kManyBlock, x.many.count));
  });
}

// Adding up the lanes of a sum takes as long as some ten of its products for each of the few, beside what a
// tile of so many takes. A block of the many is read again for each tile of the few: from L2, if it is small.
template <typename T>
bool suits_dots(int64_t few, int64_t k) {
  const bool small = kManyBlock * k * static_cast<int64_t>(sizeof(T)) <= kBlockBytes;
  return k >= 10 * few && (few <= kMostFew || small);
}

// Whether x is better done as dot products: fewer rows than a vector has lanes would have all of b packed for
// them; beside few columns most lanes of a tile would be empty. Columns that are copied first must be fewer,
// and rows enough to make up for it.
template <typename T>
bool has_few_rows(const Product<T>& x) {
  return x.b.row == 1 && x.m < kLanes<T> && suits_dots<T>(x.m, x.k);
}
template <typename T>
bool has_few_columns(const Product<T>& x) {
  const bool few = x.b.row == 1 ? x.n <= kLanes<T> / 2 : x.n <= kLanes<T> / 4 && x.m >= 4 * x.n;
  return few && x.a.col == 1 && suits_dots<T>(x.n, x.k);
}
template <typename T>
bool is_few(const Product<T>& x) {
  return has_few_rows(x) || has_few_columns(x);
}

// The few, copied if they are not contiguous along k.
template <typename T>
Operand<T> contiguous_rows(const Operand<T>& from, int64_t rows, int64_t k) {
  if (from.col == 1) return from;
  T* const to = workspace<T>(Workspace::kPackedA, rows * k);
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t p = 0; p < k; ++p) to[i * k + p] = *from.at(i, p).data;
  }
  return {to, k, 1};
}

template <typename T>
void multiply_few(const Product<T>& x) {
  const bool rows = has_few_rows(x) && (x.m <= x.n || !has_few_columns(x));
  const Operand<T> few = contiguous_rows(rows ? x.a : x.b.transposed(), rows ? x.m : x.n, x.k);
  const Side<T> a{rows ? few.data : x.a.data, x.m, rows ? few.row : x.a.row, x.c_row};
  const Side<T> b{rows ? x.b.data : few.data, x.n, rows ? x.b.col : few.row, 1};
  const auto finish = [&](int64_t first, int64_t end) {
    const int64_t m = rows ? x.m : end - first;
    const int64_t n = rows ? end - first : x.n;
    const T* const bias = x.bias && rows ? x.bias + first : x.bias;
    T* const c = x.c + (rows ? first : first * x.c_row);
    for (int64_t i = 0; bias && i < m; ++i) {
      for (int64_t j = 0; j < n; ++j) c[i * x.c_row + j] += bias[j];
    }
    const bool dense = n == x.c_row;  // one long row, for a column is slow
    activate(x.activation, c, x.c_row, dense ? 1 : m, dense ? m * n : n);
  };
  multiply_dots(Dots<T>{rows ? a : b, rows ? b : a, x.k, x.c, x.accumulate}, finish);
}

}  // namespace lt::kernels
