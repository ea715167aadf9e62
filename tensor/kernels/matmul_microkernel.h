#pragma once

// The micro-kernel of the product: a micro-tile of C, a few rows by up to NR = kMaxTileVectors vectors, held
// in registers while k runs. A step loads one row of the micro-panel of B, broadcasts one element for each
// row of A, and multiplies them into Rows * Vectors accumulators. An edge of C is a tile with fewer rows,
// fewer vectors or a masked last vector: the same code with smaller constants, so no padding enters a sum.

#include <array>
#include <utility>

#include <libtensor/tensor/kernels/matmul.h>
#include <libtensor/tensor/kernels/simd.h>

namespace lt::kernels {

// NR. 7 and 13 vectors, the lectures' 100 and 200 columns, are 3 and 5 micro-panels of three, 4 and 7 of two.
inline constexpr int kMaxTileVectors = 3;

// MR: the rows of the highest tile of 1, 2 and 3 vectors. Its accumulators, a row of B and one broadcast must
// fit the registers: 14 * 2 + 2 + 1 or 9 * 3 + 3 + 1 of 32 with AVX-512 and NEON, 6 * 2 + 2 + 1 or 4 * 3 + 3
// + 1 of 16 elsewhere. Two fused multiply-adds start each cycle and take four, so 8 accumulators are the
// least that keep them busy; a flat tile loads more a step than it multiplies. Doubles, which check
// gradients, make do with lower tiles: each height is a kernel to compile.
template <typename T>
inline constexpr std::array<int, kMaxTileVectors> kMaxTileRows = {8, 4, 4};
#if defined(__AVX512F__) || defined(__aarch64__)
template <>
inline constexpr std::array<int, kMaxTileVectors> kMaxTileRows<float> = {14, 14, 9};
#else
template <>
inline constexpr std::array<int, kMaxTileVectors> kMaxTileRows<float> = {12, 6, 4};
#endif

// `count` micro-tiles of equal height, one below the other, beside one micro-panel of B. One call does them
// all: a call each would show in small products.
template <typename T>
struct TileColumn {
  MatrixRef<T> a;         // (rows, k) of the first tile
  int64_t a_tile_stride;  // from one tile's A to the next's
  MatrixRef<T> b;         // (k, columns), its rows contiguous
  T* c;                   // element (i, j) at c[i * c_row_stride + j]
  int64_t c_row_stride;
  const T* bias;    // added to every row, or null
  bool accumulate;  // added to what C holds, or written
  int64_t count;
  // Prefetched into L2 meanwhile, so many bytes on with each step: the panel of B that comes next.
  const char* ahead;
  int64_t ahead_step;
};

// One tile, whose A, C and share of what is prefetched begin at a_tile, c and ahead. Masked: B's columns are
// not whole vectors.
template <typename T, int Rows, int Vectors, bool Masked>
[[gnu::always_inline]] inline void multiply_tile(const TileColumn<T>& t, const T* a_tile, T* c,
                                                 const char* ahead) {
  const Tail<T> tail(t.b.columns - (Vectors - 1) * kLanes<T>);
  const auto load_vector = [&tail](const T* row, auto v) {
    return Masked && v == Vectors - 1 ? tail.load(row + v * kLanes<T>) : load(row + v * kLanes<T>);
  };

  const int rows = static_cast<int>(t.a.rows);  // Rows, where loops are unrolled
  Vec<T> sum[Rows][Vectors] = {};
  // Three rows share a pointer: processors address p, p + stride and p + 2 * stride for free.
  constexpr int kShare = 3;
  constexpr int kPointers = (Rows + kShare - 1) / kShare;
  const int64_t a_row_stride = t.a.row_stride;
  const T* a[kPointers];
  unroll<kPointers>([&](auto g) { a[g] = a_tile + kShare * g * a_row_stride; });
  const T* b = t.b.data;
  for (int64_t p = 0; p < t.a.columns; ++p) {
    Vec<T> b_row[Vectors];
    unroll<Vectors>([&](auto v) { b_row[v] = load_vector(b, v); });
    unroll<Rows>(rows, [&](auto i) {
      const Vec<T> x = broadcast(a[i / kShare][i % kShare * a_row_stride]);
      unroll<Vectors>([&](auto v) { sum[i][v] += x * b_row[v]; });
    });
    unroll<kPointers>([&](auto g) { a[g] += t.a.column_stride; });
    b += t.b.row_stride;
    __builtin_prefetch(ahead, 0, 2);
    ahead += t.ahead_step;
  }

  if (t.bias) {
    unroll<Vectors>([&](auto v) {
      const Vec<T> bias = load_vector(t.bias, v);
      unroll<Rows>(rows, [&](auto i) { sum[i][v] += bias; });
    });
  }
  const int64_t c_row_stride =
      t.c_row_stride;  // a copy: as far as the compiler knows, a store to c might change t
  if (t.accumulate) {
    unroll<Rows>(rows, [&](auto i) {
      unroll<Vectors>([&](auto v) { sum[i][v] += load_vector(c + i * c_row_stride, v); });
    });
  }
  unroll<Rows>(rows, [&](auto i) {
    unroll<Vectors>([&](auto v) {
      T* to = c + i * c_row_stride + v * kLanes<T>;
      if (Masked && v == Vectors - 1) {
        tail.store(to, sum[i][v]);
      } else {
        store(to, sum[i][v]);
      }
    });
  });
}

template <typename T, int Rows, int Vectors, bool Masked>
void multiply_tiles(const TileColumn<T>& t) {
  const T* a = t.a.data;
  T* c = t.c;
  const char* ahead = t.ahead;
  for (int64_t i = 0; i < t.count; ++i) {
    multiply_tile<T, Rows, Vectors, Masked>(t, a, c, ahead);
    a += t.a_tile_stride;
    c += t.a.rows * t.c_row_stride;
    ahead += t.a.columns * t.ahead_step;
  }
}

// One micro-kernel for each size of tile: number (rows - 1, vectors - 1, masked).
template <typename T>
using MicroKernel = void (*)(const TileColumn<T>&);
template <typename T>
inline constexpr int kMicroKernels = kMaxTileRows<T>[0] * kMaxTileVectors * 2;

template <typename T, int Number>
constexpr MicroKernel<T> numbered_micro_kernel() {
  constexpr int kTileRows = Number / 2 / kMaxTileVectors + 1;
  constexpr int kVectors = Number / 2 % kMaxTileVectors + 1;
  constexpr int kMost = kMaxTileRows<T>[kVectors - 1];
  if constexpr (kTileRows > kMost) {
    return nullptr;
  } else {  // where nothing is unrolled, one serves all rows
    return multiply_tiles < T, kUnrolled ? kTileRows : kMost, kVectors, Number % 2 == 1 > ;
  }
}

// The one for a tile of `rows` (1 to kMaxTileRows<T>[vectors - 1]) by `vectors` (1 to kMaxTileVectors).
template <typename T>
MicroKernel<T> micro_kernel(int64_t rows, int64_t vectors, bool masked) {
  static constexpr auto kKernels = []<int... I>(std::integer_sequence<int, I...>) {
    return std::array{numbered_micro_kernel<T, I>()...};
  }
  (std::make_integer_sequence<int, kMicroKernels<T>>());
  return kKernels[static_cast<size_t>(((rows - 1) * kMaxTileVectors + vectors - 1) * 2 + masked)];
}

}  // namespace lt::kernels
