#pragma once

// A matrix as an operand, and how its rows and columns are dealt to parts.

#include <algorithm>
#include <cstdint>

namespace lt::kernels {

// A matrix as it lies in memory: element (i, j) at data[i * row + j * col]. Transposing swaps the strides.
template <typename T>
struct Operand {
  const T* data;
  int64_t row, col;

  Operand at(int64_t i, int64_t j) const { return {data + i * row + j * col, row, col}; }
  Operand transposed() const { return {data, col, row}; }
};

// Elements of a cache line.
template <typename T>
constexpr int64_t kLine = 64 / static_cast<int64_t>(sizeof(T));

inline int64_t divide_up(int64_t count, int64_t by) { return (count + by - 1) / by; }

// `count` things dealt to `parts` parts as evenly as can be: part t is [start(t), start(t + 1)).
struct Deal {
  int64_t parts, least, extra = 0;

  Deal(int64_t count, int64_t into) : parts(into), least(count) {
    if (into == 1) return;  // most often, and a division takes as long as twenty multiply-adds
    least = count / into;
    extra = count % into;
  }
  int64_t start(int64_t t) const { return t * least + std::min(t, extra); }
};

}  // namespace lt::kernels
