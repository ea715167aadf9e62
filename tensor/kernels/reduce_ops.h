#pragma once

// The operations that reduce.cpp folds with: where one starts, how it takes a number x of result i, and how
// it joins two partial results. Values are single numbers or vectors of them; take_lanes takes a vector of
// neighbouring results, i and those after it. Taking kStart, or joining a result that took nothing, changes
// nothing (deviations: joining alone).

#include <cstdint>
#include <limits>
#include <type_traits>

namespace lt::kernels {

template <typename T>
struct Sum {
  static constexpr T kStart = 0;
  template <typename V>
  void take(V& total, const V& x, int64_t) const {
    total += x;
  }
  template <typename V, typename Load>
  void take_lanes(V& total, const V& x, int64_t, Load) const {
    total += x;
  }
  template <typename V>
  void join(V& total, const V& other) const {
    total += other;
  }
};

template <typename T>
struct SumOfSquares : Sum<T> {
  template <typename V>
  void take(V& total, const V& x, int64_t) const {
    total += x * x;
  }
  template <typename V, typename Load>
  void take_lanes(V& total, const V& x, int64_t, Load) const {
    total += x * x;
  }
};

template <typename T>
struct SumOfSquaredDeviations : Sum<T> {
  const T* center;
  explicit SumOfSquaredDeviations(const T* c) : center(c) {}
  template <typename V>
  void take(V& total, const V& x, int64_t i) const {
    const V deviation = x - center[i];
    total += deviation * deviation;
  }
  template <typename V, typename Load>
  void take_lanes(V& total, const V& x, int64_t i, Load load) const {
    const V deviation = x - load(center + i);
    total += deviation * deviation;
  }
};

template <typename T, bool kLargest>
struct Extreme {
  using Limits = std::numeric_limits<T>;
  static constexpr T kHighest = Limits::has_infinity ? Limits::infinity() : Limits::max();
  static constexpr T kLowest = Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
  static constexpr T kStart = kLargest ? kLowest : kHighest;
  template <typename V>
  void take(V& best, const V& x, int64_t) const {
    join(best, x);
  }
  template <typename V, typename Load>
  void take_lanes(V& best, const V& x, int64_t, Load) const {
    join(best, x);
  }
  template <typename V>
  void join(V& best, const V& other) const {
    const V better = (kLargest ? other > best : other < best) ? other : best;  // best where that is NaN
    if constexpr (std::is_floating_point_v<T>) {
      best = other == other ? better : other;
    } else {
      best = better;
    }
  }
};

// Of bytes that are 0 or 1: whether all are 1, or any is.
template <bool kAll>
struct Truth {
  static constexpr uint8_t kStart = kAll ? 1 : 0;
  template <typename V>
  void take(V& total, const V& x, int64_t) const {
    join(total, x);
  }
  template <typename V>
  void join(V& total, const V& other) const {
    if constexpr (kAll) {
      total &= other;
    } else {
      total |= other;
    }
  }
};

}  // namespace lt::kernels
