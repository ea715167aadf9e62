#pragma once

// Elementwise loops over the walk of walk.h. `f` is written once, over dense Eigen arrays:
// [](const auto& a, const auto& b) { return a + b; }. Where an operand is not dense, or its rows are short
// (blocks.h) or lie across memory (crossed.h), the loop goes block by block through small buffers, so that
// one loop an op is compiled, and it is always vectorised.

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

#include <libtensor/tensor/kernels/blocks.h>
#include <libtensor/tensor/kernels/crossed.h>
#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/walk.h>

namespace lt::kernels {

template <typename T>
using ArrayMap = Eigen::Map<Eigen::Array<T, Eigen::Dynamic, 1>>;
template <typename T>
using ConstArrayMap = Eigen::Map<const Eigen::Array<T, Eigen::Dynamic, 1>>;

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

// The loop that is compiled for each op: n dense numbers of out = f(in...).
template <typename Out, typename... In>
using Loop = void (*)(const void* f, int64_t n, Out* out, const In*... in);

// The three ways of a walk; K numbers the operands that are read.
template <typename Out, typename... In, size_t... K>
void walk_crossed(const Walk<sizeof...(In) + 1>& walk, const void* f, Loop<Out, In...> loop,
                  std::index_sequence<K...>, Out* out, const In*... in) {
  const int axis = walk.shape.size() - 2;
  for_each_tile(walk, [&](const auto& at, int64_t rows, int64_t columns) {
    const auto write = [&](const CrossedTile<In>&... tiles) {
      for (int64_t i = 0; i < rows; ++i) {
        loop(f, columns, out + at[0] + i * walk.strides[0][axis], tiles.row(i)...);
      }
    };
    write(CrossedTile<In>(in + at[K + 1], walk.strides[K + 1][axis], walk.strides[K + 1].back(), rows,
                          columns)...);
  });
}

template <typename Out, typename... In, size_t... K>
void walk_short_rows(const Walk<sizeof...(In) + 1>& walk, const void* f, Loop<Out, In...> loop,
                     std::index_sequence<K...>, Out* out, const In*... in) {
  const int64_t n = walk.inner_size();
  parallel_for(walk.outer_count(), n, [&](int64_t first, int64_t last) {
    const auto write = [&](ShortRows<In>&&... rows) {
      write_short_rows(walk, out, first, last, [&](int64_t i, int64_t count, Out* y) {
        loop(f, count * n, y, rows.at(i, count)...);
      });
    };
    write(ShortRows<In>(in, walk.strides[K + 1][0], walk.strides[K + 1][1], n)...);
  });
}

template <typename Out, typename... In, size_t... K>
void walk_blocks(const Walk<sizeof...(In) + 1>& walk, const void* f, Loop<Out, In...> loop,
                 std::index_sequence<K...>, Out* out, const In*... in) {
  const auto step = walk.inner_strides();
  const bool all_dense = step[0] == 1 && (... && (step[K + 1] == 1));
  run(walk, [&](int64_t n, const auto& offset) {
    const auto write = [&](Blocks<In>&&... blocks) {
      write_blocks(out + offset[0], step[0], n, all_dense,
                   [&](int64_t i, int64_t m, Out* y) { loop(f, m, y, blocks.at(i, m)...); });
    };
    write(Blocks<In>(in + offset[K + 1], step[K + 1], n)...);
  });
}

// out = f(in...), all over the walk, by a loop over dense numbers.
template <typename Out, typename... In>
void apply(const Walk<sizeof...(In) + 1>& walk, const void* f, std::type_identity_t<Loop<Out, In...>> loop,
           Out* out, const In*... in) {
  constexpr std::index_sequence_for<In...> kNumbers;
  if (is_crossed(walk)) return walk_crossed(walk, f, loop, kNumbers, out, in...);
  if (has_short_rows(walk)) return walk_short_rows(walk, f, loop, kNumbers, out, in...);
  walk_blocks(walk, f, loop, kNumbers, out, in...);
}

// out = f(a)
template <typename Out, typename T, typename F>
void map_unary(const Shape& shape, Out* out, const Strides& out_strides, const T* a, const Strides& a_strides,
               F f) {
  const auto loop = [](const void* op, int64_t n, Out* y, const T* x) {
    ArrayMap<Out>(y, n) = (*static_cast<const F*>(op))(ConstArrayMap<T>(x, n));
  };
  apply<Out, T>(plan<2>(shape, {out_strides, a_strides}), &f, loop, out, a);
}

// out = f(a, b)
template <typename Out, typename T, typename F>
void map_binary(const Shape& shape, Out* out, const Strides& out_strides, const T* a,
                const Strides& a_strides, const T* b, const Strides& b_strides, F f) {
  const auto loop = [](const void* op, int64_t n, Out* y, const T* u, const T* v) {
    ArrayMap<Out>(y, n) = (*static_cast<const F*>(op))(ConstArrayMap<T>(u, n), ConstArrayMap<T>(v, n));
  };
  apply<Out, T, T>(plan<3>(shape, {out_strides, a_strides, b_strides}), &f, loop, out, a, b);
}

}  // namespace lt::kernels
