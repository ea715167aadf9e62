#pragma once

// Blocks of A and B as the micro-kernel reads them: in place, or packed, copied in the order in which they
// are read, so that every load is sequential and strides that are powers of two cannot put a block into a
// few sets of the caches.
//
//   B (k, n), micro-panels of up to NR = 3 vectors     A (m, k), micro-tiles of up to MR rows
//
//     +-----------+-----------+----+                     +--------------------+
//     | 0  1  2  3| .         |    |                     | 0  3  6  .      .  |  tile 0, 3 rows high
//     | 4  5  6  7| .         |    |                     | 1  4  7  .      .  |
//     | 8  .      | .         |    |                     | 2  5  8  .      .  |
//     |           |           |    |                     +--------------------+
//     +-----------+-----------+----+                     | .                  |  tile 1
//        panel 0     panel 1    ...                      +--------------------+
//
// The numbers are places in the copy: element (p, j) of a panel is at p * width + j, element (i, p) of a tile
// at p * rows + i; panels and tiles follow each other.

#include <algorithm>

#include <libtensor/tensor/kernels/matmul_blocking.h>
#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/transpose.h>
#include <libtensor/tensor/kernels/workspace.h>

namespace lt::kernels {

// A micro-panel: the columns of B from `first` on, in whole vectors but for the last. Its rows are contiguous
// where it is ready for the micro-kernel.
template <typename T>
struct MicroPanel {
  MatrixRef<T> b;
  int64_t first, vectors;
  bool next_follows;  // in memory, packed as this one is

  bool is_masked() const { return b.columns < vectors * kLanes<T>; }
};

// The micro-panels of a block of B (k, n).
template <typename T>
class PanelsOfB {
 public:
  PanelsOfB(const MatrixRef<T>& b, bool packs)
      : b_(b),
        vectors_(divide_up(b.columns, kLanes<T>)),
        panels_(vectors_, divide_up(vectors_, kMaxTileVectors)) {
    if (packs) pack(workspace<T>(Workspace::kPackedB, vectors_ * kLanes<T> * b_.rows));
  }
  // Of a block that pack() has copied to `packed`; its own memory is not read.
  PanelsOfB(const MatrixRef<T>& b, const T* packed) : PanelsOfB(b, false) { packed_ = packed; }

  int64_t count() const { return panels_.parts; }

  MicroPanel<T> operator[](int64_t t) const {
    MicroPanel<T> panel = in_place(t);
    if (packed_) {
      move(panel, packed_ + panel.first * b_.rows);
      panel.next_follows = true;
    }
    return panel;
  }

  // Panel t, packed by itself into memory that the next one takes too and L1 keeps: for a B that is read
  // once.
  MicroPanel<T> pack_one(int64_t t) const {
    MicroPanel<T> panel = in_place(t);
    T* const packed = workspace<T>(Workspace::kPackedB, b_.rows * kMaxTileVectors * kLanes<T>);
    pack_panel(panel, 0, b_.rows, packed);
    move(panel, packed);
    return panel;
  }

  // Contiguous rows are packed some at a time, all panels of them, so that memory is read from end to end;
  // others panel by panel. Threads share the parts.
  void pack(T* to) {
    const int64_t step = b_.column_stride == 1 ? 16 : std::max<int64_t>(b_.rows, 1);
    const int64_t work = step * kMaxTileVectors * kLanes<T>;
    parallel_for(divide_up(b_.rows, step) * count(), work, [&](int64_t part, int64_t end) {
      for (; part < end; ++part) {
        const MicroPanel<T> panel = in_place(part % count());
        const int64_t p = part / count() * step;
        pack_panel(panel, p, std::min(step, b_.rows - p), to + panel.first * b_.rows);
      }
    });
    packed_ = to;
  }

 private:
  MicroPanel<T> in_place(int64_t t) const {
    const int64_t first = panels_.start(t) * kLanes<T>;
    const int64_t vectors = panels_.start(t + 1) - panels_.start(t);
    return {b_.block(0, first, b_.rows, std::min(vectors * kLanes<T>, b_.columns - first)), first, vectors,
            false};
  }

  static void move(MicroPanel<T>& panel, const T* packed) {
    panel.b = {packed, panel.b.rows, panel.b.columns, panel.vectors * kLanes<T>, 1};
  }

  // Rows [p, p + rows), a vector's width at a time. Lanes beyond the last column are not read again.
  static void pack_panel(const MicroPanel<T>& panel, int64_t p, int64_t rows, T* packed) {
    const MatrixRef<T>& b = panel.b;
    const int64_t width = panel.vectors * kLanes<T>;
    for (int64_t j = 0; j < b.columns; j += kLanes<T>) {
      const int64_t columns = std::min<int64_t>(kLanes<T>, b.columns - j);
      T* const to = packed + p * width + j;
      if (b.column_stride == 1) {
        const Tail<T> tail(columns);
        for (int64_t i = 0; i < rows; ++i) store(to + i * width, tail.load(b.at(p + i, j)));
      } else if (b.row_stride == 1) {
        transpose_block(b.at(p, j), b.column_stride, rows, columns, to, width);
      } else {
        for (int64_t i = 0; i < rows * columns; ++i) {
          to[i / columns * width + i % columns] = *b.at(p + i / columns, j + i % columns);
        }
      }
    }
  }

  MatrixRef<T> b_;
  int64_t vectors_;
  Partition panels_;
  const T* packed_ = nullptr;
};

// A's rows as micro-tiles beside panels of so many vectors.
template <typename T>
Partition micro_tiles(int64_t rows, int64_t vectors) {
  switch (vectors) {  // by constants: divisions would show in small products
    case 1:
      return {rows, divide_up(rows, kMaxTileRows<T>[0])};
    case 2:
      return {rows, divide_up(rows, kMaxTileRows<T>[1])};
    default:
      return {rows, divide_up(rows, kMaxTileRows<T>[2])};
  }
}

// Packs a transposed A, whose columns are contiguous. Memory is read from end to end, a column at a time for
// all tiles, and prefetched some columns ahead: the processor does not foresee such short runs.
template <typename T>
const T* pack_a(const MatrixRef<T>& a, const Partition& tiles) {
  constexpr int64_t kAhead = 8;
  const int64_t m = a.rows, k = a.columns;
  T* const packed = workspace<T>(Workspace::kPackedA, m * k);
  for (int64_t p = 0; p < k; ++p) {
    for (int64_t i = 0; i < m && p + kAhead < k; i += kCacheLine<T>) __builtin_prefetch(a.at(i, p + kAhead));
    const auto copy = [&](int64_t first, int64_t end, int64_t rows) {  // the tiles of this height
      const Tail<T> tail(std::min<int64_t>(rows, kLanes<T>));
      for (int64_t i = first; i < end; i += rows) {
        T* const tile = packed + i * k + p * rows;
        tail.store(tile, tail.load(a.at(i, p)));
        for (int64_t r = kLanes<T>; r < rows; ++r) tile[r] = *a.at(i + r, p);
      }
    };
    const int64_t higher = tiles.extra * (tiles.least + 1);
    if (higher > 0) copy(0, higher, tiles.least + 1);
    copy(higher, m, tiles.least);
  }
  return packed;
}

}  // namespace lt::kernels
