#pragma once

// One block of the matrix product: rows of c times a block of k, panel by panel of b, each one tile wide.
//
//       for each panel of b
//         for each tile of rows: multiply_tile, and pack what comes next
//
// Operands are packed behind the arithmetic. While one panel of b is multiplied the next is packed, a slice
// after each tile, and kept if further rows need it; while the first is, so are the rows of a, those of a
// tile before each. Every tile fetches the lines that will be packed or read after it as it goes along, and
// those of its own part of c; so a, b and c come from memory while the processor multiplies.

#include <algorithm>
#include <optional>

#include "tensor/kernels/activation.h"
#include "tensor/kernels/matmul_tile.h"
#include "tensor/kernels/pack.h"
#include "tensor/kernels/workspace.h"

namespace lt::kernels {

// c (m, n) = activation(a (m, k) @ b (k, n) + bias (n)), or added to what c holds.
template <typename T>
struct Product {
  Operand<T> a, b;
  T* c;
  int64_t c_row;
  int64_t m, n, k;
  const T* bias;
  bool accumulate;
  Activation activation;
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

// A block of b: all its columns, panel by panel, where it lies and where its copy goes.
template <typename T>
class PackedB {
 public:
  // kept: panels stay, for several blocks of rows; else the copy has room for two.
  PackedB(Operand<T> from, int64_t n, int64_t k, bool kept)
      : from_(from), n_(n), k_(k), panels_(deal_panels<T>(n)), kept_(kept) {
    to_ = workspace<T>(Workspace::kPackedB, (kept ? panels_.parts : 2) * room());
    pack(0, 0, k);
  }

  const T* copy(int64_t t) const { return to_ + (kept_ ? t : t % 2) * room(); }

  // Rows of panel t are packed in units: of a transposed b whole lines, lest one be fetched twice.
  int64_t unit() const { return from_.col == 1 ? 1 : kLine<T>; }

  // Adds the lines of rows [p, p_end) of panel t that pack will read, or, once they are packed, of the copy.
  void fetch(int64_t t, int64_t p, int64_t p_end, Tile<T>& tile) const {
    if (t <= packed_) {
      const int64_t width = panel(t).vectors * kLanes<T>;
      tile.add_ahead({copy(t) + p * width, kLine<T>, divide_up((p_end - p) * width, kLine<T>)});
      return;
    }
    for (int64_t v = 0; v < panel(t).vectors; ++v) {
      const Operand<T> at = from_.at(p, panel(t).first + v * kLanes<T>);
      if (from_.col == 1) tile.add_ahead({at.data, from_.row, p_end - p});
      if (from_.col != 1 && p < p_end) tile.add_ahead({at.data, from_.col, kLanes<T>});
    }
  }

  // Packs these rows, the last of which end the panel, unless they are: a row of whole vectors for each;
  // lanes beyond the columns hold anything.
  void pack(int64_t t, int64_t p, int64_t p_end) {
    if (t <= packed_) return;
    const Panel<T> columns = panel(t);
    const int64_t width = columns.vectors * kLanes<T>;
    T* const to = to_ + (kept_ ? t : t % 2) * room() + p * width;
    for (int64_t j = 0; j < columns.columns; j += kLanes<T>) {
      pack_columns(from_.at(p, columns.first + j), p_end - p,
                   std::min<int64_t>(kLanes<T>, columns.columns - j), to + j, width);
    }
    if (p_end == k_) packed_ = t;
  }

 private:
  int64_t room() const { return k_ * kTileVectors * kLanes<T>; }
  Panel<T> panel(int64_t t) const { return Panel<T>(panels_, t, n_); }

  Operand<T> from_;
  int64_t n_, k_;
  Deal panels_;
  bool kept_;
  T* to_ = nullptr;
  int64_t packed_ = -1;  // the last panel that is packed
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

// What is packed or fetched while a panel of b is multiplied: the rows of a, which this panel is the first to
// need, and panel `next` of b; either may be null.
template <typename T>
struct Meanwhile {
  PackedA<T>* a;
  PackedB<T>* b;
  int64_t next;
};

// One panel of b, as `tile` has it at the first row, times all rows of a, which are dealt to tiles.
template <typename T>
void multiply_panel(Tile<T>& tile, const Product<T>& x, const Deal& rows, const Panel<T>& panel,
                    const Meanwhile<T>& meanwhile) {
  const auto [a, b, next] = meanwhile;
  const bool masked = tile.last < kLanes<T>;
  const bool ahead = a || b;
  const TileKernel<T> low = rows.least ? tile_kernel<T>(rows.least, panel.vectors, masked, ahead) : nullptr;
  const TileKernel<T> high =
      rows.extra ? tile_kernel<T>(rows.least + 1, panel.vectors, masked, ahead) : nullptr;
  const int64_t unit = b ? b->unit() : 1;
  const Deal slices = b ? Deal(divide_up(x.k, unit), rows.parts) : Deal(0, 1);
  for (int64_t i = 0; i < rows.parts; ++i) {
    const int64_t p = slices.start(i) * unit;
    const int64_t p_end = std::min(slices.start(i + 1) * unit, x.k);
    if (ahead) {
      tile.ahead_count = 0;
      for (int64_t v = 0; v < panel.vectors; ++v) {
        tile.add_ahead({tile.c + v * kLanes<T>, x.c_row, rows.least});
      }
    }
    if (b) b->fetch(next, p, p_end, tile);
    if (a) {
      a->pack(rows.start(i + 1));
      if (i + 1 < rows.parts) a->fetch(rows.start(i + 2), tile);
    }
    i < rows.extra ? high(tile) : low(tile);
    if (b) b->pack(next, p, p_end);
    const int64_t height = rows.least + (i < rows.extra);
    if (x.activation != Activation::none) {  // while the tile is in L1
      activate(x.activation, tile.c, x.c_row, height, panel.columns);
    }
    tile.a += height * tile.a_row;
    tile.c += height * x.c_row;
  }
}

// Rows of c, kRows at most, and one block of k. a is packed or read where it lies; so is b, whose copy other
// blocks of rows may have begun.
template <typename T>
void multiply_block(const Product<T>& x, bool pack_a, PackedB<T>* b) {
  const Deal panels = deal_panels<T>(x.n);
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
    tile.b = b ? b->copy(t) : x.b.data + panel.first;
    tile.b_row = b ? panel.vectors * kLanes<T> : x.b.row;
    tile.c = x.c + panel.first;
    tile.c_row = x.c_row;
    tile.k = x.k;
    tile.bias = x.bias ? x.bias + panel.first : nullptr;
    tile.accumulate = x.accumulate;
    tile.last = panel.last();
    tile.ahead_count = 0;
    multiply_panel(tile, x, rows, panel,
                   {pack_a && t == 0 ? &*packed_a : nullptr, t + 1 < panels.parts ? b : nullptr, t + 1});
  }
}

}  // namespace lt::kernels
