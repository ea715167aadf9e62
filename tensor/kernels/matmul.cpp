#include "tensor/kernels/matmul.h"

#include <algorithm>
#include <type_traits>

#include "tensor/kernels/parallel.h"

// Plain loops: a row of c is a sum of rows of b. Threads share the rows of c.

namespace lt::kernels {

template <typename T>
void matmul(const T* a, int64_t a_row, int64_t a_col, const T* b, int64_t b_row, int64_t b_col, T* c,
            int64_t c_row, int64_t m, int64_t n, int64_t k) {
  using Sum = std::conditional_t<std::is_integral_v<T>, uint64_t, T>;  // unsigned may wrap
  parallel_for(m, n * k, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      T* const out = c + i * c_row;
      std::fill_n(out, n, T{});
      for (int64_t p = 0; p < k; ++p) {
        const auto x = static_cast<Sum>(a[i * a_row + p * a_col]);
        for (int64_t j = 0; j < n; ++j) {
          out[j] = static_cast<T>(static_cast<Sum>(out[j]) + x * static_cast<Sum>(b[p * b_row + j * b_col]));
        }
      }
    }
  });
}

template void matmul(const float*, int64_t, int64_t, const float*, int64_t, int64_t, float*, int64_t, int64_t,
                     int64_t, int64_t);
template void matmul(const double*, int64_t, int64_t, const double*, int64_t, int64_t, double*, int64_t,
                     int64_t, int64_t, int64_t);
template void matmul(const int64_t*, int64_t, int64_t, const int64_t*, int64_t, int64_t, int64_t*, int64_t,
                     int64_t, int64_t, int64_t);

}  // namespace lt::kernels
