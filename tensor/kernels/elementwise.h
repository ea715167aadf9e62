#pragma once

// Elementwise loops over the walk of walk.h. `f` is written once, over dense Eigen arrays:
// [](const auto& a, const auto& b) { return a + b; }. Where an operand is not dense, or its rows are short
// (blocks.h) or lie across memory (crossed.h), the loop goes block by block through small buffers, so that
// one loop an op is compiled, and it is always vectorised.

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <type_traits>

#include "tensor/kernels/blocks.h"
#include "tensor/kernels/crossed.h"
#include "tensor/kernels/parallel.h"
#include "tensor/kernels/walk.h"

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

// The loop that is compiled for each op: n dense numbers of out = f(a), or f(a, b).
template <typename Out, typename T>
using UnaryLoop = void (*)(const void* f, int64_t n, Out* out, const T* a);
template <typename Out, typename T>
using BinaryLoop = void (*)(const void* f, int64_t n, Out* out, const T* a, const T* b);

template <typename Out, typename T>
void walk_crossed(const Walk<2>& walk, Out* out, const T* a, const void* f, UnaryLoop<Out, T> loop) {
  const int64_t out_row = walk.strides[0][walk.shape.size() - 2];
  const int64_t a_row = walk.strides[1][walk.shape.size() - 2];
  for_each_tile(walk, [&](const std::array<int64_t, 2>& at, int64_t rows, int64_t columns) {
    Crossed<T> u;
    u.read(a + at[1], a_row, walk.strides[1].back(), rows, columns);
    for (int64_t i = 0; i < rows; ++i) loop(f, columns, out + at[0] + i * out_row, u.row(i));
  });
}

template <typename Out, typename T>
void walk_short_rows(const Walk<2>& walk, Out* out, const T* a, const void* f, UnaryLoop<Out, T> loop) {
  const int64_t n = walk.inner_size();
  parallel_for(walk.outer_count(), n, [&](int64_t first, int64_t last) {
    ShortRows<T> u(a, walk.strides[1][0], walk.strides[1][1], n);
    write_short_rows(walk, out, first, last,
                     [&](int64_t i, int64_t count, Out* y) { loop(f, count * n, y, u.at(i, count)); });
  });
}

template <typename Out, typename T>
void walk_unary(const Walk<2>& walk, Out* out, const T* a, const void* f, UnaryLoop<Out, T> loop) {
  if (is_crossed(walk)) return walk_crossed(walk, out, a, f, loop);
  if (has_short_rows(walk)) return walk_short_rows(walk, out, a, f, loop);
  const auto step = walk.inner_strides();
  run(walk, [&](int64_t n, const std::array<int64_t, 2>& offset) {
    Blocks<T> u(a + offset[1], step[1], n);
    write_blocks(out + offset[0], step[0], n, step[0] == 1 && step[1] == 1,
                 [&](int64_t i, int64_t m, Out* y) { loop(f, m, y, u.at(i, m)); });
  });
}

template <typename Out, typename T>
void walk_short_rows(const Walk<3>& walk, Out* out, const T* a, const T* b, const void* f,
                     BinaryLoop<Out, T> loop) {
  const int64_t n = walk.inner_size();
  parallel_for(walk.outer_count(), n, [&](int64_t first, int64_t last) {
    ShortRows<T> u(a, walk.strides[1][0], walk.strides[1][1], n);
    ShortRows<T> v(b, walk.strides[2][0], walk.strides[2][1], n);
    write_short_rows(walk, out, first, last, [&](int64_t i, int64_t count, Out* y) {
      loop(f, count * n, y, u.at(i, count), v.at(i, count));
    });
  });
}

template <typename Out, typename T>
void walk_crossed(const Walk<3>& walk, Out* out, const T* a, const T* b, const void* f,
                  BinaryLoop<Out, T> loop) {
  const int rows_axis = walk.shape.size() - 2;
  for_each_tile(walk, [&](const std::array<int64_t, 3>& at, int64_t rows, int64_t columns) {
    Crossed<T> u, v;
    u.read(a + at[1], walk.strides[1][rows_axis], walk.strides[1].back(), rows, columns);
    v.read(b + at[2], walk.strides[2][rows_axis], walk.strides[2].back(), rows, columns);
    for (int64_t i = 0; i < rows; ++i) {
      loop(f, columns, out + at[0] + i * walk.strides[0][rows_axis], u.row(i), v.row(i));
    }
  });
}

template <typename Out, typename T>
void walk_binary(const Walk<3>& walk, Out* out, const T* a, const T* b, const void* f,
                 BinaryLoop<Out, T> loop) {
  if (is_crossed(walk)) return walk_crossed(walk, out, a, b, f, loop);
  if (has_short_rows(walk)) return walk_short_rows(walk, out, a, b, f, loop);
  const auto step = walk.inner_strides();
  const bool all_dense = step[0] == 1 && step[1] == 1 && step[2] == 1;
  run(walk, [&](int64_t n, const std::array<int64_t, 3>& offset) {
    Blocks<T> u(a + offset[1], step[1], n);
    Blocks<T> v(b + offset[2], step[2], n);
    write_blocks(out + offset[0], step[0], n, all_dense,
                 [&](int64_t i, int64_t m, Out* y) { loop(f, m, y, u.at(i, m), v.at(i, m)); });
  });
}

// out = f(a)
template <typename Out, typename T, typename F>
void map_unary(const Shape& shape, Out* out, const Strides& out_strides, const T* a, const Strides& a_strides,
               F f) {
  walk_unary<Out, T>(plan<2>(shape, {out_strides, a_strides}), out, a, &f,
                     [](const void* op, int64_t n, Out* y, const T* x) {
                       ArrayMap<Out>(y, n) = (*static_cast<const F*>(op))(ConstArrayMap<T>(x, n));
                     });
}

// out = f(a, b)
template <typename Out, typename T, typename F>
void map_binary(const Shape& shape, Out* out, const Strides& out_strides, const T* a,
                const Strides& a_strides, const T* b, const Strides& b_strides, F f) {
  walk_binary<Out, T>(plan<3>(shape, {out_strides, a_strides, b_strides}), out, a, b, &f,
                      [](const void* op, int64_t n, Out* y, const T* u, const T* v) {
                        ArrayMap<Out>(y, n) =
                            (*static_cast<const F*>(op))(ConstArrayMap<T>(u, n), ConstArrayMap<T>(v, n));
                      });
}

}  // namespace lt::kernels
