#pragma once

// The lanes of one vector, or of each of many, combined to one number, always in the same order: by halves.

#include <utility>

#include "tensor/kernels/vector.h"

namespace lt::kernels {

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
