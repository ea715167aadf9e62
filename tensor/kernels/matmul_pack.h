#pragma once

// The operands of the matrix product as its tiles read them: b in panels, one tile wide, and a by rows, both
// where they lie or copied. Copies are read from end to end, and strides that are powers of two cannot crowd
// them into a few sets of the caches.

#include <algorithm>

#include "tensor/kernels/matmul_tile.h"
#include "tensor/kernels/pack.h"
#include "tensor/kernels/parallel.h"
#include "tensor/kernels/workspace.h"

namespace lt::kernels {

// Elements of a cache line.
template <typename T>
constexpr int64_t kLine = 64 / static_cast<int64_t>(sizeof(T));

// A panel of b: `columns` of them, in whole vectors but for the last.
template <typename T>
struct Panel {
  int64_t first = 0, vectors = 0, columns = 0;
  const T* data = nullptr;  // element (p, first + j) at data[p * row + j]
  int64_t row = 0;

  int last() const { return static_cast<int>(columns - (vectors - 1) * kLanes<T>); }
};

// How b becomes panels: read in place, which takes contiguous columns; packed as a whole; or panel by panel,
// contiguous columns bit by bit while the panel before is multiplied.
enum class PackB { no, whole, by_panel };

// The panels of a b (k, n).
template <typename T>
class Panels {
 public:
  Panels(const Operand<T>& b, int64_t n, int64_t k, PackB how)
      : deal_(divide_up(n, kLanes<T>), divide_up(divide_up(n, kLanes<T>), kTileVectors)),
        n_(n),
        k_(k),
        b_(b),
        how_(how) {
    if (how == PackB::whole) pack_whole();
  }

  int64_t count() const { return deal_.parts; }

  // Where panel t lies in b, if b's columns are contiguous.
  Panel<T> lying(int64_t t) const {
    const int64_t first = deal_.start(t) * kLanes<T>;
    const int64_t vectors = deal_.start(t + 1) - deal_.start(t);
    return {first, vectors, std::min(vectors * kLanes<T>, n_ - first), b_.data + first, b_.row};
  }

  // Panel t, ready to be multiplied. Of those packed panel by panel, it is valid until t + 2 is packed.
  Panel<T> ready(int64_t t) {
    if (how_ == PackB::by_panel && t != packed_) pack_ahead(t, 0, k_);
    return at(t);
  }

  // The panel, or what it will be packed from, that fetching ahead should bring; nothing of a transposed b,
  // since the processor foresees how that is read.
  Panel<T> wanted(int64_t t) const {
    if (how_ != PackB::by_panel) return at(t);
    return packs_ahead(t) ? lying(t) : Panel<T>{};
  }

  // Whether panel t should be packed bit by bit before it is ready.
  bool packs_ahead(int64_t t) const { return how_ == PackB::by_panel && b_.col == 1 && t > packed_; }

  // Packs rows [p, p_end), the last of which end the panel.
  void pack_ahead(int64_t t, int64_t p, int64_t p_end) {
    pack(t, p, p_end, workspace<T>(Workspace::kPackedB, 2 * room()) + t % 2 * room());
    if (p_end == k_) packed_ = t;
  }

 private:
  // Elements of the widest panel.
  int64_t room() const { return k_ * kTileVectors * kLanes<T>; }

  Panel<T> at(int64_t t) const {
    Panel<T> panel = lying(t);
    if (how_ == PackB::no) return panel;
    panel.data = how_ == PackB::whole ? whole_ + panel.first * k_
                                      : workspace<T>(Workspace::kPackedB, 2 * room()) + t % 2 * room();
    panel.row = panel.vectors * kLanes<T>;
    return panel;
  }

  // Packs rows [p, p_end) of panel t; lanes beyond the last column hold anything.
  void pack(int64_t t, int64_t p, int64_t p_end, T* to) const {
    const Panel<T> panel = lying(t);
    const int64_t width = panel.vectors * kLanes<T>;
    if (b_.col == 1 && panel.columns == width) {
      for (; p < p_end; ++p) {
        for (int64_t j = 0; j < width; j += kLanes<T>)
          store(to + p * width + j, load(panel.data + p * b_.row + j));
      }
      return;
    }
    for (int64_t j = 0; j < panel.columns; j += kLanes<T>) {
      pack_columns(b_.at(p, panel.first + j), p_end - p, std::min<int64_t>(kLanes<T>, panel.columns - j),
                   to + p * width + j, width);
    }
  }

  // Contiguous columns are packed eight rows at a time, all panels of them, so that memory is read from end
  // to end; others panel by panel. Parts of b are packed in parallel.
  void pack_whole() {
    T* const to = workspace<T>(Workspace::kPackedB, divide_up(n_, kLanes<T>) * kLanes<T> * k_);
    const int64_t step = b_.col == 1 ? 8 : std::max<int64_t>(k_, 1);
    parallel_for(divide_up(k_, step) * count(), step * kTileVectors * kLanes<T>, [&](int64_t i, int64_t end) {
      for (; i < end; ++i) {
        const int64_t t = i % count();
        const int64_t p = i / count() * step;
        pack(t, p, std::min(p + step, k_), to + deal_.start(t) * kLanes<T> * k_);
      }
    });
    whole_ = to;
  }

  Deal deal_;
  int64_t n_, k_;
  Operand<T> b_;
  PackB how_;
  const T* whole_ = nullptr;
  int64_t packed_ = -1;  // the last panel that was packed by itself
};

// Rows of a packed tile: the most that make whole pieces of vectors, whose copies do not straddle cache
// lines.
inline constexpr int kPackedRows = kTileRows[kTileVectors - 1] / 4 * 4;

// Packs a (m, k) tile by tile: rows [tiles.start(i), tiles.start(i + 1)) of a begin at start(i) * row, and in
// them element (r, p) is at p * height + r, so that a tile reads its copy from end to end.
template <typename T>
Operand<T> pack_a(const Operand<T>& a, const Deal& tiles, int64_t m, int64_t k) {
  const int64_t row = k + kLanes<T>;  // columns are packed in whole vectors, which reach beyond a tile's end
  T* const to = workspace<T>(Workspace::kPackedA, m * row);
  const Operand<T> columns{a.data, a.col, a.row};
  constexpr int64_t kStep = kLanes<T>;
  for (int64_t p = 0; p < k; p += kStep) {
    if (a.row == 1) {  // what the next step reads: the processor does not foresee so many short runs
      for (int64_t q = p + kStep; q < std::min(p + 2 * kStep, k); ++q) {
        for (int64_t i = 0; i < m; i += kLine<T>) __builtin_prefetch(columns.at(q, i).data, 0, 2);
      }
    }
    const int64_t count = std::min(kStep, k - p);
    for (int64_t t = 0; t < tiles.parts; ++t) {
      const int64_t first = tiles.start(t);
      const int64_t height = tiles.start(t + 1) - first;
      T* copy = to + first * row + p * height;
      if (a.row == 1 && height == kPackedRows) {
        for (int64_t q = p; q < p + count; ++q, copy += kPackedRows) {
          std::copy_n(columns.at(q, first).data, kPackedRows, copy);
        }
        continue;
      }
      // A vector's width at a time, the last first: each write reaches into the next row's first.
      for (int64_t r = (height - 1) / kLanes<T> * kLanes<T>; r >= 0; r -= kLanes<T>) {
        pack_columns(columns.at(p, first + r), count, std::min<int64_t>(kLanes<T>, height - r), copy + r,
                     height);
      }
    }
  }
  return {to, row, 0};
}

}  // namespace lt::kernels
