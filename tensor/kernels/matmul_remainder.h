#pragma once

// The remainder of C's columns beyond whole vectors, where it is so narrow that a tile would leave most of
// its lanes empty: by vectors along the rows.
//
//   for each two vectors of rows
//     for each row of B, or four of them:  sums += columns of A * broadcast numbers of B     in registers
//     transpose the sums into rows of C
//
// The columns of a plain A are transposed in registers, those of a transposed one are vectors as they lie. As
// many rows and columns are always computed; where there are fewer, some twice, to the same bits.

#include <algorithm>

#include <libtensor/tensor/kernels/matmul_blocking.h>
#include <libtensor/tensor/kernels/transpose.h>

namespace lt::kernels {

// Two vectors of each column: eight sums keep the multiply-adds busy.
inline constexpr int kRemainderVectors = 2;

// Columns that are computed at once: a 128-bit lane of them; of more, beside a transposed A, half a vector.
template <typename T>
constexpr int remainder_width(int64_t columns) {
  return columns <= kLane128<T> ? kLane128<T> : std::max(kLane128<T>, kLanes<T> / 2);
}

// How many of C's last columns are worth it, all beyond whole vectors or none: where a quarter of the vectors
// of sums is saved, by one thread, and A, which is read once more, lies in L2; and where k is one block, so
// that all of C is summed in one order.
template <typename T>
int64_t remainder_columns(const Gemm<T>& x) {
  const int64_t columns = x.n() % kLanes<T>;
  const bool transposed = x.a.row_stride == 1;
  if (columns == 0 || columns > kLanes<T> / (transposed ? 2 : 4) || x.n() < kLanes<T>) return 0;
  const bool fits = transposed ? x.m() >= kLanes<T>
                               : x.a.column_stride == 1 && x.m() >= kRemainderVectors * kLanes<T> &&
                                     x.k() % kLane128<T> == 0;
  const int64_t sums =
      divide_up(x.m(), kRemainderVectors * kLanes<T>) * kRemainderVectors * remainder_width<T>(columns);
  return fits && sums * 4 <= x.m() * 3 && x.k() <= kKc<T> && !x.bias &&
                 bytes<T>(x.m(), x.k()) <= block_of_a_bytes() && chunks_for(x.work(), 1) == 1
             ? columns
             : 0;
}

// `Step` columns of A from a on, a vector of each.
template <typename T, int Step>
[[gnu::always_inline]] inline void load_columns(const T* a, const MatrixRef<T>& layout, Vec<T>* columns) {
  if constexpr (Step == 1) {
    columns[0] = load(a);
  } else {
    const int64_t stride = layout.row_stride;
    unroll<Step>([&](auto i) __attribute__((always_inline)) {
      columns[i] = load_lanes128<T, kLanes<T>, 0>([&](int first) { return a + (first + i) * stride; });
    });
    transpose_lanes128<T>(columns);
  }
}

// The last `Columns` columns of two vectors of rows, from row i on and from `second` rows below it. Step (of
// k): 1 of a transposed A, or kLane128.
template <typename T, int Step, int Columns>
void multiply_remainder_rows(const Gemm<T>& x, int64_t i, int64_t second) {
  constexpr int kGroup = kLane128<T>;
  const int64_t j = x.n() - Columns;
  Vec<T> sum[kRemainderVectors][Columns] = {};
  for (int64_t p = 0; p < x.k(); p += Step) {
    unroll<kRemainderVectors>([&](auto v) __attribute__((always_inline)) {
      Vec<T> a[Step];
      load_columns<T, Step>(x.a.at(i + v * second, p), x.a, a);
      unroll<Step>([&](auto s) __attribute__((always_inline)) {
        unroll<Columns>([&](auto c) { sum[v][c] += a[s] * broadcast(*x.b.at(p + s, j + c)); });
      });
    });
  }
  unroll<kRemainderVectors>([&](auto v) __attribute__((always_inline)) {
    unroll<Columns / kGroup>([&](auto g) __attribute__((always_inline)) {
      Vec<T>* const group = sum[v] + g * kGroup;
      transpose_lanes128<T>(group);  // number c of lane q of group[r] is column c of row q * kGroup + r
      unroll<kGroup>([&](auto r) {
        T lanes[kLanes<T>];
        store(lanes, group[r]);
        for (int q = 0; q < kLanes<T> / kGroup; ++q) {
          T* const row = x.c + (i + v * second + q * kGroup + r) * x.c_row_stride + j;
          std::copy_n(lanes + q * kGroup, kGroup, row + g * kGroup);
        }
      });
    });
  });
}

template <typename T, int Step, int Columns>
void multiply_remainder_columns(const Gemm<T>& x) {
  constexpr int64_t kRemainderRows = kRemainderVectors * kLanes<T>;
  const int64_t second = std::min<int64_t>(kLanes<T>, x.m() - kLanes<T>);
  for (int64_t end = 0; end < x.m();) {
    end = std::min(end + kRemainderRows, x.m());
    multiply_remainder_rows<T, Step, Columns>(x, std::max<int64_t>(end - kRemainderRows, 0), second);
  }
}

// The last `columns` columns of C, as remainder_columns says.
template <typename T>
void multiply_remainder(const Gemm<T>& x, int64_t columns) {
  constexpr int kFew = remainder_width<T>(1);
  constexpr int kMore = remainder_width<T>(kLanes<T> / 2);
  if (x.a.row_stride != 1) return multiply_remainder_columns<T, kLane128<T>, kFew>(x);
  columns <= kFew ? multiply_remainder_columns<T, 1, kFew>(x) : multiply_remainder_columns<T, 1, kMore>(x);
}

}  // namespace lt::kernels
