#pragma once

// Reductions of many elements to one, for many results at once. The order depends on how many elements a
// result has and on nothing else: rows, columns, views and copies, one thread and many give the same bits.

#include <cstdint>

namespace lt::kernels {

// Where the elements of each result are: element j of result (o, i) is x[o * outer_stride + i * inner_stride
// + j * stride]. Results are contiguous, outer-major. n may be 0.
struct ReductionGeometry {
  int64_t outer = 1, outer_stride = 0;
  int64_t inner = 1, inner_stride = 0;
  int64_t n = 1, stride = 1;

  int64_t results() const { return outer * inner; }
};

// T: float, double, int64_t (which wraps).
template <typename T>
void sum(const T* x, const ReductionGeometry& geometry, T* out);
// T: float, double. Sums of x^2, and of (x - center)^2 with one center a result.
template <typename T>
void sum_of_squares(const T* x, const ReductionGeometry& geometry, T* out);
template <typename T>
void sum_of_squared_deviations(const T* x, const ReductionGeometry& geometry, const T* center, T* out);
// T: float, double, int64_t. NaN wins; of nothing: the lowest and the highest T.
template <typename T>
void amax(const T* x, const ReductionGeometry& geometry, T* out);
template <typename T>
void amin(const T* x, const ReductionGeometry& geometry, T* out);

void all(const bool* x, const ReductionGeometry& geometry, bool* out);
void any(const bool* x, const ReductionGeometry& geometry, bool* out);
// How many of x[0..n) are true.
int64_t count_nonzero(const bool* x, int64_t n);

}  // namespace lt::kernels
