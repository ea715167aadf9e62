#pragma once

// The tile's kernels, one for each size and way of reading its operands, and which of them serves a tile. Not
// each combination has one of its own: tiles at an edge are too few to be worth it.

#include <array>
#include <utility>

#include <libtensor/tensor/kernels/matmul_tile.h>

namespace lt::kernels {

template <typename T>
using TileKernel = void (*)(const Tile<T>&);

// Whether a tile is high enough for its kernel to fetch ahead: the loops for that would cost a small
// product's tile a tenth.
constexpr bool is_high(int64_t rows, int64_t vectors) {
  return rows * 5 > tile_rows(vectors) * 4 || (rows == kPackedRows && vectors > 1);
}
// Whether there is a kernel of this size that packs b.
constexpr bool can_pack(int64_t rows, int64_t vectors, bool masked) {
  return is_high(rows, vectors) && vectors == kTileVectors && !masked;
}

// How the kernel of this size reads an a that lies so. One that does not fetch has at least three quarters of
// the rows of the highest, as have most where there are more than three tiles.
constexpr Reads kernel_reads(Reads a, bool fetches, int rows, int vectors, bool masked) {
  const bool in_pieces = a == Reads::packed || (a == Reads::by_columns && fetches);
  const bool common = fetches || rows * 4 >= tile_rows(vectors) * 3;
  const bool own = kUnrolled && common && vectors > 1 && !masked && (rows == kPackedRows || !in_pieces);
  return own ? a : Reads::strided;
}

// Kernel number (rows - 1, vectors - 1, masked); where nothing is unrolled, one for all rows.
template <typename T, Reads A, bool Fetches, bool Packs, int Number>
constexpr TileKernel<T> numbered_kernel() {
  constexpr int kRows = Number / 2 / kTileVectors + 1;
  constexpr int kVectors = Number / 2 % kTileVectors + 1;
  constexpr bool kMasked = Number % 2 == 1;
  constexpr int kMost = tile_rows(kVectors);
  if constexpr (kRows <= kMost && (!Packs || can_pack(kRows, kVectors, kMasked))) {
    constexpr bool kFetches = Fetches && is_high(kRows, kVectors);
    constexpr Reads kReads = kernel_reads(A, kFetches, kRows, kVectors, kMasked);
    return multiply_tiles < T, kUnrolled ? kRows : kMost, kVectors, kMasked, kReads, kFetches, Packs > ;
  } else {
    return nullptr;
  }
}

inline constexpr int kSizes = kTileRows[0] * kTileVectors * 2;
template <typename T>
using TileKernels = std::array<TileKernel<T>, kSizes>;
template <typename T, Reads A, bool Fetches, bool Packs>
constexpr TileKernels<T> kernels() {
  return []<int... I>(std::integer_sequence<int, I...>) {
    return TileKernels<T>{numbered_kernel<T, A, Fetches, Packs, I>()...};
  }
  (std::make_integer_sequence<int, kSizes>());
}
constexpr size_t kernel_number(int64_t rows, int64_t vectors, bool masked) {
  return static_cast<size_t>(((rows - 1) * kTileVectors + vectors - 1) * 2 + masked);
}

// The kernel for a tile of `rows` (1 to tile_rows(vectors)) by `vectors` (1 to kTileVectors) whose a lies so;
// where `Fetches`, it fetches t.ahead if it is_high.
template <typename T, bool Fetches>
TileKernel<T> tile_kernel(int64_t rows, int64_t vectors, bool masked, Reads a) {
  static constexpr std::array<TileKernels<T>, 4> kByReading = {
      kernels<T, Reads::strided, Fetches, false>(), kernels<T, Reads::by_rows, Fetches, false>(),
      kernels<T, Reads::by_columns, Fetches, false>(), kernels<T, Reads::packed, Fetches, false>()};
  return kByReading[static_cast<size_t>(a)][kernel_number(rows, vectors, masked)];
}

// The one that copies b to t.b_packed as well, where it can_pack; for an a by rows or by columns.
template <typename T>
TileKernel<T> packing_kernel(int64_t rows, int64_t vectors, Reads a) {
  static constexpr TileKernels<T> kByRows = kernels<T, Reads::by_rows, true, true>();
  static constexpr TileKernels<T> kByColumns = kernels<T, Reads::by_columns, true, true>();
  return (a == Reads::by_rows ? kByRows : kByColumns)[kernel_number(rows, vectors, false)];
}

}  // namespace lt::kernels
