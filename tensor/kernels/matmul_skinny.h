#pragma once

// Skinny products (GEMV and its like): few rows or few columns of C, the other operand contiguous along k, as
// a matrix times a vector, or a few inputs beside a layer's weight (out, in). Each element is an inner
// product by vectors along k, whose lanes a row of C would leave empty; nothing is packed.
//
//   for each block of the many                  in parallel
//     for each tile of up to four of the few
//       for each kLanes / four of the block: inner products, in registers while k runs

#include <algorithm>
#include <array>

#include <libtensor/tensor/kernels/matmul_blocking.h>
#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/simd.h>
#include <libtensor/tensor/kernels/workspace.h>

namespace lt::kernels {

// C of a skinny product: `few` and `many` are the operands' rows, (count, k) and contiguous; element (f, g)
// is at c[f * c_few + g * c_many], its bias at bias[f * bias_few + g * bias_many].
template <typename T>
struct SkinnyGemm {
  MatrixRef<T> few, many;
  T* c;
  int64_t c_few, c_many;
  const T* bias;
  int64_t bias_few, bias_many;
};

// The many that are done before the next tile of the few reads them again: from L2, unless k is very long.
template <typename T>
int64_t many_at_once(int64_t k) {
  return std::clamp<int64_t>(block_of_a_bytes() / bytes<T>(1, k), 8, 64);
}

// Beside so many of the few: at most as many sums as a vector has lanes, so that one vector takes all
// results; and eight rows, whose lines an L1 of eight ways keeps wherever they lie.
template <typename T, int Few>
inline constexpr int kManyOf = std::clamp(kLanes<T> / Few, 1, 8);

// Inner products of `Few` rows from f on with kManyOf rows from g on; rows from g_end on are copies of the
// last, and not written.
template <typename T, int Few>
void multiply_skinny_tile(const SkinnyGemm<T>& x, int64_t f, int64_t g, int64_t g_end) {
  constexpr int kMany = kManyOf<T, Few>;
  constexpr int kSums = (Few * kMany + kLanes<T> - 1) / kLanes<T> * kLanes<T>;
  const T* few[Few];
  const T* many[kMany];
  unroll<Few>([&](auto i) { few[i] = x.few.at(f + i, 0); });
  unroll<kMany>([&](auto j) { many[j] = x.many.at(std::min<int64_t>(g + j, g_end - 1), 0); });
  Vec<T> sums[kSums] = {};
  const auto step = [&](int64_t p, auto load_at) __attribute__((always_inline)) {
    Vec<T> a[Few];
    unroll<Few>([&](auto i) { a[i] = load_at(few[i] + p); });
    unroll<kMany>([&](auto j) {
      const Vec<T> b = load_at(many[j] + p);
      unroll<Few>([&](auto i) { sums[i * kMany + j] += a[i] * b; });
    });
  };
  const int64_t k = x.few.columns;
  int64_t p = 0;
  for (; p + kLanes<T> <= k; p += kLanes<T>) step(p, [](const T* from) { return load(from); });
  const Tail<T> tail(k - p);
  if (p < k) step(p, [&tail](const T* from) { return tail.load(from); });

  const auto add = [](Vec<T> a, Vec<T> b) { return a + b; };
  T dots[kSums];
  for (int i = 0; i < kSums; i += kLanes<T>) store(dots + i, reduce_each<T>(sums + i, add));
  const int64_t written = std::min<int64_t>(kMany, g_end - g);
  for (int64_t i = 0; i < Few; ++i) {
    for (int64_t j = 0; j < written; ++j) {
      const T bias = x.bias ? x.bias[(f + i) * x.bias_few + (g + j) * x.bias_many] : T{0};
      x.c[(f + i) * x.c_few + (g + j) * x.c_many] = dots[i * kMany + j] + bias;
    }
  }
}

template <typename T, int Few>
void multiply_skinny_tiles(const SkinnyGemm<T>& x, int64_t f, int64_t g, int64_t g_end) {
  for (; g < g_end; g += kManyOf<T, Few>) multiply_skinny_tile<T, Few>(x, f, g, g_end);
}

// Whether the rows, or the columns, of C are few, beside many that are contiguous along k. Adding up the
// lanes of a sum takes as long as ten of its products for each of the few. Few columns of a plain B are
// copied, so they must be fewer, and rows enough to make up for it.
template <typename T>
bool has_few_rows(const Gemm<T>& x) {
  return x.b.row_stride == 1 && x.m() < kLanes<T> && x.k() >= 10 * x.m();
}
template <typename T>
bool has_few_columns(const Gemm<T>& x) {
  const bool few =
      x.b.row_stride == 1 ? x.n() <= kLanes<T> / 2 : x.n() <= kLanes<T> / 4 && x.m() >= 4 * x.n();
  return x.a.column_stride == 1 && few && x.k() >= 10 * x.n();
}
template <typename T>
bool is_skinny(const Gemm<T>& x) {
  return has_few_rows(x) || has_few_columns(x);
}

// x, or a copy of it, with rows that are contiguous.
template <typename T>
MatrixRef<T> contiguous_rows(const MatrixRef<T>& x) {
  if (x.column_stride == 1) return x;
  T* const copy = workspace<T>(Workspace::kPackedA, x.rows * x.columns);
  for (int64_t i = 0; i < x.rows; ++i) {
    for (int64_t p = 0; p < x.columns; ++p) copy[i * x.columns + p] = *x.at(i, p);
  }
  return {copy, x.rows, x.columns, x.columns, 1};
}

template <typename T>
void multiply_skinny(const Gemm<T>& x) {
  static constexpr std::array kTiles = {multiply_skinny_tiles<T, 1>, multiply_skinny_tiles<T, 2>,
                                        multiply_skinny_tiles<T, 3>, multiply_skinny_tiles<T, 4>};
  const bool rows = has_few_rows(x) && (x.m() <= x.n() || !has_few_columns(x));
  const MatrixRef<T> few = contiguous_rows(rows ? x.a : x.b.transposed());
  const SkinnyGemm<T> skinny =
      rows ? SkinnyGemm<T>{few, x.b.transposed(), x.c, x.c_row_stride, 1, x.bias, 0, 1}
           : SkinnyGemm<T>{few, x.a, x.c, 1, x.c_row_stride, x.bias, 1, 0};
  const int64_t many = skinny.many.rows;
  const int64_t block = many_at_once<T>(x.k());
  const Partition tiles(few.rows, divide_up(few.rows, static_cast<int64_t>(kTiles.size())));
  parallel_for(divide_up(many, block), few.rows * block * x.k() / kLanes<T>, [&](int64_t begin, int64_t end) {
    for (int64_t g = begin * block; g < std::min(end * block, many); g += block) {
      for (int64_t t = 0; t < tiles.parts; ++t) {
        const int64_t f = tiles.start(t);
        kTiles[static_cast<size_t>(tiles.start(t + 1) - f - 1)](skinny, f, g, std::min(g + block, many));
      }
    }
  });
}

}  // namespace lt::kernels
