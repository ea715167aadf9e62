#pragma once

// The right operand of the matrix product as its tiles read it: in panels, one tile wide, where they lie or
// copied. Copies are read from end to end, and strides that are powers of two cannot crowd them into a few
// sets of the caches.

#include <algorithm>

#include <libtensor/tensor/kernels/matmul_tile.h>
#include <libtensor/tensor/kernels/pack.h>
#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/workspace.h>

namespace lt::kernels {

// A panel of b: `columns` of them, in whole vectors but for the last.
template <typename T>
struct Panel {
  int64_t first = 0, vectors = 0, columns = 0;
  const T* data = nullptr;  // element (p, first + j) at data[p * row + j]
  int64_t row = 0;

  int last() const { return static_cast<int>(columns - (vectors - 1) * kLanes<T>); }
};

// How b becomes panels: read in place, which takes contiguous columns; packed as a whole; or panel by panel,
// when each is wanted.
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

  // Panel t, ready to be multiplied. One that is packed by itself is valid until the next is.
  Panel<T> ready(int64_t t) {
    if (how_ == PackB::by_panel) {
      T* const to = room();
      pack(t, 0, k_, to);
      packed_ = to;
    }
    return at(t);
  }

  // What fetching ahead of panel t should bring: nothing of one that is yet to be packed.
  Panel<T> wanted(int64_t t) const { return how_ == PackB::by_panel ? Panel<T>{} : at(t); }

  // Where panel t lies in b.
  Panel<T> lying(int64_t t) const {
    const int64_t first = deal_.start(t) * kLanes<T>;
    const int64_t vectors = deal_.start(t + 1) - deal_.start(t);
    return {first, vectors, std::min(vectors * kLanes<T>, n_ - first), b_.at(0, first).data, b_.row};
  }

  // Whether panels are packed one by one and their rows are contiguous, so that a tile can do it.
  bool packs_rows() const { return how_ == PackB::by_panel && b_.col == 1; }
  // Where.
  T* room() const { return workspace<T>(Workspace::kPackedB, k_ * kTileVectors * kLanes<T>); }

 private:
  Panel<T> at(int64_t t) const {
    Panel<T> panel = lying(t);
    if (how_ == PackB::no) return panel;
    panel.data = how_ == PackB::whole ? packed_ + panel.first * k_ : packed_;
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

  // Contiguous columns are packed some rows at a time, all panels of them, so that memory is read from end to
  // end; others panel by panel. Parts of b are packed in parallel.
  void pack_whole() {
    T* const to = workspace<T>(Workspace::kPackedB, divide_up(n_, kLanes<T>) * kLanes<T> * k_);
    const int64_t step = b_.col == 1 ? 16 : std::max<int64_t>(k_, 1);
    parallel_for(divide_up(k_, step) * count(), step * kTileVectors * kLanes<T>, [&](int64_t i, int64_t end) {
      for (; i < end; ++i) {
        const int64_t t = i % count();
        const int64_t p = i / count() * step;
        pack(t, p, std::min(p + step, k_), to + lying(t).first * k_);
      }
    });
    packed_ = to;
  }

  Deal deal_;
  int64_t n_, k_;
  Operand<T> b_;
  PackB how_;
  const T* packed_ = nullptr;  // all panels, or the one that was packed last
};

}  // namespace lt::kernels
