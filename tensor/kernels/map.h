#pragma once

// A function of a vector, over an array.

#include <cstdint>

#include <libtensor/tensor/kernels/simd.h>

namespace lt::kernels {

// y[i] = f(x[i]) for n elements, a vector at a time; y may be x. Not inlined: in a function that has
// something to destroy, GCC takes an intrinsic for a call that may throw, and fuses no product with a sum
// across it: slower, and other bits than elsewhere.
template <typename T, typename F>
[[gnu::noinline]] void map(const T* x, T* y, int64_t n, F f) {
  // Where f is long, the processor comes by too few loads and stores to keep memory busy: fetching ahead
  // takes 5 % off exp and 9 % off tanh over 4 MB, and more where these lie on small pages.
  constexpr int64_t kAhead = 2048 / sizeof(T);
  int64_t i = 0;
  for (; i + kLanes<T> <= n; i += kLanes<T>) {
    __builtin_prefetch(x + i + kAhead);
    __builtin_prefetch(y + i + kAhead, 1);
    store(y + i, f(load(x + i)));
  }
  const Tail<T> tail(n - i);
  if (i < n) tail.store(y + i, f(tail.load(x + i)));
}

}  // namespace lt::kernels
