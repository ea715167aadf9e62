#include <libtensor/tensor/kernels/reduce.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <type_traits>

#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/reduce_block.h>
#include <libtensor/tensor/kernels/transpose.h>
#include <libtensor/tensor/kernels/workspace.h>

// The n elements of a result are divided into blocks (reduce_block.h), whose results are combined pairwise by
// their number, so that the error grows with the logarithm of n alone (Higham, "The accuracy of floating
// point summation", 1993). Contiguous elements of one result are reduced as a row, or, where they are few,
// transposed to columns; where those of neighbouring results are contiguous, as columns. Anything else is
// gathered into a buffer, a block at a time. Threads share the blocks.

namespace lt::kernels {
namespace {

// Fewer columns than this are gathered: their rows would not fill a register.
constexpr int64_t kMinColumns = 8;

template <typename T>
const T* first_element(const T* x, const ReductionGeometry& geometry, int64_t result) {
  if (geometry.outer == 1) return x + result * geometry.inner_stride;
  return x + result / geometry.inner * geometry.outer_stride +
         result % geometry.inner * geometry.inner_stride;
}

// shapes: out (blocks, results)
template <typename Op, typename T>
void reduce_rows(const Op& op, const T* x, const ReductionGeometry& geometry, int64_t blocks, T* out) {
  const int64_t results = geometry.results();
  parallel_for(results * blocks, std::min(geometry.n, kReduceBlock<Op, T>), [&](int64_t begin, int64_t end) {
    T gathered[kReduceBlock<Op, T>];
    int64_t result = begin / blocks;
    int64_t block = begin % blocks;
    const T* line = first_element(x, geometry, result);
    for (int64_t item = begin; item < end; ++item) {
      const int64_t n = std::min(geometry.n - block * kReduceBlock<Op, T>, kReduceBlock<Op, T>);
      const T* elements = line + block * kReduceBlock<Op, T> * geometry.stride;
      if (geometry.stride != 1) {
        for (int64_t j = 0; j < n; ++j) gathered[j] = elements[j * geometry.stride];
        elements = gathered;
      }
      out[block * results + result] = reduce_row_block(op, elements, n, result);
      if (++block == blocks) {
        block = 0;
        line = first_element(x, geometry, ++result);
      }
    }
  });
}

// shapes: out (blocks, results)
template <typename Op, typename T>
void reduce_columns(const Op& op, const T* x, const ReductionGeometry& geometry, int64_t blocks, T* out) {
  const int64_t tiles = (geometry.inner + kColumnTile - 1) / kColumnTile;
  const int64_t work = std::min(geometry.n, kReduceBlock<Op, T>) * std::min(geometry.inner, kColumnTile);
  parallel_for(geometry.outer * blocks * tiles, work, [&](int64_t begin, int64_t end) {
    for (int64_t item = begin; item < end; ++item) {
      const int64_t column = item % tiles * kColumnTile;
      const int64_t block = item / tiles % blocks;
      const int64_t outer = item / tiles / blocks;
      const int64_t first = block * kReduceBlock<Op, T>;
      const int64_t result = outer * geometry.inner + column;
      reduce_column_block(op, x + outer * geometry.outer_stride + column + first * geometry.stride,
                          geometry.stride, std::min(geometry.n - first, kReduceBlock<Op, T>),
                          std::min(geometry.inner - column, kColumnTile), result,
                          out + block * geometry.results() + result);
    }
  });
}

// The most elements of a row that is transposed, to be reduced as a column beside others: in a row of floats
// each accumulator would hold one at most, and combining them would take longest.
constexpr int64_t kShortRow = kAccumulators<float> - 1;

// Rows of one block each, transposed. shapes: x (results, n), out (results)
template <typename Op, typename T>
void reduce_short_rows(const Op& op, const T* x, int64_t row, int64_t results, int64_t n, T* out) {
  parallel_for(results, n, [&](int64_t begin, int64_t end) {
    alignas(64) T transposed[kShortRow * kColumnTile];
    for (int64_t i = begin; i < end; i += kColumnTile) {
      const int64_t width = std::min(end - i, kColumnTile);
      for (int64_t j = 0; j < width; j += kLanes<T>) {
        transpose_block(x + (i + j) * row, row, n, std::min<int64_t>(width - j, kLanes<T>), transposed + j,
                        kColumnTile);
      }
      reduce_column_block(op, transposed, kColumnTile, n, width, i, out + i);
    }
  });
}

// Combines the blocks pairwise into the first. shapes: partial (blocks, results)
template <typename Op, typename T>
void combine_blocks(T* partial, int64_t blocks, int64_t results) {
  parallel_for(results, blocks, [&](int64_t begin, int64_t end) {
    for (int64_t gap = 1; gap < blocks; gap *= 2) {
      for (int64_t b = 0; b + gap < blocks; b += 2 * gap) {
        T* const total = partial + b * results;
        const T* const other = total + gap * results;
        for (int64_t i = begin; i < end; ++i) total[i] = Op::combine(total[i], other[i]);
      }
    }
  });
}

template <typename Op, typename T>
void reduce_each_result(const Op& op, const T* x, const ReductionGeometry& geometry, T* out) {
  const int64_t results = geometry.results();
  if constexpr (std::is_floating_point_v<T>) {
    const bool short_rows =
        geometry.stride == 1 && geometry.n > 1 && geometry.n <= kShortRow && geometry.outer == 1;
    if (short_rows && results >= kLanes<T>) {
      return reduce_short_rows(op, x, geometry.inner_stride, results, geometry.n, out);
    }
  }
  const int64_t blocks = std::max<int64_t>((geometry.n + kReduceBlock<Op, T> - 1) / kReduceBlock<Op, T>, 1);
  T* const first = blocks == 1 ? out : workspace<T>(Workspace::kPartialSums, blocks * results);
  const bool apart = geometry.stride != 1 || geometry.n == 1;  // the elements of a result are no row
  const bool columns = apart && geometry.inner_stride == 1 && geometry.inner >= kMinColumns && geometry.n > 0;
  if (columns) {
    reduce_columns(op, x, geometry, blocks, first);
  } else {
    reduce_rows(op, x, geometry, blocks, first);
  }
  if (blocks == 1) return;
  combine_blocks<Op>(first, blocks, results);
  std::copy_n(first, results, out);
}

}  // namespace

template <typename T>
void sum(const T* x, const ReductionGeometry& geometry, T* out) {
  if constexpr (std::is_integral_v<T>) {  // unsigned arithmetic is the one that may wrap
    using U = std::make_unsigned_t<T>;
    reduce_each_result(Sum<U>(), reinterpret_cast<const U*>(x), geometry, reinterpret_cast<U*>(out));
  } else {
    reduce_each_result(Sum<T>(), x, geometry, out);
  }
}

template <typename T>
void sum_of_squares(const T* x, const ReductionGeometry& geometry, T* out) {
  reduce_each_result(SumOfSquares<T>(), x, geometry, out);
}

template <typename T>
void sum_of_squared_deviations(const T* x, const ReductionGeometry& geometry, const T* center, T* out) {
  reduce_each_result(SumOfSquaredDeviations<T>(center), x, geometry, out);
}

template <typename T>
void amax(const T* x, const ReductionGeometry& geometry, T* out) {
  reduce_each_result(MinMax<T, true>(), x, geometry, out);
}

template <typename T>
void amin(const T* x, const ReductionGeometry& geometry, T* out) {
  reduce_each_result(MinMax<T, false>(), x, geometry, out);
}

// bool is a byte that is 0 or 1, and bytes may be read through uint8_t.
void all(const bool* x, const ReductionGeometry& geometry, bool* out) {
  reduce_each_result(AllOrAny<true>(), reinterpret_cast<const uint8_t*>(x), geometry,
                     reinterpret_cast<uint8_t*>(out));
}

void any(const bool* x, const ReductionGeometry& geometry, bool* out) {
  reduce_each_result(AllOrAny<false>(), reinterpret_cast<const uint8_t*>(x), geometry,
                     reinterpret_cast<uint8_t*>(out));
}

int64_t count_nonzero(const bool* x, int64_t n) {
  const auto* const bytes = reinterpret_cast<const uint8_t*>(x);
  std::atomic<int64_t> total{0};  // whole elements: any order gives the same sum
  parallel_for(n, 1, [&](int64_t begin, int64_t end) {
    total += std::accumulate(bytes + begin, bytes + end, int64_t{0});
  });
  return total;
}

#define LT_INSTANTIATE(T)                                     \
  template void sum(const T*, const ReductionGeometry&, T*);  \
  template void amax(const T*, const ReductionGeometry&, T*); \
  template void amin(const T*, const ReductionGeometry&, T*);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
#undef LT_INSTANTIATE
template void sum_of_squares(const float*, const ReductionGeometry&, float*);
template void sum_of_squares(const double*, const ReductionGeometry&, double*);
template void sum_of_squared_deviations(const float*, const ReductionGeometry&, const float*, float*);
template void sum_of_squared_deviations(const double*, const ReductionGeometry&, const double*, double*);

}  // namespace lt::kernels
