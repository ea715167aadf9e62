#pragma once

// A tile of dot products: a few rows of one side beside some of the other, both contiguous along k, summed by
// vectors along it. Neither is packed nor broadcast.

#include <algorithm>
#include <array>

#include <libtensor/tensor/kernels/pack.h>

namespace lt::kernels {

// The most of the few in a tile, and beside so many of them, how many of the many: whole pieces of vectors.
// All their sums, a vector of each of the few and one of the many must fit the registers, and 8 sums are the
// least that keep the multiply-adds busy.
#if defined(__AVX512F__) || defined(__aarch64__)
inline constexpr std::array<int, 4> kDotsOfMany = {8, 8, 8, 4};
#else
inline constexpr std::array<int, 3> kDotsOfMany = {8, 4, 4};
#endif

// One side of a product: `count` rows of k numbers that are contiguous. One row further in it is c_step
// further in c.
template <typename T>
struct Side {
  const T* data;
  int64_t count, row, c_step;

  const T* at(int64_t i) const { return data + std::min(i, count - 1) * row; }
};

template <typename T>
struct Dots {
  Side<T> few, many;
  int64_t k;
  T* c;
  bool accumulate;
};

// The upper half of v's lanes added to the lower, until a piece is left.
template <typename T, int N>
inline typename PartOf<T, kPiece<T>>::type add_pieces(typename PartOf<T, N>::type v) {
  if constexpr (N == kPiece<T>) {
    return v;
  } else {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return add_pieces<T, N / 2>(__builtin_shufflevector(v, v, static_cast<int>(I)...) +
                                  __builtin_shufflevector(v, v, static_cast<int>(I + N / 2)...));
    }
    (std::make_index_sequence<N / 2>());
  }
}

// The sums of the lanes of kPiece vectors, which are added as they are transposed within pieces.
template <typename T>
inline typename PartOf<T, kPiece<T>>::type add_lanes(const Vec<T>* v) {
  Vec<T> rows[kPiece<T>];
  unroll<kPiece<T>>([&](auto i) { rows[i] = v[i]; });
  for (int half = kPiece<T> / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) {
      rows[i] = interleave<T, kLanes<T>, false>(rows[i], rows[i + half]) +
                interleave<T, kLanes<T>, true>(rows[i], rows[i + half]);
    }
  }
  return add_pieces<T, kLanes<T>>(rows[0]);
}

// c for `Few` of the few from i on and `Many` of the many from j on; those beyond the last are its copies,
// and not written.
template <typename T, int Few, int Many>
[[gnu::always_inline]] inline void dots(const Dots<T>& x, int64_t i, int64_t j) {
  const T* few[Few];
  const T* many[Many];
  unroll<Few>([&](auto f) { few[f] = x.few.at(i + f); });
  unroll<Many>([&](auto g) { many[g] = x.many.at(j + g); });
  Vec<T> sum[Few][Many] = {};
  const auto step = [&](int64_t p, auto load_at) __attribute__((always_inline)) {
    Vec<T> a[Few];
    unroll<Few>([&](auto f) { a[f] = load_at(few[f] + p); });
    unroll<Many>([&](auto g) {
      const Vec<T> b = load_at(many[g] + p);
      unroll<Few>([&](auto f) { sum[f][g] += a[f] * b; });
    });
  };
  int64_t p = 0;
  for (; p + kLanes<T> <= x.k; p += kLanes<T>) step(p, [](const T* from) { return load(from); });
  const Tail<T> tail(x.k - p);
  if (p < x.k) step(p, [&tail](const T* from) { return tail.load(from); });

  T sums[Few][Many];
  unroll<Few>([&](auto f) {
    unroll<Many / kPiece<T>>([&](auto g) {
      const auto piece = add_lanes<T>(&sum[f][g * kPiece<T>]);
      std::memcpy(&sums[f][g * kPiece<T>], &piece, sizeof piece);
    });
  });
  const int64_t wanted = std::min<int64_t>(Many, x.many.count - j);
  const bool whole = wanted == Many && x.many.c_step == 1 && !x.accumulate;
  for (int64_t f = 0; f < Few; ++f) {
    T* const c = x.c + (i + f) * x.few.c_step + j * x.many.c_step;
    if (whole) {
      std::memcpy(c, sums[f], sizeof sums[f]);
      continue;
    }
    for (int64_t g = 0; g < wanted; ++g) {
      T& to = c[g * x.many.c_step];
      to = x.accumulate ? to + sums[f][g] : sums[f][g];
    }
  }
}

}  // namespace lt::kernels
