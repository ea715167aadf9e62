#pragma once

// Products with few rows or few columns, as a matrix times a vector or a layer's weight (out, in) beside a
// few inputs, as dot products (matmul_dots.h): the other operand is read where it lies, and no lane is left
// empty, as most of a tile's (matmul_tile.h) would be.
//
//   for each block of the many               in parallel
//     for each tile of the few
//       for each tile of the block: dots     operands in registers while k runs

#include <algorithm>

#include "tensor/kernels/activation.h"
#include "tensor/kernels/matmul_dots.h"
#include "tensor/kernels/matmul_product.h"
#include "tensor/kernels/parallel.h"
#include "tensor/kernels/workspace.h"

namespace lt::kernels {

inline constexpr int64_t kManyBlock = 8;  // whole tiles of each

// `Few` of the few beside a block of the many.
template <typename T, int Few>
void dots_of_block(const Dots<T>& x, int64_t i, int64_t j) {
  constexpr int kMany = kDotsOfMany[Few - 1];
  const int64_t end = std::min(j + kManyBlock, x.many.count);
  for (; j < end; j += kMany) dots<T, Few, kMany>(x, i, j);
}

template <typename T>
void multiply_dots(const Dots<T>& x) {
  static constexpr auto kKernels = []<int... I>(std::integer_sequence<int, I...>) {
    return std::array{dots_of_block<T, I + 1>...};
  }
  (std::make_integer_sequence<int, static_cast<int>(kDotsOfMany.size())>());
  const Deal tiles(x.few.count, divide_up(x.few.count, static_cast<int64_t>(kDotsOfMany.size())));
  const int64_t work = x.few.count * kManyBlock * x.k / kLanes<T>;
  parallel_for(divide_up(x.many.count, kManyBlock), work, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; ++block) {
      for (int64_t t = 0; t < tiles.parts; ++t) {
        const int64_t height = tiles.start(t + 1) - tiles.start(t);
        kKernels[static_cast<size_t>(height - 1)](x, tiles.start(t), block * kManyBlock);
      }
    }
  });
}

// Whether x is better done as dot products: where fewer rows than a vector has lanes would have all of b
// packed for them, or where most lanes of a tile would be empty, and the columns need no copy or it is little
// beside the rest. Adding up the lanes of a sum takes as long as some ten of its products.
template <typename T>
bool has_few_rows(const Product<T>& x) {
  return x.b.row == 1 && x.m < kLanes<T> && x.k >= 10 * x.m;
}
template <typename T>
bool has_few_columns(const Product<T>& x) {
  const bool few = x.b.row == 1 ? x.n <= kLanes<T> / 2 : x.n <= kLanes<T> / 4 && x.m >= 4 * x.n;
  return few && x.a.col == 1 && x.k >= 10 * x.n;
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
  multiply_dots(Dots<T>{rows ? a : b, rows ? b : a, x.k, x.c, x.accumulate});
  for (int64_t i = 0; x.bias && i < x.m; ++i) {
    for (int64_t j = 0; j < x.n; ++j) x.c[i * x.c_row + j] += x.bias[j];
  }
  activate(x.activation, x.c, x.c_row, x.m, x.n);
}

}  // namespace lt::kernels
