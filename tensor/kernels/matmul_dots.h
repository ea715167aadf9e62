#pragma once

// Products with few rows or few columns, as a matrix times a vector or a layer's weight (out, in) beside a
// few inputs: each number of c is the dot product of a row of a and a column of b, summed by vectors along k.
// Neither is packed nor broadcast, and no lane is left empty, as most of a tile's (matmul_tile.h) would be.
//
//   for each block of the many               in parallel
//     for each tile of the few
//       for each tile of the block: dots     operands in registers while k runs

#include <algorithm>
#include <array>

#include "tensor/kernels/activation.h"
#include "tensor/kernels/matmul_product.h"
#include "tensor/kernels/pack.h"
#include "tensor/kernels/parallel.h"
#include "tensor/kernels/workspace.h"

namespace lt::kernels {

// The most of the few in a tile, and beside so many of them, how many of the many: whole pieces of vectors.
// All their sums, a vector of each of the few and one of the many must fit the registers, and 8 sums are the
// least that keep the multiply-adds busy.
#if defined(__AVX512F__) || defined(__aarch64__)
inline constexpr std::array<int, 4> kDotsOfMany = {8, 8, 8, 4};
#else
inline constexpr std::array<int, 3> kDotsOfMany = {8, 4, 4};
#endif
inline constexpr int64_t kManyBlock = 8;  // whole tiles of each

// One side of a product: `count` rows of k numbers that are contiguous. One row further in it is c_step
// further in c.
template <typename T>
struct Side {
  const T* data;
  int64_t count, row, c_step;

  const T* at(int64_t i) const { return data + std::min(i, count - 1) * row; }
};

template <typename T>
struct Dots {
  Side<T> few, many;
  int64_t k;
  T* c;
  bool accumulate;
};

// The upper half of v's lanes added to the lower, until a piece is left.
template <typename T, int N>
inline typename PartOf<T, kPiece<T>>::type add_pieces(typename PartOf<T, N>::type v) {
  if constexpr (N == kPiece<T>) {
    return v;
  } else {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return add_pieces<T, N / 2>(__builtin_shufflevector(v, v, static_cast<int>(I)...) +
                                  __builtin_shufflevector(v, v, static_cast<int>(I + N / 2)...));
    }
    (std::make_index_sequence<N / 2>());
  }
}

// The sums of the lanes of kPiece vectors, which are added as they are transposed within pieces.
template <typename T>
inline typename PartOf<T, kPiece<T>>::type add_lanes(const Vec<T>* v) {
  Vec<T> rows[kPiece<T>];
  unroll<kPiece<T>>([&](auto i) { rows[i] = v[i]; });
  for (int half = kPiece<T> / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) {
      rows[i] = interleave<T, kLanes<T>, false>(rows[i], rows[i + half]) +
                interleave<T, kLanes<T>, true>(rows[i], rows[i + half]);
    }
  }
  return add_pieces<T, kLanes<T>>(rows[0]);
}

// c for `Few` of the few from i on and `Many` of the many from j on; those beyond the last are its copies,
// and not written.
template <typename T, int Few, int Many>
[[gnu::always_inline]] inline void dots(const Dots<T>& x, int64_t i, int64_t j) {
  const T* few[Few];
  const T* many[Many];
  unroll<Few>([&](auto f) { few[f] = x.few.at(i + f); });
  unroll<Many>([&](auto g) { many[g] = x.many.at(j + g); });
  Vec<T> sum[Few][Many] = {};
  const auto step = [&](int64_t p, auto load_at) __attribute__((always_inline)) {
    Vec<T> a[Few];
    unroll<Few>([&](auto f) { a[f] = load_at(few[f] + p); });
    unroll<Many>([&](auto g) {
      const Vec<T> b = load_at(many[g] + p);
      unroll<Few>([&](auto f) { sum[f][g] += a[f] * b; });
    });
  };
  int64_t p = 0;
  for (; p + kLanes<T> <= x.k; p += kLanes<T>) step(p, [](const T* from) { return load(from); });
  const Tail<T> tail(x.k - p);
  if (p < x.k) step(p, [&tail](const T* from) { return tail.load(from); });

  T sums[Few][Many];
  unroll<Few>([&](auto f) {
    unroll<Many / kPiece<T>>([&](auto g) {
      const auto piece = add_lanes<T>(&sum[f][g * kPiece<T>]);
      std::memcpy(&sums[f][g * kPiece<T>], &piece, sizeof piece);
    });
  });
  const int64_t wanted = std::min<int64_t>(Many, x.many.count - j);
  const bool whole = wanted == Many && x.many.c_step == 1 && !x.accumulate;
  for (int64_t f = 0; f < Few; ++f) {
    T* const c = x.c + (i + f) * x.few.c_step + j * x.many.c_step;
    if (whole) {
      std::memcpy(c, sums[f], sizeof sums[f]);
      continue;
    }
    for (int64_t g = 0; g < wanted; ++g) {
      T& to = c[g * x.many.c_step];
      to = x.accumulate ? to + sums[f][g] : sums[f][g];
    }
  }
}

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
