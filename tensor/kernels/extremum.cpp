#include <libtensor/tensor/kernels/extremum.h>

#include <algorithm>

#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/reduce.h>

// Two passes over a row that is then in the cache: its extreme, vectorised (reduce.cpp), and the first number
// equal to it, a group at a time so that the comparisons vectorise too. Threads share the rows.

namespace lt::kernels {
namespace {

constexpr int64_t kGroup = 64;  // four of the widest registers: few branches, little looked at twice

// NaN equals NaN here.
template <typename T>
bool same(T a, T b) {
  return (a == b) | ((a != a) & (b != b));
}

template <typename T>
int64_t first_place(const T* x, int64_t n, T wanted) {
  int64_t i = 0;
  for (; i + kGroup <= n; i += kGroup) {
    int found = 0;
    for (int64_t j = 0; j < kGroup; ++j) found |= same(x[i + j], wanted) ? 1 : 0;
    if (found != 0) break;
  }
  while (i < n - 1 && !same(x[i], wanted)) ++i;
  return i;
}

template <typename T, typename Extreme>
void find(const T* x, int64_t rows, int64_t n, int64_t* places, Extreme extreme) {
  parallel_for(rows, n, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      T best;
      extreme(x + row * n, Lines{1, 0, 1, 0, n, 1}, &best);
      places[row] = first_place(x + row * n, n, best);
    }
  });
}

}  // namespace

template <typename T>
void find_largest(const T* x, int64_t rows, int64_t n, int64_t* places) {
  find(x, rows, n, places, largest<T>);
}

template <typename T>
void find_smallest(const T* x, int64_t rows, int64_t n, int64_t* places) {
  find(x, rows, n, places, smallest<T>);
}

#define LT_INSTANTIATE(T)                                           \
  template void find_largest(const T*, int64_t, int64_t, int64_t*); \
  template void find_smallest(const T*, int64_t, int64_t, int64_t*);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
#undef LT_INSTANTIATE

}  // namespace lt::kernels
