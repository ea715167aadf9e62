#pragma once

// SIMD through the vector types of GCC and Clang: one source for SSE2, AVX, AVX-512 and NEON. A Vec<T> fills
// one register of the instruction set that the file is compiled for; arithmetic and comparisons are written
// with operators and `mask ? a : b`.

#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#if defined(__AVX__)
#include <immintrin.h>
#endif

namespace lt::kernels {

#if defined(__AVX512F__)
inline constexpr int kVectorBytes = 64;
#elif defined(__AVX__)
inline constexpr int kVectorBytes = 32;
#else
inline constexpr int kVectorBytes = 16;
#endif

template <typename T>
struct VectorOf {
  using type [[gnu::vector_size(kVectorBytes)]] = T;
};
template <typename T>
using Vec = typename VectorOf<T>::type;

// How many T a vector holds.
template <typename T>
inline constexpr int kLanes = kVectorBytes / static_cast<int>(sizeof(T));

// The integer as wide as T: what comparing two Vec<T> gives in each lane (0 or -1).
template <typename T>
struct IntOf;
template <>
struct IntOf<float> {
  using type = int32_t;
};
template <>
struct IntOf<double> {
  using type = int64_t;
};
template <typename T>
using IntVec = Vec<typename IntOf<T>::type>;

template <typename T>
inline Vec<T> broadcast(T x) {
  return x - Vec<T>{};  // keeps the sign of zero, which adding would lose
}

template <typename T>
inline Vec<T> load(const T* p) {
  Vec<T> v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

template <typename T>
inline void store(T* p, Vec<T> v) {
  std::memcpy(p, &v, sizeof v);
}

// {0, 1, 2, ...}
template <typename T>
inline IntVec<T> lane_numbers() {
  return []<size_t... I>(std::index_sequence<I...>) {
    return IntVec<T>{static_cast<typename IntOf<T>::type>(I)...};
  }
  (std::make_index_sequence<kLanes<T>>());
}

// The larger or smaller lane by lane, and b where either is NaN. GCC makes a comparison and a blend of the
// plain expression; the instruction that means exactly this takes a tenth off exp. (The maskz forms, with
// every lane chosen, spare GCC 12 its false warnings about the plain ones.)
template <typename V>
inline V max(V a, V b) {
#if defined(__AVX512F__)
  if constexpr (std::is_same_v<V, Vec<float>>) return (V)_mm512_maskz_max_ps(0xffff, (__m512)a, (__m512)b);
#endif
  return a > b ? a : b;
}
template <typename V>
inline V min(V a, V b) {
#if defined(__AVX512F__)
  if constexpr (std::is_same_v<V, Vec<float>>) return (V)_mm512_maskz_min_ps(0xffff, (__m512)a, (__m512)b);
#endif
  return a < b ? a : b;
}

inline IntVec<float> bits(Vec<float> x) { return (IntVec<float>)x; }

// x * 2^n, rounded once, for whole |n| <= 250 and 1/2 <= |x| <= 2; NaN where either is.
inline Vec<float> scale_by_power(Vec<float> x, Vec<float> n) {
#if defined(__AVX512F__)
  return (Vec<float>)_mm512_maskz_scalef_ps(0xffff, (__m512)x, (__m512)n);
#else
  // Adding 1.5 * 2^23 puts the whole number into the low bits, also of a NaN, which converting would not
  // allow. The power is built in the exponent, in halves that are normal numbers; the second product rounds.
  const Vec<float> shift = broadcast(0x1.8p23F);
  const IntVec<float> whole = bits(n + shift) - bits(shift);
  const IntVec<float> half = whole >> 1;
  return x * (Vec<float>)((half + 127) << 23) * (Vec<float>)((whole - half + 127) << 23);
#endif
}

// Calls f(std::integral_constant<int, 0>) to f(std::integral_constant<int, N - 1>): a loop that is unrolled
// whatever the compiler thinks of its length, so that arrays of vectors stay in registers. Under sanitizers
// it is a loop over plain numbers below `count`, since instrumenting each of the product's thousands of
// bodies takes minutes; so f must not need its argument to be a constant. Elsewhere `count` must be N, and is
// not read.
#if defined(LIBTENSOR_SANITIZED)
inline constexpr bool kUnrolled = false;
template <int N, typename F>
[[gnu::always_inline, gnu::flatten]] inline void unroll(int count, F&& f) {
  for (int i = 0; i < count; ++i) f(i);
}
#else
inline constexpr bool kUnrolled = true;
template <int N, typename F>
[[gnu::always_inline]] inline void unroll(int, F&& f) {
  [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
    (f(std::integral_constant<int, I>()), ...);
  }
  (std::make_integer_sequence<int, N>());
}
#endif
template <int N, typename F>
[[gnu::always_inline]] inline void unroll(F&& f) {
  unroll<N>(N, std::forward<F>(f));
}

}  // namespace lt::kernels
