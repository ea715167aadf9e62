#pragma once

// The last vector of a row that does not fill it: read and written through a Tail, which never touches memory
// past the row. Plain vector code cannot say that, so AVX and AVX-512 do it with intrinsics.

#include "tensor/kernels/vector.h"

namespace lt::kernels {

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

}  // namespace lt::kernels
