#pragma once

// One block of the matrix product, operands as they lie or as they were packed: rows of c, all of whose a
// stays in L2, times panels of b, each one tile wide.
//
//       for each panel of b
//         for each tile of rows: multiply_tile
//
// In large products every tile fetches, as it goes along, its lines of c, its share of the next panel of b
// and, during the first panel, the rows of a that the next tile reads: all into L2, so that the arithmetic
// does not wait for what is further away. (Into L1 instead: 1 to 2 % slower.) A panel that is packed when it
// is wanted is packed by its first tile, as it goes along, if that is high and whole and a lies in place.

#include <algorithm>

#include <libtensor/tensor/kernels/matmul_kernels.h>
#include <libtensor/tensor/kernels/matmul_panels.h>
#include <libtensor/tensor/kernels/matmul_product.h>
#include <libtensor/tensor/kernels/matmul_rows.h>

namespace lt::kernels {

template <typename T>
Reads reads_a(const Product<T>& x) {
  if (x.a_packed) return Reads::packed;
  if (x.a.col == 1) return Reads::by_rows;
  return x.a.row == 1 ? Reads::by_columns : Reads::strided;
}

// The rows of a block, dealt to tiles of up to so many vectors. An a that is fetched by columns has tiles of
// kPackedRows, unless they came out lower for more than a third: lower ones are not fetched for.
template <typename T>
Deal deal_rows(const Product<T>& x, int64_t vectors, bool fetch) {
  const int64_t pieces = divide_up(x.m, kPackedRows);
  if (x.a_packed) return {x.m, pieces};
  if (fetch && vectors > 1 && reads_a(x) == Reads::by_columns && (pieces * kPackedRows - x.m) * 3 <= pieces) {
    return {x.m, pieces};
  }
  switch (vectors) {  // by constants: divisions would show in small products
    case 1:
      return {x.m, divide_up(x.m, kTileRows[0])};
    case 2:
      return {x.m, divide_up(x.m, kTileRows[1])};
    default:
      return {x.m, divide_up(x.m, kTileRows[2])};
  }
}

// What is fetched for later while a panel is multiplied, in large products.
template <typename T>
struct Ahead {
  bool a;      // the rows of the next tile
  Panel<T> b;  // a share with each tile

  // Has tile i fetch this, and rows [p, p_end) of b.
  void list(Tile<T>& tile, const Panel<T>& panel, const Deal& rows, int64_t i, int64_t p,
            int64_t p_end) const {
    const int64_t height = rows.start(i + 1) - rows.start(i);
    tile.ahead_count = 0;
    for (int64_t v = 0; v < panel.vectors; ++v) {
      tile.add_ahead({tile.c + v * kLanes<T>, tile.c_row, height});
    }
    if (b.row == b.vectors * kLanes<T>) {  // packed: in the order of memory, 1 to 4 % faster than by columns
      tile.add_ahead({b.data + p * b.row, kLine<T>, divide_up((p_end - p) * b.row, kLine<T>)});
    } else {
      for (int64_t v = 0; v < b.vectors; ++v) {
        tile.add_ahead({b.data + p * b.row + v * kLanes<T>, b.row, p_end - p});
      }
    }
    if (!a || i + 1 == rows.parts) return;
    for (int64_t r = height; r < rows.start(i + 2) - rows.start(i); ++r) {
      tile.add_ahead({tile.a + r * tile.a_row, kLine<T>, divide_up(tile.k, kLine<T>)});
    }
  }
};

// Makes `tile` stand for `count` tiles of this height.
template <typename T>
void begin_tiles(Tile<T>& tile, const Product<T>& x, int64_t count, int64_t height) {
  tile.count = count;
  tile.rows = static_cast<int>(height);
  tile.a_row = x.a_packed ? 1 : x.a.row;
  tile.a_col = x.a_packed ? height : x.a.col;
  tile.a_step = height * x.a.row;
}
// Goes on to what lies below them.
template <typename T>
void pass_tiles(Tile<T>& tile, int64_t height) {
  tile.a += tile.count * tile.a_step;
  tile.c += tile.count * height * tile.c_row;
}

// One panel of b times all rows of a, which are dealt to tiles.
template <typename T>
void multiply_panel(Tile<T>& tile, const Product<T>& x, const Deal& rows, const Panel<T>& panel) {
  T* const c = tile.c;
  const Reads a = reads_a(x);
  const auto multiply = [&](int64_t count, int64_t height) {
    if (count == 0) return;
    begin_tiles(tile, x, count, height);
    tile_kernel<T, false>(height, panel.vectors, tile.last < kLanes<T>, a)(tile);
    pass_tiles(tile, height);
  };
  multiply(rows.extra, rows.least + 1);
  multiply(rows.parts - rows.extra, rows.least);
  if (x.activation != Activation::none) activate(x.activation, c, x.c_row, x.m, panel.columns);
}

// Whether the first tile of panel t packs it for the others as it goes along. (A copy of its own takes four
// times as long, since nothing is computed meanwhile.)
template <typename T>
bool packs_on_the_way(const Product<T>& x, const Panels<T>& panels, int64_t t) {
  const Reads a = reads_a(x);
  const bool in_place = a == Reads::by_rows || a == Reads::by_columns;
  if (!in_place || !panels.packs_rows()) return false;
  const Panel<T> panel = panels.lying(t);
  const Deal rows = deal_rows(x, panel.vectors, true);
  return can_pack(rows.least + (rows.extra > 0), panel.vectors, panel.last() < kLanes<T>);
}

// The same, tile by tile, each fetching its share of what is wanted next. The first one packs b, if there is
// room for it.
template <typename T>
void multiply_panel(Tile<T>& tile, const Product<T>& x, const Deal& rows, const Panel<T>& panel,
                    const Ahead<T>& ahead, T* room) {
  const Deal shares(x.k, rows.parts);
  const Reads a = reads_a(x);
  for (int64_t i = 0; i < rows.parts; ++i) {
    const int64_t height = rows.least + (i < rows.extra);
    begin_tiles(tile, x, 1, height);
    ahead.list(tile, panel, rows, i, shares.start(i), shares.start(i + 1));
    if (room && i == 0) {
      tile.b_packed = room;
      packing_kernel<T>(height, panel.vectors, a)(tile);
      tile.b = room;
      tile.b_row = panel.vectors * kLanes<T>;
    } else {
      tile_kernel<T, true>(height, panel.vectors, tile.last < kLanes<T>, a)(tile);
    }
    if (x.activation != Activation::none) {  // while the tile is in L1
      activate(x.activation, tile.c, x.c_row, height, panel.columns);
    }
    pass_tiles(tile, height);
  }
}

// Rows of c times panels [first, last) of b, one block of k; x.c and x.bias are those of panel 0.
template <typename T>
void multiply_block(const Product<T>& x, Panels<T> panels, int64_t first, int64_t last, bool fetch) {
  Deal rows(0, 1);
  int64_t vectors = 0;  // of the panel that rows were dealt for: divisions would show in small products
  for (int64_t t = first; t < last; ++t) {
    const bool packs = fetch && packs_on_the_way(x, panels, t);
    const Panel<T> panel = packs ? panels.lying(t) : panels.ready(t);
    if (panel.vectors != vectors) rows = deal_rows(x, panel.vectors, fetch);
    vectors = panel.vectors;
    Tile<T> tile;  // not all of it is set: clearing the rest would show in small products
    tile.a = x.a.data;
    tile.b = panel.data;
    tile.b_row = panel.row;
    tile.c = x.c + panel.first;
    tile.c_row = x.c_row;
    tile.k = x.k;
    tile.bias = x.bias ? x.bias + panel.first : nullptr;
    tile.accumulate = x.accumulate;
    tile.last = panel.last();
    tile.ahead_count = 0;
    if (!fetch) {
      multiply_panel(tile, x, rows, panel);
      continue;
    }
    const int64_t next = t + 1 < last ? t + 1 : first;  // the next block of rows begins with the first again
    const bool packs_next = next > t && packs_on_the_way(x, panels, next);
    const Ahead<T> ahead{t == first && x.a.col == 1, packs_next ? panels.lying(next) : panels.wanted(next)};
    multiply_panel(tile, x, rows, panel, ahead, packs ? panels.room() : nullptr);
  }
}

}  // namespace lt::kernels
