#pragma once

// The iteration engine: walks several strided operands of one shape together. Axes that lie densely behind
// each other in every operand are merged first, so that most tensors become one long inner loop.

#include <array>
#include <cstddef>
#include <cstdint>

#include <libtensor/tensor/shape.h>

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

// Sorts and merges the axes. N is 2, 3 or 4.
template <size_t N>
Walk<N> plan(const Shape& shape, const std::array<Strides, N>& strides);

// An inner loop: n elements, starting at offset[k] of operand k.
template <size_t N>
using InnerLoop = void (*)(const void* context, int64_t n, const std::array<int64_t, N>& offset);

// Calls the inner loop for the outer positions first <= position < last, in row-major order.
template <size_t N>
void walk_outer(const Walk<N>& walk, int64_t first, int64_t last, const void* context, InnerLoop<N> loop);

template <size_t N, typename Inner>
void for_each_outer(const Walk<N>& walk, int64_t first, int64_t last, const Inner& inner) {
  walk_outer<N>(walk, first, last, &inner,
                [](const void* context, int64_t, const std::array<int64_t, N>& offset) {
                  (*static_cast<const Inner*>(context))(offset);
                });
}

// Calls the inner loop all over the walk, in parallel where the walk is large: threads share the outer
// positions, or the one long inner loop where there are none. An element's value never depends on how the
// work was split.
template <size_t N>
void run_loops(const Walk<N>& walk, const void* context, InnerLoop<N> loop);

template <size_t N, typename Inner>
void run(const Walk<N>& walk, const Inner& inner) {
  run_loops<N>(walk, &inner, [](const void* context, int64_t n, const std::array<int64_t, N>& offset) {
    (*static_cast<const Inner*>(context))(n, offset);
  });
}

}  // namespace lt::kernels
