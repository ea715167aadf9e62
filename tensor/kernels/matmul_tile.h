#pragma once

// The innermost part of the matrix product: one tile of c, a few rows by up to kTileVectors vectors, held in
// registers while k runs. A step loads a row of the tile's columns of b, broadcasts one element for each of
// its rows of a, and multiplies them into Rows * Vectors accumulators. Edges are tiles with fewer rows, fewer
// vectors, or a masked last vector: the same code with smaller constants, so no padding enters a sum.

#include <algorithm>
#include <array>

#include <libtensor/tensor/kernels/simd.h>

namespace lt::kernels {

// Three, where two would do for large matrices: 100 and 200 columns (7 and 13 vectors) then take a quarter
// fewer tiles, and 4 % less time.
inline constexpr int kTileVectors = 3;

// Rows of the highest tile of 1, 2 and 3 vectors. Its accumulators, a row of b and one broadcast must fit the
// registers: 14 * 2 + 2 + 1 or 9 * 3 + 3 + 1 of 32 with AVX-512 and NEON, 6 * 2 + 2 + 1 or 4 * 3 + 3 + 1 of
// 16 elsewhere. Two fused multiply-adds start each cycle and take four, so 8 accumulators are the least that
// keep them busy; a flat tile loads more a step than it multiplies.
#if defined(__AVX512F__) || defined(__aarch64__)
inline constexpr std::array<int, kTileVectors> kTileRows = {14, 14, 9};
#else
inline constexpr std::array<int, kTileVectors> kTileRows = {12, 6, 4};
#endif

constexpr int tile_rows(int64_t vectors) { return kTileRows[static_cast<size_t>(vectors - 1)]; }

// Rows of a packed tile, and of one that is read by columns: the most that make whole pieces of vectors,
// which do not straddle cache lines.
inline constexpr int kPackedRows = kTileRows[kTileVectors - 1] / 4 * 4;

// Cache lines that will soon be wanted: at + i * step for i < count.
template <typename T>
struct Lines {
  const T* at;
  int64_t step, count;
};

// Of each vector of c and of a panel of b, and of each row of a tile.
inline constexpr int kMostAhead = 2 * kTileVectors + kTileRows[0];

// One tile's operands: c (rows, columns), a (rows, k), b (k, columns); or those of a few, one below the
// other.
template <typename T>
struct Tile {
  int64_t count;  // of tiles
  int rows;       // of each
  const T* a;     // element (i, p) at a[i * a_row + p * a_col]
  int64_t a_row, a_col;
  int64_t a_step;  // from one tile's a to the next's
  const T* b;      // element (p, j) at b[p * b_row + j]
  int64_t b_row;
  T* b_packed;  // where a packing kernel copies b, row after row
  T* c;         // element (i, j) at c[i * c_row + j]
  int64_t c_row;
  int64_t k;
  const T* bias;    // added to every row, or null
  bool accumulate;  // added to what c holds
  int last;         // columns of the last vector, 1 to kLanes<T>
  // Fetched one after the other, a line with each step of k: more at once would keep the tile's loads
  // waiting.
  int ahead_count;
  Lines<T> ahead[kMostAhead];

  void add_ahead(const Lines<T>& lines) { ahead[ahead_count++] = lines; }
};

// How a kernel reads a: through strides that the tile gives; by rows (a_col 1) or by columns (a_row 1); or as
// it was packed for tiles of kPackedRows. What is known of a spares up to a tenth of the instructions that
// move through it, and so 2 to 8 % of the time where another hardware thread of the core takes half of those
// it can start.
enum class Reads { strided, by_rows, by_columns, packed };

// One of t's tiles, at tile_a and c. Masked: t.last < kLanes<T>. Fetches: t.ahead is fetched, and, where a is
// read by columns, each of its steps' lines into L1 eight steps before (of 512 by 512, without: a tenth more
// time). Packs: b is copied to t.b_packed.
template <typename T, int Rows, int Vectors, bool Masked, Reads A, bool Fetches, bool Packs>
[[gnu::always_inline]] inline void multiply_tile(const Tile<T>& t, const T* tile_a, T* c) {
  constexpr int kLane = kLanes<T>;
  const Tail<T> tail(t.last);
  const auto load_vector = [&tail](const T* row, auto v) {
    return Masked && v == Vectors - 1 ? tail.load(row + v * kLane) : load(row + v * kLane);
  };

  Vec<T> sum[Rows][Vectors] = {};
  constexpr bool kBeside = A == Reads::packed || A == Reads::by_columns;
  const int64_t a_row = kBeside ? 1 : t.a_row;
  const int64_t a_col = A == Reads::packed ? Rows : A == Reads::by_rows ? 1 : t.a_col;
  // Three rows share a pointer: processors address p, p + row and p + 2 * row for free; all that are beside
  // each other.
  constexpr int kGroup = kBeside ? kTileRows[0] : 3;
  constexpr int kGroups = (Rows + kGroup - 1) / kGroup;
  const T* a[kGroups];
  unroll<kGroups>([&](auto g) { a[g] = tile_a + kGroup * g * a_row; });
  const T* b = t.b;
  [[maybe_unused]] T* b_packed = Packs ? t.b_packed : nullptr;
  const auto step = [&]() __attribute__((always_inline)) {
    Vec<T> b_row[Vectors];
    unroll<Vectors>([&](auto v) { b_row[v] = load_vector(b, v); });
    if constexpr (Packs) {
      unroll<Vectors>([&](auto v) { store(b_packed + v * kLane, b_row[v]); });
      b_packed += Vectors * kLane;
    }
    if constexpr (Fetches && A == Reads::by_columns) __builtin_prefetch(a[0] + 8 * a_col, 0, 3);
    unroll<Rows>(t.rows, [&](auto i) {
      const Vec<T> x = broadcast(a[i / kGroup][i % kGroup * a_row]);
      unroll<Vectors>([&](auto v) { sum[i][v] += x * b_row[v]; });
    });
    unroll<kGroups>([&](auto g) { a[g] += a_col; });
    b += t.b_row;
  };
  int64_t p = 0;
  if constexpr (Fetches) {
    for (int i = 0; i < t.ahead_count; ++i) {
      const Lines<T> lines = t.ahead[i];
      const T* at = lines.at;
#pragma GCC unroll 4
      for (const int64_t end = std::min(t.k, p + lines.count); p < end; ++p, at += lines.step) {
        __builtin_prefetch(at, 0, 2);  // to read, into L2
        step();
      }
    }
  }
  if constexpr (A != Reads::strided) {
#pragma GCC unroll 4
    for (; p < t.k; ++p) step();
  }
  for (; p < t.k; ++p) step();

  if (t.bias) {
    unroll<Vectors>([&](auto v) {
      const Vec<T> bias = load_vector(t.bias, v);
      unroll<Rows>(t.rows, [&](auto i) { sum[i][v] += bias; });
    });
  }
  const int64_t c_row = t.c_row;  // a copy: as far as the compiler knows, a store to c might change t
  if (t.accumulate) {
    unroll<Rows>(t.rows, [&](auto i) {
      unroll<Vectors>([&](auto v) { sum[i][v] += load_vector(c + i * c_row, v); });
    });
  }
  unroll<Rows>(t.rows, [&](auto i) {
    unroll<Vectors>([&](auto v) {
      T* to = c + i * c_row + v * kLane;
      if (Masked && v == Vectors - 1) {
        tail.store(to, sum[i][v]);
      } else {
        store(to, sum[i][v]);
      }
    });
  });
}

template <typename T, int Rows, int Vectors, bool Masked, Reads A, bool Fetches, bool Packs>
void multiply_tiles(const Tile<T>& t) {
  const T* a = t.a;
  T* c = t.c;
  for (int64_t i = 0; i < t.count; ++i, a += t.a_step, c += t.rows * t.c_row) {
    multiply_tile<T, Rows, Vectors, Masked, A, Fetches, Packs>(t, a, c);
  }
}

}  // namespace lt::kernels
