#pragma once

// The iteration engine: walks several strided operands of one shape together. Axes that lie densely behind
// each other in every operand are merged first, so that most tensors become one long inner loop.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "tensor/shape.h"

namespace lt::kernels {

// N operands of one shape. Axes are sorted by operand 0's strides, largest first, and merged: the last one is
// the inner loop. A stride of 0 repeats an element (broadcasting).
template <size_t N>
struct Walk {
  Shape shape;
  std::array<Strides, N> strides;

  int64_t inner_size() const { return shape.empty() ? 1 : shape.back(); }
  int64_t outer_count() const { return inner_size() == 0 ? 0 : numel(shape) / inner_size(); }
  std::array<int64_t, N> inner_strides() const {
    std::array<int64_t, N> steps{};
    for (size_t k = 0; k < N; ++k) steps[k] = shape.empty() ? 1 : strides[k].back();
    return steps;
  }
};

// Sorts and merges the axes.
template <size_t N>
Walk<N> plan(const Shape& shape, const std::array<Strides, N>& strides) {
  std::array<int, kMaxRank> order{};
  int axes = 0;
  for (int i = 0; i < shape.size(); ++i) {
    if (shape[i] != 1) order[static_cast<size_t>(axes++)] = i;
  }
  std::stable_sort(order.begin(), order.begin() + axes,
                   [&](int x, int y) { return strides[0][x] > strides[0][y]; });
  Walk<N> walk;
  for (int o = 0; o < axes; ++o) {
    const int axis = order[static_cast<size_t>(o)];
    bool merges = !walk.shape.empty();
    for (size_t k = 0; merges && k < N; ++k) {
      merges = walk.strides[k].back() == strides[k][axis] * shape[axis];
    }
    if (!merges) {
      walk.shape.push_back(1);
      for (Strides& s : walk.strides) s.push_back(0);
    }
    const int last = walk.shape.size() - 1;
    walk.shape[last] *= shape[axis];
    for (size_t k = 0; k < N; ++k) walk.strides[k][last] = strides[k][axis];
  }
  return walk;
}

// Calls inner(offsets) for the outer positions first <= position < last, in row-major order; offsets[k] is
// where operand k's inner loop starts.
template <size_t N, typename Inner>
void for_each_outer(const Walk<N>& walk, int64_t first, int64_t last, const Inner& inner) {
  const int outer_axes = walk.shape.size() - 1;
  std::array<int64_t, kMaxRank> at{};
  std::array<int64_t, N> offset{};
  int64_t rest = first;
  for (int i = outer_axes - 1; i >= 0; --i) {
    at[static_cast<size_t>(i)] = rest % walk.shape[i];
    rest /= walk.shape[i];
    for (size_t k = 0; k < N; ++k) offset[k] += at[static_cast<size_t>(i)] * walk.strides[k][i];
  }
  for (int64_t position = first; position < last; ++position) {
    inner(offset);
    for (int i = outer_axes - 1; i >= 0; --i) {
      int64_t& digit = at[static_cast<size_t>(i)];
      for (size_t k = 0; k < N; ++k) offset[k] += walk.strides[k][i];
      if (++digit < walk.shape[i]) break;
      for (size_t k = 0; k < N; ++k) offset[k] -= digit * walk.strides[k][i];
      digit = 0;
    }
  }
}

}  // namespace lt::kernels
