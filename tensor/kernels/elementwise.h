#pragma once

// Elementwise ops. Each is written once, over Eigen arrays:
//   [](const auto& a, const auto& b) { return a + b; }
// Its loop runs over rows that are contiguous: the blocks of tensor_iterator.h where they lie, or gathered
// into a staging buffer (and the result scattered from one). A broadcast element is an Eigen constant.

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/tensor_iterator.h>
#include <libtensor/tensor/kernels/transpose.h>

namespace lt::kernels {

template <typename T>
using ArrayMap = Eigen::Map<Eigen::Array<T, Eigen::Dynamic, 1>>;
template <typename T>
using ConstArrayMap = Eigen::Map<const Eigen::Array<T, Eigen::Dynamic, 1>>;

// What modular arithmetic computes in: integers as unsigned, so that overflow is defined,
// and wraps as PyTorch's.
template <typename T>
using ModularOf = std::conditional_t<std::is_same_v<T, int64_t>, uint64_t, T>;
template <typename T>
ModularOf<T>* as_unsigned(T* x) {
  return reinterpret_cast<ModularOf<T>*>(x);
}
template <typename T>
const ModularOf<T>* as_unsigned(const T* x) {
  return reinterpret_cast<const ModularOf<T>*>(x);
}

// ---------------------------------------------------------------- operands of a block

// A row of an operand: n contiguous elements, or one that stands for n.
template <typename T>
struct RowOperand {
  const T* data;
  bool is_scalar;

  ConstArrayMap<T> array(int64_t n) const { return {data, n}; }
  auto constant(int64_t n) const { return Eigen::Array<T, Eigen::Dynamic, 1>::Constant(n, *data); }
};

// An operand that is read: its block's rows where they lie, or gathered in the buffer.
template <typename T>
class StagedInput {
 public:
  explicit StagedInput(const BlockLayout& layout)
      : layout_(layout), direct_(layout.in_place || layout.is_scalar) {}

  // Goes to the block that begins at x.
  void load(const T* x, int64_t rows, int64_t columns) {
    const bool is_here =
        x == x_ && rows == rows_ && columns == columns_;  // as a broadcast row again and again
    x_ = x;
    rows_ = rows;
    columns_ = columns;
    if (!direct_ && !is_here) layout_.is_transposed ? transpose() : gather();
  }

  RowOperand<T> row(int64_t i) const {
    if (direct_) return {x_ + i * layout_.row, layout_.is_scalar};
    return {buffer_ + i * layout_.width, false};
  }

 private:
  void gather() {
    const int64_t columns = columns_;
    const int64_t step = layout_.column;
    for (int64_t i = 0; i < rows_; ++i) {
      const T* from = x_ + i * layout_.row;
      T* to = buffer_ + i * layout_.width;
      if (step == 0) {  // a few too many, which the next row writes over
        for (int64_t j = 0; j < columns; j += kSpill) std::fill_n(to + j, kSpill, *from);
      } else {
        copy_strided(from, step, columns, to);
      }
    }
  }

  void transpose() {
    if constexpr (sizeof(T) == sizeof(float) || sizeof(T) == sizeof(double)) {
      using Number = std::conditional_t<sizeof(T) == sizeof(float), float, double>;  // moves T by its size
      prefetch_next();
      for (int64_t j = 0; j < columns_; j += kLanes<Number>) {
        transpose_block(reinterpret_cast<const Number*>(x_ + j * layout_.column), layout_.column, rows_,
                        std::min<int64_t>(columns_ - j, kLanes<Number>),
                        reinterpret_cast<Number*>(buffer_ + j), kTransposedColumns);
      }
    } else {
      gather();
    }
  }

  // Eight loads, then eight stores: as nothing is known of overlaps, the compiler then stores one vector.
  static void copy_strided(const T* from, int64_t step, int64_t n, T* to) {
    constexpr int kGatherTogether = 8;
    int64_t j = 0;
    for (; j + kGatherTogether <= n; j += kGatherTogether) {
      T part[kGatherTogether];
      unroll<kGatherTogether>([&](auto k) { part[k] = from[(j + k) * step]; });
      std::copy_n(part, kGatherTogether, to + j);
    }
    for (; j < n; ++j) to[j] = from[j * step];
  }

  // The next block's lines: each is in another row of the operand, which the processor does not foresee.
  void prefetch_next() const {
    const T* next = x_ + kTransposedColumns * layout_.column;
    for (int64_t j = 0; j < columns_; ++j) {
      for (int64_t i = 0; i < rows_; i += kCacheLine<T>)
        __builtin_prefetch(next + j * layout_.column + i, 0, 2);
    }
  }

  static constexpr int64_t kSpill = 16;
  const BlockLayout layout_;
  const bool direct_;
  const T* x_ = nullptr;
  int64_t rows_ = 0, columns_ = 0;
  alignas(64) T buffer_[kStagingSize + kSpill];
};

// The operand that is written: its block's rows where they lie, or in the buffer, to be scattered.
template <typename T>
class StagedOutput {
 public:
  explicit StagedOutput(const BlockLayout& layout) : layout_(layout) {}

  T* row(T* x, int64_t i) { return layout_.in_place ? x + i * layout_.row : buffer_ + i * layout_.width; }

  // Writes the block that begins at x, when its rows have been computed.
  void store(T* x, int64_t rows, int64_t columns) const {
    if (layout_.in_place) return;
    for (int64_t i = 0; i < rows; ++i) {
      const T* from = buffer_ + i * layout_.width;
      T* to = x + i * layout_.row;
      for (int64_t j = 0; j < columns; ++j) to[j * layout_.column] = from[j];
    }
  }

 private:
  const BlockLayout layout_;
  alignas(64) T buffer_[kStagingSize];
};

// ---------------------------------------------------------------- loops

// The loop that is compiled for each op: a row of n elements, out = f(in...).
template <typename Out, typename... In>
using Loop = void (*)(const void* f, int64_t n, Out* out, RowOperand<In>... in);

template <typename Out, typename... In, size_t... K>
void run_blocks(const BlockGrid<sizeof...(In) + 1>& grid, const void* f, Loop<Out, In...> loop,
                std::index_sequence<K...>, Out* out, const In*... in) {
  parallel_for(grid.blocks.size(), grid.block_rows * grid.block_columns, [&](int64_t first, int64_t last) {
    const auto run = [&](StagedOutput<Out>&& y, StagedInput<In>&&... x) {
      grid.blocks.for_each(first, last, [&](const auto& index, const auto& offset) {
        const auto [rows, columns] = grid.sizes_at(index);
        (x.load(in + offset[K + 1], rows, columns), ...);
        const bool flat = grid.layouts[0].flat;
        for (int64_t i = 0; i < (flat ? 1 : rows); ++i) {
          loop(f, flat ? rows * columns : columns, y.row(out + offset[0], i), x.row(i)...);
        }
        y.store(out + offset[0], rows, columns);
      });
    };
    run(StagedOutput<Out>(grid.layouts[0]), StagedInput<In>(grid.layouts[K + 1])...);
  });
}

// out = f(in...) by a loop that is compiled for f. Strides are out's, then those of each operand.
template <typename Out, typename... In>
void apply(const Shape& shape, const std::array<Strides, sizeof...(In) + 1>& strides, const void* f,
           std::type_identity_t<Loop<Out, In...>> loop, bool takes_scalars, Out* out, const In*... in) {
  const int64_t n = numel(shape);
  if (n == 0) return;
  if (n == 1) return loop(f, 1, out, RowOperand<In>{in, false}...);  // as in graphs of single numbers
  run_blocks(make_block_grid(shape, strides, takes_scalars), f, loop, std::index_sequence_for<In...>(), out,
             in...);
}

// out = f(a)
template <typename Out, typename T, typename F>
void map_unary(const Shape& shape, Out* out, const Strides& out_strides, const T* a, const Strides& a_strides,
               F f) {
  const auto loop = [](const void* op, int64_t n, Out* y, RowOperand<T> x) {
    ArrayMap<Out>(y, n) = (*static_cast<const F*>(op))(x.array(n));
  };
  apply<Out, T>(shape, {out_strides, a_strides}, &f, loop, false, out, a);
}

template <typename Out, typename T, typename F>
void binary_loop(const void* op, int64_t n, Out* y, RowOperand<T> a, RowOperand<T> b) {
  const F& f = *static_cast<const F*>(op);
  if (a.is_scalar && b.is_scalar) {
    binary_loop<Out, T, F>(op, 1, y, {a.data, false}, {b.data, false});
    std::fill_n(y + 1, n - 1, *y);
  } else if (a.is_scalar) {
    ArrayMap<Out>(y, n) = f(a.constant(n), b.array(n));
  } else if (b.is_scalar) {
    ArrayMap<Out>(y, n) = f(a.array(n), b.constant(n));
  } else {
    ArrayMap<Out>(y, n) = f(a.array(n), b.array(n));
  }
}

// out = f(a, b)
template <typename Out, typename T, typename F>
void map_binary(const Shape& shape, Out* out, const Strides& out_strides, const T* a,
                const Strides& a_strides, const T* b, const Strides& b_strides, F f,
                bool takes_scalars = true) {
  apply<Out, T, T>(shape, {out_strides, a_strides, b_strides}, &f, binary_loop<Out, T, F>, takes_scalars, out,
                   a, b);
}

}  // namespace lt::kernels
