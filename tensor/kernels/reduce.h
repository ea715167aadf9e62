#pragma once

// Folding many numbers into one, for many results at once. The order depends on how many numbers a result has
// and on nothing else: rows, columns, views and copies, one thread and many give the same bits.

#include <cstdint>

namespace lt::kernels {

// Where the numbers of each result lie: number j of result (o, i) is x[o * outer_step + i * inner_step + j *
// stride]. Results are dense, outer-major. n may be 0.
struct Lines {
  int64_t outer = 1, outer_step = 0;
  int64_t inner = 1, inner_step = 0;
  int64_t n = 1, stride = 1;

  int64_t results() const { return outer * inner; }
};

// T: float, double, int64_t (which wraps).
template <typename T>
void sum(const T* x, const Lines& lines, T* out);
// T: float, double. Sums of x^2, and of (x - center)^2 with one center a result.
template <typename T>
void sum_of_squares(const T* x, const Lines& lines, T* out);
template <typename T>
void sum_of_squared_deviations(const T* x, const Lines& lines, const T* center, T* out);
// T: float, double, int64_t. NaN wins; of nothing: the lowest and the highest T.
template <typename T>
void largest(const T* x, const Lines& lines, T* out);
template <typename T>
void smallest(const T* x, const Lines& lines, T* out);

void all_of(const bool* x, const Lines& lines, bool* out);
void any_of(const bool* x, const Lines& lines, bool* out);
// How many of x[0..n) are true.
int64_t count_true(const bool* x, int64_t n);

}  // namespace lt::kernels
