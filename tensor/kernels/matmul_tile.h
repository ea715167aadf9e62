#pragma once

// The innermost part of the matrix product: one tile of c, a few rows by up to kTileVectors vectors, held in
// registers while k runs. A step loads a row of the tile's columns of b, broadcasts one element for each of
// its rows of a, and multiplies them into Rows * Vectors accumulators. Edges are tiles with fewer rows, fewer
// vectors, or a masked last vector: the same code with smaller constants, so no padding enters a sum.

#include <algorithm>
#include <array>

#include "tensor/kernels/tail.h"

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

template <typename T>
using TileKernel = void (*)(const Tile<T>&);

// What a kernel takes for granted. `any` serves all tiles; the others are for the high tiles of large
// products: they fetch t.ahead, and where a step through a is known, four at a time take their numbers from
// one address: to the next number of a row, or to the next kPackedRows of a packed a. That spares a tenth of
// the instructions, and 2 to 8 % of the time where another hardware thread of the core takes half of those it
// can start. By columns is a transposed a in place: each step reads another line, fetched into L1 eight steps
// before (of 512 by 512, without: a tenth more time).
enum class TileKind { any, ahead, ahead_by_rows, ahead_packed, ahead_by_columns };

// One of t's tiles, at tile_a and c. Masked says that t.last < kLanes<T>.
template <typename T, int Rows, int Vectors, bool Masked, TileKind Kind, bool Packs>
[[gnu::always_inline]] inline void multiply_tile(const Tile<T>& t, const T* tile_a, T* c) {
  constexpr int kLane = kLanes<T>;
  const Tail<T> tail(t.last);
  const auto load_vector = [&tail](const T* row, auto v) {
    return Masked && v == Vectors - 1 ? tail.load(row + v * kLane) : load(row + v * kLane);
  };

  Vec<T> sum[Rows][Vectors] = {};
  constexpr bool kPacked = Kind == TileKind::ahead_packed;
  constexpr bool kByRows = Kind == TileKind::ahead_by_rows;
  constexpr bool kByColumns = Kind == TileKind::ahead_by_columns;
  const int64_t a_row = kPacked || kByColumns ? 1 : t.a_row;
  const int64_t a_col = kPacked ? Rows : kByRows ? 1 : t.a_col;
  // Three rows share a pointer: processors address p, p + row and p + 2 * row for free; all that are beside
  // each other.
  constexpr int kGroup = kPacked || kByColumns ? Rows : 3;
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
    if constexpr (kByColumns) __builtin_prefetch(a[0] + 8 * a_col, 0, 3);
    unroll<Rows>(t.rows, [&](auto i) {
      const Vec<T> x = broadcast(a[i / kGroup][i % kGroup * a_row]);
      unroll<Vectors>([&](auto v) { sum[i][v] += x * b_row[v]; });
    });
    unroll<kGroups>([&](auto g) { a[g] += a_col; });
    b += t.b_row;
  };
  int64_t p = 0;
  if constexpr (Kind != TileKind::any) {
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
  if constexpr (kPacked || kByRows || kByColumns) {
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

template <typename T, int Rows, int Vectors, bool Masked, TileKind Kind, bool Packs>
void multiply_tiles(const Tile<T>& t) {
  const T* a = t.a;
  T* c = t.c;
  for (int64_t i = 0; i < t.count; ++i, a += t.a_step, c += t.rows * t.c_row) {
    multiply_tile<T, Rows, Vectors, Masked, Kind, Packs>(t, a, c);
  }
}

// Whether a tile is high enough for its kernel to fetch ahead: the loops for that would cost a small
// product's tile a tenth.
constexpr bool is_high(int64_t rows, int64_t vectors) {
  return rows * 5 > tile_rows(vectors) * 4 || (rows == kPackedRows && vectors > 1);
}
// Whether there is a kernel of this size that packs b.
constexpr bool can_pack(int64_t rows, int64_t vectors, bool masked) {
  return is_high(rows, vectors) && vectors == kTileVectors && !masked;
}

// Whether this kind is for tiles of kPackedRows only.
constexpr bool in_pieces(TileKind kind) {
  return kind == TileKind::ahead_packed || kind == TileKind::ahead_by_columns;
}

// What the kernel of this size takes for granted where Kind holds. Tiles at an edge are too few for one more
// kernel.
template <TileKind Kind>
constexpr TileKind kind_for(int rows, int vectors, bool masked) {
  if (!is_high(rows, vectors)) return TileKind::any;
  const bool inner = vectors > 1 && !masked && (rows == kPackedRows || !in_pieces(Kind));
  return kUnrolled && inner ? Kind : std::min(Kind, TileKind::ahead);
}

// Kernel number (rows - 1, vectors - 1, masked); where nothing is unrolled, one for all rows.
template <typename T, TileKind Kind, bool Packs, int Number>
constexpr TileKernel<T> numbered_kernel() {
  constexpr int kRows = Number / 2 / kTileVectors + 1;
  constexpr int kVectors = Number / 2 % kTileVectors + 1;
  constexpr bool kMasked = Number % 2 == 1;
  constexpr int kMost = tile_rows(kVectors);
  if constexpr (kRows <= kMost && (!Packs || can_pack(kRows, kVectors, kMasked))) {
    return multiply_tiles < T, kUnrolled ? kRows : kMost, kVectors, kMasked,
           kind_for<Kind>(kRows, kVectors, kMasked), Packs > ;
  } else {
    return nullptr;
  }
}

template <typename T>
using TileKernels = std::array<TileKernel<T>, kTileRows[0] * kTileVectors * 2>;
template <typename T, TileKind Kind, bool Packs = false>
constexpr TileKernels<T> kernels_of_kind() {
  return []<int... I>(std::integer_sequence<int, I...>) {
    return TileKernels<T>{numbered_kernel<T, Kind, Packs, I>()...};
  }
  (std::make_integer_sequence<int, kTileRows[0] * kTileVectors * 2>());
}

constexpr size_t kernel_number(int64_t rows, int64_t vectors, bool masked) {
  return static_cast<size_t>(((rows - 1) * kTileVectors + vectors - 1) * 2 + masked);
}

// The kernel for a tile of `rows` (1 to tile_rows(vectors)) by `vectors` (1 to kTileVectors).
template <typename T>
TileKernel<T> tile_kernel(int64_t rows, int64_t vectors, bool masked, TileKind kind) {
  static constexpr std::array<TileKernels<T>, 5> kKernels = {
      kernels_of_kind<T, TileKind::any>(), kernels_of_kind<T, TileKind::ahead>(),
      kernels_of_kind<T, TileKind::ahead_by_rows>(), kernels_of_kind<T, TileKind::ahead_packed>(),
      kernels_of_kind<T, TileKind::ahead_by_columns>()};
  return kKernels[static_cast<size_t>(kind)][kernel_number(rows, vectors, masked)];
}

// The one that copies b to b_packed as well, where it can_pack; for an a by rows or by columns.
template <typename T>
TileKernel<T> packing_kernel(int64_t rows, int64_t vectors, TileKind kind) {
  static constexpr TileKernels<T> kByRows = kernels_of_kind<T, TileKind::ahead_by_rows, true>();
  static constexpr TileKernels<T> kByColumns = kernels_of_kind<T, TileKind::ahead_by_columns, true>();
  const bool by_rows = kind == TileKind::ahead_by_rows;
  return (by_rows ? kByRows : kByColumns)[kernel_number(rows, vectors, false)];
}

}  // namespace lt::kernels
