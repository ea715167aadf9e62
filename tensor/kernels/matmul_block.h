#pragma once

// One block of the matrix product: rows of c times a block of k, panel by panel of b, each one tile wide.
//
//       for each panel of b
//         for each tile of rows: multiply_tile, and pack what comes next
//
// Operands are packed behind the arithmetic. While one panel of b is multiplied the next is packed, a slice
// after each tile; while the first is, so are the rows of a, those of a tile before each. Every tile fetches
// the lines that will be packed after it as it goes along, and those of its own part of c; so a, b and c come
// from memory while the processor multiplies.

#include <algorithm>
#include <optional>

#include "tensor/kernels/matmul_tile.h"
#include "tensor/kernels/pack.h"
#include "tensor/kernels/workspace.h"

namespace lt::kernels {

// c (m, n) = a (m, k) @ b (k, n) + bias (n), or added to what c holds.
template <typename T>
struct Product {
  Operand<T> a, b;
  T* c;
  int64_t c_row;
  int64_t m, n, k;
  const T* bias;
  bool accumulate;
};

// How the columns of b are dealt to panels, in vectors.
template <typename T>
Deal deal_panels(int64_t n) {
  const int64_t vectors = divide_up(n, kLanes<T>);
  return {vectors, divide_up(vectors, kTileVectors)};
}

// Columns [first, first + columns) of b and c, in whole vectors but for the last.
template <typename T>
struct Panel {
  int64_t first = 0, vectors = 0, columns = 0;

  Panel() = default;
  Panel(const Deal& panels, int64_t t, int64_t n)
      : first(panels.start(t) * kLanes<T>),
        vectors(panels.start(t + 1) - panels.start(t)),
        columns(std::min(vectors * kLanes<T>, n - first)) {}
  int last() const { return static_cast<int>(columns - (vectors - 1) * kLanes<T>); }
};

// Elements of a cache line.
template <typename T>
constexpr int64_t kLine = 64 / static_cast<int64_t>(sizeof(T));

// Rows [p, p_end) of a panel of b.
template <typename T>
struct Slice {
  Operand<T> b;  // the panel's first column
  Panel<T> panel;
  int64_t p, p_end;

  // The v-th line of each row; of a transposed b, whose lines run down, the first of each v-th run of
  // columns.
  Lines<T> lines(int64_t v) const {
    if (b.col == 1) return {b.at(p, v * kLanes<T>).data, b.row, p_end - p};
    return {b.at(p, v * kLanes<T>).data, b.col, p < p_end ? kLanes<T> : 0};
  }

  // `to` holds a row of whole vectors for each row of the panel; lanes beyond the columns hold anything.
  void pack(T* to) const {
    const int64_t width = panel.vectors * kLanes<T>;
    for (int64_t j = 0; j < panel.columns; j += kLanes<T>) {
      pack_columns(b.at(p, j), p_end - p, std::min<int64_t>(kLanes<T>, panel.columns - j), to + p * width + j,
                   width);
    }
  }
};

// A copy of a block of a, row by row whatever its strides, made as its rows are wanted. A cache line of
// padding puts neighbouring rows in different cache sets.
template <typename T>
class PackedA {
 public:
  PackedA(Operand<T> from, int64_t m, int64_t k)
      : from_(from),
        m_(m),
        k_(k),
        stride_(divide_up(k, kLine<T>) * kLine<T> + kLine<T>),
        to_(workspace<T>(Workspace::kPackedA, m * stride_)) {}

  Operand<T> copy() const { return {to_, stride_, 1}; }

  // Adds the lines that pack(end) will read.
  void fetch(int64_t end, Tile<T>& tile) const {
    if (from_.col != 1) {
      if (packed_ < end) tile.add_ahead({from_.at(packed_, 0).data, from_.col, k_});
      return;
    }
    for (int64_t i = packed_; i < end; ++i)
      tile.add_ahead({from_.at(i, 0).data, kLine<T>, k_ / kLine<T> + 1});
  }

  // Packs the rows before `end` that are not yet; of a transposed a as many as share a line.
  void pack(int64_t end) {
    if (from_.col == 1) {
      for (; packed_ < end; ++packed_) std::copy_n(from_.at(packed_, 0).data, k_, to_ + packed_ * stride_);
      return;
    }
    while (packed_ < end) {
      const int64_t rows = std::min(kLine<T>, m_ - packed_);
      for (int64_t p = 0; p < k_; p += kLanes<T>) {
        pack_columns(from_.at(packed_, p), rows, std::min<int64_t>(kLanes<T>, k_ - p),
                     to_ + packed_ * stride_ + p, stride_);
      }
      packed_ += rows;
    }
  }

 private:
  Operand<T> from_;
  int64_t m_, k_, stride_;
  T* to_;
  int64_t packed_ = 0;
};

// What is packed while a panel of b is multiplied: the rows of a, which this panel is the first to need, and
// the next panel; either may be null.
template <typename T>
struct Meanwhile {
  PackedA<T>* a;
  const Slice<T>* b;
  T* to;
};

// One panel of b, as `tile` has it at the first row, times all rows of a, which are dealt to tiles.
template <typename T>
void multiply_panel(Tile<T>& tile, const Product<T>& x, const Deal& rows, const Panel<T>& panel,
                    const Meanwhile<T>& meanwhile) {
  const bool masked = tile.last < kLanes<T>;
  const bool ahead = meanwhile.a || meanwhile.b;
  const TileKernel<T> low = rows.least ? tile_kernel<T>(rows.least, panel.vectors, masked, ahead) : nullptr;
  const TileKernel<T> high =
      rows.extra ? tile_kernel<T>(rows.least + 1, panel.vectors, masked, ahead) : nullptr;
  // A transposed b in slices of whole lines, lest one be fetched twice.
  const int64_t unit = x.b.col == 1 ? 1 : kLine<T>;
  const Deal slices = meanwhile.b ? Deal(divide_up(x.k, unit), rows.parts) : Deal(0, 1);
  for (int64_t i = 0; i < rows.parts; ++i) {
    const TileKernel<T> kernel = i < rows.extra ? high : low;
    if (!ahead) {
      kernel(tile);
    } else {
      tile.ahead_count = 0;
      for (int64_t v = 0; v < panel.vectors; ++v) {
        tile.add_ahead({tile.c + v * kLanes<T>, x.c_row, rows.least});
      }
      Slice<T> slice{};
      if (meanwhile.b) {
        slice = *meanwhile.b;
        slice.p = slices.start(i) * unit;
        slice.p_end = std::min(slices.start(i + 1) * unit, x.k);
        for (int64_t v = 0; v < slice.panel.vectors; ++v) tile.add_ahead(slice.lines(v));
      }
      if (meanwhile.a) {
        meanwhile.a->pack(rows.start(i + 1));
        if (i + 1 < rows.parts) meanwhile.a->fetch(rows.start(i + 2), tile);
      }
      kernel(tile);
      if (meanwhile.b) slice.pack(meanwhile.to);
    }
    const int64_t height = rows.least + (i < rows.extra);
    tile.a += height * tile.a_row;
    tile.c += height * x.c_row;
  }
}

// One cell of c and one block of k; either operand packed, or read where it lies.
template <typename T>
void multiply_block(const Product<T>& x, bool pack_a, bool pack_b) {
  const Deal panels = deal_panels<T>(x.n);
  const auto slice = [&](int64_t t) {
    const Panel<T> panel(panels, t, x.n);
    return Slice<T>{x.b.at(0, panel.first), panel, 0, x.k};
  };
  T* packed_b[2] = {};
  if (pack_b) {
    const int64_t room = x.k * kTileVectors * kLanes<T>;
    packed_b[0] = workspace<T>(Workspace::kPackedB, 2 * room);
    packed_b[1] = packed_b[0] + room;
    slice(0).pack(packed_b[0]);
  }
  std::optional<PackedA<T>> packed_a;
  if (pack_a) packed_a.emplace(x.a, x.m, x.k);
  const Operand<T> a = pack_a ? packed_a->copy() : x.a;
  Deal rows(0, 1);
  int64_t vectors = 0;  // of the panel that rows were dealt for: divisions would show in small products
  for (int64_t t = 0; t < panels.parts; ++t) {
    const Panel<T> panel(panels, t, x.n);
    if (panel.vectors != vectors) rows = Deal(x.m, divide_up(x.m, tile_rows(panel.vectors)));
    vectors = panel.vectors;
    Tile<T> tile;  // not all of it is set: clearing the rest would show in small products
    tile.a = a.data;
    tile.a_row = a.row;
    tile.a_col = a.col;
    tile.b = pack_b ? packed_b[t % 2] : x.b.data + panel.first;
    tile.b_row = pack_b ? panel.vectors * kLanes<T> : x.b.row;
    tile.c = x.c + panel.first;
    tile.c_row = x.c_row;
    tile.k = x.k;
    tile.bias = x.bias ? x.bias + panel.first : nullptr;
    tile.accumulate = x.accumulate;
    tile.last = panel.last();
    tile.ahead_count = 0;
    const bool more = pack_b && t + 1 < panels.parts;
    const Slice<T> next = more ? slice(t + 1) : Slice<T>{};
    multiply_panel(tile, x, rows, panel,
                   {pack_a && t == 0 ? &*packed_a : nullptr, more ? &next : nullptr, packed_b[(t + 1) % 2]});
  }
}

}  // namespace lt::kernels
