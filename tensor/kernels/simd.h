#pragma once

// SIMD through the vector types of GCC and Clang: one source for SSE2, AVX, AVX-512 and NEON. A Vec<T> fills
// one register of the instruction set that the file is compiled for; arithmetic and comparisons are written
// with operators and `mask ? a : b`. Then masked tails (the end of a row that does not fill a vector), a
// function of vectors over an array, and sums over lanes.

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

// How many T a cache line holds.
template <typename T>
inline constexpr int64_t kCacheLine = 64 / static_cast<int64_t>(sizeof(T));

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
// plain expression, where one instruction means exactly this. (The maskz forms, with every lane chosen, spare
// GCC 12 its false warnings about the plain ones.)
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

// True in lane i where bit i is set.
template <typename T>
inline IntVec<T> lanes_of_bits(uint64_t bits) {
  using Int = typename IntOf<T>::type;
  return ((static_cast<Int>(bits) - IntVec<T>{}) & ((IntVec<T>{} + Int{1}) << lane_numbers<T>())) != 0;
}

// The reverse, of what a comparison gave.
template <typename T>
inline uint32_t bits_of_lanes(IntVec<T> lanes) {
#if defined(__AVX512F__)
  if constexpr (sizeof(T) == 8) return _mm512_cmplt_epi64_mask((__m512i)lanes, _mm512_setzero_si512());
#endif
  uint32_t bits = 0;
  for (int i = 0; i < kLanes<T>; ++i) bits |= static_cast<uint32_t>(lanes[i] & 1) << i;
  return bits;
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
// it is a loop over plain numbers below `count`, since instrumenting each of the product's bodies takes
// minutes; so f must not need its argument to be a constant. Elsewhere `count` must be N, and is not read.
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

// ---------------------------------------------------------------- masked tails
// The last vector of a row that does not fill it is read and written through a Tail, which never touches
// memory past the row. Plain vector code cannot say that, so AVX and AVX-512 do it with intrinsics.

// The first `count` lanes, 0 <= count <= kLanes<T>.
template <typename T>
class Tail {
 public:
  explicit Tail(int64_t count)
#if defined(__AVX512F__)
      : mask_(static_cast<uint16_t>((uint32_t{1} << count) - 1)){}
#elif defined(__AVX__)
      : mask_(lane_numbers<T>() < static_cast<typename IntOf<T>::type>(count)){}
#else
      : count_(count) {
  }
#endif

        // These lanes of p, and zero in the others.
        Vec<T> load(const T* p) const;
  // Writes these lanes, and nothing else, to p.
  void store(T* p, Vec<T> v) const;
  // v in these lanes, other in the others.
  Vec<T> select(Vec<T> v, Vec<T> other) const;

 private:
#if defined(__AVX512F__)
  uint16_t mask_;
#elif defined(__AVX__)
  IntVec<T> mask_;
#else
  int64_t count_;
#endif
};

#if defined(__AVX512F__)
template <>
inline Vec<float> Tail<float>::load(const float* p) const {
  return (Vec<float>)_mm512_maskz_loadu_ps(mask_, p);
}
template <>
inline void Tail<float>::store(float* p, Vec<float> v) const {
  _mm512_mask_storeu_ps(p, mask_, (__m512)v);
}
template <>
inline Vec<float> Tail<float>::select(Vec<float> v, Vec<float> other) const {
  return (Vec<float>)_mm512_mask_blend_ps(mask_, (__m512)other, (__m512)v);
}
template <>
inline Vec<double> Tail<double>::load(const double* p) const {
  return (Vec<double>)_mm512_maskz_loadu_pd(static_cast<__mmask8>(mask_), p);
}
template <>
inline void Tail<double>::store(double* p, Vec<double> v) const {
  _mm512_mask_storeu_pd(p, static_cast<__mmask8>(mask_), (__m512d)v);
}
template <>
inline Vec<double> Tail<double>::select(Vec<double> v, Vec<double> other) const {
  return (Vec<double>)_mm512_mask_blend_pd(static_cast<__mmask8>(mask_), (__m512d)other, (__m512d)v);
}
#elif defined(__AVX__)
template <>
inline Vec<float> Tail<float>::load(const float* p) const {
  return (Vec<float>)_mm256_maskload_ps(p, (__m256i)mask_);
}
template <>
inline void Tail<float>::store(float* p, Vec<float> v) const {
  _mm256_maskstore_ps(p, (__m256i)mask_, (__m256)v);
}
template <>
inline Vec<double> Tail<double>::load(const double* p) const {
  return (Vec<double>)_mm256_maskload_pd(p, (__m256i)mask_);
}
template <>
inline void Tail<double>::store(double* p, Vec<double> v) const {
  _mm256_maskstore_pd(p, (__m256i)mask_, (__m256d)v);
}
template <typename T>
inline Vec<T> Tail<T>::select(Vec<T> v, Vec<T> other) const {
  return mask_ ? v : other;
}
#else
template <typename T>
inline Vec<T> Tail<T>::load(const T* p) const {
  T lanes[kLanes<T>] = {};
  for (int64_t i = 0; i < count_; ++i) lanes[i] = p[i];
  return kernels::load(lanes);
}
template <typename T>
inline void Tail<T>::store(T* p, Vec<T> v) const {
  for (int64_t i = 0; i < count_; ++i) p[i] = v[i];
}
template <typename T>
inline Vec<T> Tail<T>::select(Vec<T> v, Vec<T> other) const {
  return lane_numbers<T>() < static_cast<typename IntOf<T>::type>(count_) ? v : other;
}
#endif

// ---------------------------------------------------------------- over an array

// y[i] = f(x[i]) for n elements, a vector at a time; y may be x. Not inlined: in a function that has
// something to destroy, GCC takes an intrinsic for a call that may throw, and fuses no product with a sum
// across it: slower, and other bits than elsewhere.
template <typename T, typename F>
[[gnu::noinline]] void map(const T* x, T* y, int64_t n, F f) {
  // Where f is long, the processor comes by too few loads and stores to keep memory busy on its own.
  constexpr int64_t kPrefetchDistance = 2048 / sizeof(T);
  int64_t i = 0;
  for (; i + kLanes<T> <= n; i += kLanes<T>) {
    __builtin_prefetch(x + i + kPrefetchDistance);
    __builtin_prefetch(y + i + kPrefetchDistance, 1);
    store(y + i, f(load(x + i)));
  }
  const Tail<T> tail(n - i);
  if (i < n) tail.store(y + i, f(tail.load(x + i)));
}

// ---------------------------------------------------------------- over lanes
// The lanes of one vector, or of each of many, combined to one number, always in the same order: by halves.

// Lane i of the result is lane i ^ Step of v.
template <typename T, int Step>
inline Vec<T> swap_lanes(Vec<T> v) {
  return [v]<size_t... I>(std::index_sequence<I...>) {
    return __builtin_shufflevector(v, v, (static_cast<int>(I) ^ Step)...);
  }
  (std::make_index_sequence<kLanes<T>>());
}

// Combines all lanes by halves, always in the same order; every lane of the result holds it.
template <typename T, int Step = kLanes<T> / 2, typename F>
inline Vec<T> reduce(Vec<T> v, F combine) {
  v = combine(v, swap_lanes<T, Step>(v));
  if constexpr (Step > 1) {
    return reduce<T, Step / 2>(v, combine);
  } else {
    return v;
  }
}

template <typename T>
inline T reduce_add(Vec<T> v) {
  return reduce<T>(v, [](Vec<T> a, Vec<T> b) { return a + b; })[0];
}

template <typename T>
inline T reduce_max(Vec<T> v) {
  return reduce<T>(v, [](Vec<T> a, Vec<T> b) { return max(a, b); })[0];
}

// Lane i of the result is reduce(v[i], combine)[0], with the same bits: vectors are halved and joined, two to
// one, in half the shuffles. v is overwritten.
template <typename T, int Step = kLanes<T> / 2, typename F>
inline Vec<T> reduce_each(Vec<T>* v, F combine) {
  const auto half = [](Vec<T> a, Vec<T> b, auto upper) {
    return [ a, b ]<size_t... I>(std::index_sequence<I...>) {
      constexpr auto kFrom = [](int lane) {
        const int within = lane % (2 * Step);
        return lane - within + within % Step + decltype(upper)::value * Step +
               (within < Step ? 0 : kLanes<T>);
      };
      return __builtin_shufflevector(a, b, kFrom(static_cast<int>(I))...);
    }
    (std::make_index_sequence<kLanes<T>>());
  };
  for (int i = 0; i < Step; ++i) {
    v[i] = combine(half(v[i], v[i + Step], std::false_type()), half(v[i], v[i + Step], std::true_type()));
  }
  if constexpr (Step > 1) {
    return reduce_each<T, Step / 2>(v, combine);
  } else {
    return v[0];
  }
}

}  // namespace lt::kernels
