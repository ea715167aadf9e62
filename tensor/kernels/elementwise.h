#pragma once

// Elementwise loops over the walk of walk.h. The inner loop is contiguous, scalar (one operand repeats) or
// strided; `f` is written once, over Eigen arrays: [](auto a, auto b) { return a + b; }.
//
// Parallel over elements: an element's value never depends on how the work was split.

#include <Eigen/Core>
#include <type_traits>

#include "tensor/kernels/parallel.h"
#include "tensor/kernels/walk.h"

namespace lt::kernels {

template <typename T>
using ArrayMap = Eigen::Map<Eigen::Array<T, Eigen::Dynamic, 1>>;
template <typename T>
using ConstArrayMap = Eigen::Map<const Eigen::Array<T, Eigen::Dynamic, 1>>;
template <typename T>
using StridedMap = Eigen::Map<Eigen::Array<T, Eigen::Dynamic, 1>, 0, Eigen::InnerStride<>>;
template <typename T>
using ConstStridedMap = Eigen::Map<const Eigen::Array<T, Eigen::Dynamic, 1>, 0, Eigen::InnerStride<>>;

// What numbers are computed as: integers as unsigned, so that overflow wraps (as PyTorch's) and is defined.
template <typename T>
using Word = std::conditional_t<std::is_same_v<T, int64_t>, uint64_t, T>;
template <typename T>
Word<T>* words(T* numbers) {
  return reinterpret_cast<Word<T>*>(numbers);
}
template <typename T>
const Word<T>* words(const T* numbers) {
  return reinterpret_cast<const Word<T>*>(numbers);
}

// Runs inner(n, offsets) over all of the walk, in parallel where the walk is large: threads share the outer
// positions, or the one long inner loop where there are none.
template <size_t N, typename Inner>
void run(const Walk<N>& walk, const Inner& inner) {
  const int64_t n = walk.inner_size();
  if (walk.outer_count() > 1) {
    parallel_for(walk.outer_count(), n, [&](int64_t first, int64_t last) {
      for_each_outer(walk, first, last, [&](const std::array<int64_t, N>& offset) { inner(n, offset); });
    });
  } else if (walk.outer_count() == 1) {
    const auto steps = walk.inner_strides();
    parallel_for(n, 1, [&](int64_t first, int64_t last) {
      std::array<int64_t, N> offset{};
      for (size_t k = 0; k < N; ++k) offset[k] = first * steps[k];
      inner(last - first, offset);
    });
  }
}

// out = f(a)
template <typename Out, typename T, typename F>
void map_unary(const Shape& shape, Out* out, const Strides& out_strides, const T* a, const Strides& a_strides,
               F f) {
  const auto walk = plan<2>(shape, {out_strides, a_strides});
  const auto [so, sa] = walk.inner_strides();
  run(walk, [&, so = so, sa = sa](int64_t n, const std::array<int64_t, 2>& offset) {
    Out* const y = out + offset[0];
    const T* const x = a + offset[1];
    if (so == 1 && sa == 1) {
      ArrayMap<Out>(y, n) = f(ConstArrayMap<T>(x, n));
    } else {
      StridedMap<Out>(y, n, Eigen::InnerStride<>(so)) = f(ConstStridedMap<T>(x, n, Eigen::InnerStride<>(sa)));
    }
  });
}

// out = f(a, b)
template <typename Out, typename T, typename F>
void map_binary(const Shape& shape, Out* out, const Strides& out_strides, const T* a,
                const Strides& a_strides, const T* b, const Strides& b_strides, F f) {
  const auto walk = plan<3>(shape, {out_strides, a_strides, b_strides});
  const auto [so, sa, sb] = walk.inner_strides();
  run(walk, [&, so = so, sa = sa, sb = sb](int64_t n, const std::array<int64_t, 3>& offset) {
    Out* const y = out + offset[0];
    const T* const u = a + offset[1];
    const T* const v = b + offset[2];
    using Array = Eigen::Array<T, Eigen::Dynamic, 1>;
    if (so == 1 && sa == 1 && sb == 1) {
      ArrayMap<Out>(y, n) = f(ConstArrayMap<T>(u, n), ConstArrayMap<T>(v, n));
    } else if (so == 1 && sa == 1 && sb == 0) {
      ArrayMap<Out>(y, n) = f(ConstArrayMap<T>(u, n), Array::Constant(n, *v));
    } else if (so == 1 && sa == 0 && sb == 1) {
      ArrayMap<Out>(y, n) = f(Array::Constant(n, *u), ConstArrayMap<T>(v, n));
    } else {
      StridedMap<Out>(y, n, Eigen::InnerStride<>(so)) = f(ConstStridedMap<T>(u, n, Eigen::InnerStride<>(sa)),
                                                          ConstStridedMap<T>(v, n, Eigen::InnerStride<>(sb)));
    }
  });
}

}  // namespace lt::kernels
