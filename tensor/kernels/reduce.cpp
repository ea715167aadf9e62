#include <libtensor/tensor/kernels/reduce.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <type_traits>

#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/reduce_block.h>
#include <libtensor/tensor/kernels/reduce_ops.h>
#include <libtensor/tensor/kernels/transpose.h>
#include <libtensor/tensor/kernels/workspace.h>

// The n numbers of a result are cut into blocks of 1 KiB, each of which reduce_block.h folds; the blocks are
// joined pairwise by their number, so that the error grows with the logarithm of n alone (Higham, "The
// accuracy of floating point summation", 1993). Numbers of one result that lie side by side fold as a row,
// or, where they are few, are turned to columns; where those of neighbouring results lie so, as columns.
// Anything else is packed into a buffer a block at a time. Threads share the blocks.

namespace lt::kernels {
namespace {

// Fewer columns than this are packed: their rows would not fill a register.
constexpr int64_t kMinColumns = 8;

template <typename T>
const T* start_of_line(const T* x, const Lines& lines, int64_t result) {
  if (lines.outer == 1) return x + result * lines.inner_step;
  return x + result / lines.inner * lines.outer_step + result % lines.inner * lines.inner_step;
}

// shapes: out (blocks, results)
template <typename Op, typename T>
void fold_rows(const Op& op, const T* x, const Lines& lines, int64_t blocks, T* out) {
  const int64_t results = lines.results();
  parallel_for(results * blocks, std::min(lines.n, kBlock<T>), [&](int64_t begin, int64_t end) {
    T packed[kBlock<T>];
    int64_t result = begin / blocks;
    int64_t block = begin % blocks;
    const T* line = start_of_line(x, lines, result);
    for (int64_t item = begin; item < end; ++item) {
      const int64_t n = std::min(lines.n - block * kBlock<T>, kBlock<T>);
      const T* numbers = line + block * kBlock<T> * lines.stride;
      if (lines.stride != 1) {
        for (int64_t j = 0; j < n; ++j) packed[j] = numbers[j * lines.stride];
        numbers = packed;
      }
      out[block * results + result] = fold_row_block(op, numbers, n, result);
      if (++block == blocks) {
        block = 0;
        line = start_of_line(x, lines, ++result);
      }
    }
  });
}

// shapes: out (blocks, results)
template <typename Op, typename T>
void fold_columns(const Op& op, const T* x, const Lines& lines, int64_t blocks, T* out) {
  const int64_t tiles = (lines.inner + kTile - 1) / kTile;
  const int64_t work = std::min(lines.n, kBlock<T>) * std::min(lines.inner, kTile);
  parallel_for(lines.outer * blocks * tiles, work, [&](int64_t begin, int64_t end) {
    for (int64_t item = begin; item < end; ++item) {
      const int64_t column = item % tiles * kTile;
      const int64_t block = item / tiles % blocks;
      const int64_t outer = item / tiles / blocks;
      const int64_t first = block * kBlock<T>;
      const int64_t result = outer * lines.inner + column;
      fold_column_block(op, x + outer * lines.outer_step + column + first * lines.stride, lines.stride,
                        std::min(lines.n - first, kBlock<T>), std::min(lines.inner - column, kTile), result,
                        out + block * lines.results() + result);
    }
  });
}

// The most numbers of a row that is turned, to be folded as a column beside others: its chains hold one
// number each, and folding the chains row by row would take longest. (Rows of 2 a sixth of the time, of 27 a
// half.)
constexpr int64_t kShortRow = kChains<float> - 1;

// Rows of one block each, turned. shapes: x (results, n), out (results)
template <typename Op, typename T>
void fold_short_rows(const Op& op, const T* x, int64_t row, int64_t results, int64_t n, T* out) {
  parallel_for(results, n, [&](int64_t begin, int64_t end) {
    alignas(64) T turned[kShortRow * kTile];
    for (int64_t i = begin; i < end; i += kTile) {
      const int64_t width = std::min(end - i, kTile);
      for (int64_t j = 0; j < width; j += kLanes<T>) {
        transpose_block(x + (i + j) * row, row, n, std::min<int64_t>(width - j, kLanes<T>), turned + j,
                        kTile);
      }
      fold_column_block(op, turned, kTile, n, width, i, out + i);
    }
  });
}

// Joins the blocks pairwise into the first. shapes: partial (blocks, results)
template <typename Op, typename T>
void join_blocks(const Op& op, T* partial, int64_t blocks, int64_t results) {
  parallel_for(results, blocks, [&](int64_t begin, int64_t end) {
    for (int64_t gap = 1; gap < blocks; gap *= 2) {
      for (int64_t b = 0; b + gap < blocks; b += 2 * gap) {
        T* const total = partial + b * results;
        const T* const other = total + gap * results;
        for (int64_t i = begin; i < end; ++i) op.join(total[i], other[i]);
      }
    }
  });
}

template <typename Op, typename T>
void fold(const Op& op, const T* x, const Lines& lines, T* out) {
  const int64_t results = lines.results();
  if constexpr (std::is_floating_point_v<T>) {
    const bool short_rows = lines.stride == 1 && lines.n > 1 && lines.n <= kShortRow && lines.outer == 1;
    if (short_rows && results >= kLanes<T>) {
      return fold_short_rows(op, x, lines.inner_step, results, lines.n, out);
    }
  }
  const int64_t blocks = std::max<int64_t>((lines.n + kBlock<T> - 1) / kBlock<T>, 1);
  T* const first = blocks == 1 ? out : workspace<T>(Workspace::kPartialSums, blocks * results);
  const bool apart = lines.stride != 1 || lines.n == 1;  // the numbers of a result are no row
  const bool columns = apart && lines.inner_step == 1 && lines.inner >= kMinColumns && lines.n > 0;
  if (columns) {
    fold_columns(op, x, lines, blocks, first);
  } else {
    fold_rows(op, x, lines, blocks, first);
  }
  if (blocks == 1) return;
  join_blocks(op, first, blocks, results);
  std::copy_n(first, results, out);
}

}  // namespace

template <typename T>
void sum(const T* x, const Lines& lines, T* out) {
  if constexpr (std::is_integral_v<T>) {  // unsigned arithmetic is the one that may wrap
    using U = std::make_unsigned_t<T>;
    fold(Sum<U>(), reinterpret_cast<const U*>(x), lines, reinterpret_cast<U*>(out));
  } else {
    fold(Sum<T>(), x, lines, out);
  }
}

template <typename T>
void sum_of_squares(const T* x, const Lines& lines, T* out) {
  fold(SumOfSquares<T>(), x, lines, out);
}

template <typename T>
void sum_of_squared_deviations(const T* x, const Lines& lines, const T* center, T* out) {
  fold(SumOfSquaredDeviations<T>(center), x, lines, out);
}

template <typename T>
void largest(const T* x, const Lines& lines, T* out) {
  fold(Extreme<T, true>(), x, lines, out);
}

template <typename T>
void smallest(const T* x, const Lines& lines, T* out) {
  fold(Extreme<T, false>(), x, lines, out);
}

// bool is a byte that is 0 or 1, and bytes may be read through uint8_t.
void all_of(const bool* x, const Lines& lines, bool* out) {
  fold(Truth<true>(), reinterpret_cast<const uint8_t*>(x), lines, reinterpret_cast<uint8_t*>(out));
}

void any_of(const bool* x, const Lines& lines, bool* out) {
  fold(Truth<false>(), reinterpret_cast<const uint8_t*>(x), lines, reinterpret_cast<uint8_t*>(out));
}

int64_t count_true(const bool* x, int64_t n) {
  const auto* const bytes = reinterpret_cast<const uint8_t*>(x);
  std::atomic<int64_t> total{0};  // whole numbers: any order gives the same sum
  parallel_for(n, 1, [&](int64_t begin, int64_t end) {
    total += std::accumulate(bytes + begin, bytes + end, int64_t{0});
  });
  return total;
}

#define LT_INSTANTIATE(T)                            \
  template void sum(const T*, const Lines&, T*);     \
  template void largest(const T*, const Lines&, T*); \
  template void smallest(const T*, const Lines&, T*);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
#undef LT_INSTANTIATE
template void sum_of_squares(const float*, const Lines&, float*);
template void sum_of_squares(const double*, const Lines&, double*);
template void sum_of_squared_deviations(const float*, const Lines&, const float*, float*);
template void sum_of_squared_deviations(const double*, const Lines&, const double*, double*);

}  // namespace lt::kernels
