#include <libtensor/tensor/kernels/argmax.h>

#include <algorithm>

#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/reduce.h>

// Two passes over a row, which is in the cache for the second: its largest element, vectorised (reduce.cpp),
// and the first that equals it, a group at a time so that the comparisons vectorise too. Threads share rows.

namespace lt::kernels {
namespace {

constexpr int64_t kSearchGroup = 64;  // four of the widest registers: few branches, little looked at twice

// NaN equals NaN here.
template <typename T>
bool equal_or_nan(T a, T b) {
  return (a == b) | ((a != a) & (b != b));
}

template <typename T>
int64_t find(const T* x, int64_t n, T wanted) {
  int64_t i = 0;
  for (; i + kSearchGroup <= n; i += kSearchGroup) {
    int found = 0;
    for (int64_t j = 0; j < kSearchGroup; ++j) found |= equal_or_nan(x[i + j], wanted) ? 1 : 0;
    if (found != 0) break;
  }
  while (i < n - 1 && !equal_or_nan(x[i], wanted)) ++i;
  return i;
}

template <typename T, typename Reduce>
void find_in_rows(const T* x, int64_t rows, int64_t n, int64_t* indices, Reduce reduce) {
  parallel_for(rows, n, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      T best;
      reduce(x + row * n, ReductionGeometry{1, 0, 1, 0, n, 1}, &best);
      indices[row] = find(x + row * n, n, best);
    }
  });
}

}  // namespace

template <typename T>
void argmax(const T* x, int64_t rows, int64_t n, int64_t* indices) {
  find_in_rows(x, rows, n, indices, amax<T>);
}

template <typename T>
void argmin(const T* x, int64_t rows, int64_t n, int64_t* indices) {
  find_in_rows(x, rows, n, indices, amin<T>);
}

#define LT_INSTANTIATE(T)                                     \
  template void argmax(const T*, int64_t, int64_t, int64_t*); \
  template void argmin(const T*, int64_t, int64_t, int64_t*);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
#undef LT_INSTANTIATE

}  // namespace lt::kernels
