#include <libtensor/tensor/kernels/layer_norm.h>

#include <algorithm>
#include <cmath>

#include <libtensor/tensor/kernels/column_sums.h>
#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/simd.h>

// Forward, a row is read three times while it is in L1: for its sum, for the squares of the deviations, which
// would lose their digits if they came from the sums of x and x * x, and for y. The terms of a sum go to
// kWays vectors in turn, at most kTerms to each; a longer row is cut into halves, whose sums are joined.
//
// Backward, kGroup rows are read twice: for the two sums that dx needs of each row, and for dx and the sums
// over columns, which so meet memory once a group. The columns' sums are those of column_sums.h's blocks of
// rows. All orders depend on the sizes alone. Threads share rows, or blocks of them.

namespace lt::kernels {
namespace {

constexpr int64_t kForwardCost = 4;   // three reads, a write and seven operations an element
constexpr int64_t kBackwardCost = 6;  // five reads, a write and a dozen operations
// Additions in flight that hide their latency.
constexpr int kWays = 4;
// A longer chain loses accuracy, a shorter one spends its time on joining.
constexpr int64_t kTerms = 8;
// The rows' four numbers, each in a vector, fit 32 registers beside the operands.
constexpr int kGroup = 4;

// What Tail says of a row's last vector, for the others.
template <typename T>
struct Whole {
  static Vec<T> load(const T* p) { return kernels::load(p); }
  static void store(T* p, Vec<T> v) { kernels::store(p, v); }
  static Vec<T> select(Vec<T> v, Vec<T>) { return v; }
};

// Calls f(j, lanes) for every vector of the n columns from j on; lanes is Whole or, for the last, a Tail.
template <typename T, typename F>
[[gnu::always_inline]] inline void each_vector(int64_t n, const F& f) {
  int64_t j = 0;
  for (; j + kLanes<T> <= n; j += kLanes<T>) f(j, Whole<T>());
  if (j < n) f(j, Tail<T>(n - j));
}

template <typename T, int Sums>
struct Totals {
  Vec<T> v[Sums] = {};

  void add(const Totals& other) {
    unroll<Sums>([&](auto s) { v[s] += other.v[s]; });
  }
};

// The totals of columns [begin, end), at most kWays * kTerms vectors: term(j, lanes, totals) adds those of
// one vector.
template <typename T, int Sums, typename Term>
[[gnu::always_inline]] inline Totals<T, Sums> sum_run(int64_t begin, int64_t end, const Term& term) {
  Totals<T, Sums> ways[kWays];
  int64_t j = begin;
  for (; j + kWays * kLanes<T> <= end; j += kWays * kLanes<T>) {
    unroll<kWays>([&](auto w) { term(j + w * kLanes<T>, Whole<T>(), ways[w]); });
  }
  unroll<kWays>([&](auto w) {
    const int64_t at = j + w * kLanes<T>;
    if (at + kLanes<T> <= end) {
      term(at, Whole<T>(), ways[w]);
    } else if (at < end) {
      term(at, Tail<T>(end - at), ways[w]);
    }
  });
  ways[0].add(ways[1]);
  ways[2].add(ways[3]);
  ways[0].add(ways[2]);
  return ways[0];
}

// The same for any number of columns.
template <typename T, int Sums, typename Term>
Totals<T, Sums> sum_halves(int64_t begin, int64_t end, const Term& term) {
  const int64_t vectors = (end - begin + kLanes<T> - 1) / kLanes<T>;
  if (vectors <= kWays * kTerms) return sum_run<T, Sums>(begin, end, term);
  const int64_t middle = begin + (vectors + 1) / 2 * kLanes<T>;
  Totals<T, Sums> total = sum_halves<T, Sums>(begin, middle, term);
  total.add(sum_halves<T, Sums>(middle, end, term));
  return total;
}

// For one sum over a row, the sum of its lanes.
template <typename T, typename Term>
[[gnu::always_inline]] inline T sum_row(int64_t n, const Term& term) {
  return reduce_add<T>(sum_halves<T, 1>(0, n, term).v[0]);
}

template <typename T>
void normalize_row(const T* x, int64_t n, const T* weight, const T* bias, T eps, T* y, T& mean,
                   T& inverse_std) {
  const T count = static_cast<T>(n);
  mean =
      sum_row<T>(n, [=](int64_t j, const auto& lanes, auto& sum) { sum.v[0] += lanes.load(x + j); }) / count;
  const Vec<T> center = broadcast(mean);
  const T squares = sum_row<T>(n, [=](int64_t j, const auto& lanes, auto& sum) {
    const Vec<T> deviation = lanes.select(lanes.load(x + j) - center, Vec<T>{});
    sum.v[0] += deviation * deviation;
  });
  inverse_std = 1 / std::sqrt(squares / count + eps);
  const Vec<T> scale = broadcast(inverse_std);
  each_vector<T>(n, [=](int64_t j, const auto& lanes) {
    const Vec<T> normalized = (lanes.load(x + j) - center) * scale;
    lanes.store(y + j, normalized * lanes.load(weight + j) + lanes.load(bias + j));
  });
}

// A row's numbers in all lanes.
template <typename T>
struct RowNumbers {
  Vec<T> mean, inverse_std;
  Vec<T> shift, slope;  // mean(g), mean(g x^)
};

template <typename T>
RowNumbers<T> row_numbers(const NormalizedRows<T>& r, const T* weight, const T* dy, int64_t i, bool need_dx) {
  const Vec<T> mean = broadcast(r.mean[i]);
  const Vec<T> inverse_std = broadcast(r.inverse_std[i]);
  if (!need_dx) return {mean, inverse_std, Vec<T>{}, Vec<T>{}};
  const T* x_row = r.x + i * r.n;
  const T* dy_row = dy + i * r.n;
  // Lanes past the row's end have the weight 0, and NaN in them only if the row is NaN anyway.
  const auto sums = sum_halves<T, 2>(0, r.n, [=](int64_t j, const auto& lanes, auto& total) {
    const Vec<T> g = lanes.load(dy_row + j) * lanes.load(weight + j);
    total.v[0] += g;
    total.v[1] += g * ((lanes.load(x_row + j) - mean) * inverse_std);
  });
  const T count = static_cast<T>(r.n);
  return {mean, inverse_std, broadcast(reduce_add<T>(sums.v[0]) / count),
          broadcast(reduce_add<T>(sums.v[1]) / count)};
}

// Group rows from row i on: writes their dx, and adds to the sums over columns, where these are wanted.
template <int Group, bool NeedDx, bool NeedSums, typename T>
void backward_group(const NormalizedRows<T>& r, const T* weight, const T* dy, int64_t i, T* dx, T* sum_dy,
                    T* sum_dy_x) {
  RowNumbers<T> row[Group];
  unroll<Group>([&](auto k) { row[k] = row_numbers(r, weight, dy, i + k, NeedDx); });
  each_vector<T>(r.n, [&](int64_t j, const auto& lanes) {
    const Vec<T> w = NeedDx ? lanes.load(weight + j) : Vec<T>{};
    Vec<T> plain[2] = {};  // of every second row: shorter chains
    Vec<T> weighted[2] = {};
    unroll<Group>([&](auto k) {
      const int64_t at = (i + k) * r.n + j;
      const Vec<T> d = lanes.load(dy + at);
      const Vec<T> normalized = (lanes.load(r.x + at) - row[k].mean) * row[k].inverse_std;
      plain[k % 2] += d;
      weighted[k % 2] += d * normalized;
      if constexpr (NeedDx) {
        lanes.store(dx + at, row[k].inverse_std * (d * w - row[k].shift - normalized * row[k].slope));
      }
    });
    if constexpr (NeedSums) {
      lanes.store(sum_dy + j, lanes.load(sum_dy + j) + (plain[0] + plain[1]));
      lanes.store(sum_dy_x + j, lanes.load(sum_dy_x + j) + (weighted[0] + weighted[1]));
    }
  });
}

// Rows [first, last); the sums over their columns, if wanted, are written.
template <bool NeedDx, bool NeedSums, typename T>
void backward_block(const NormalizedRows<T>& r, const T* weight, const T* dy, int64_t first, int64_t last,
                    T* dx, T* sum_dy, T* sum_dy_x) {
  if constexpr (NeedSums) {
    std::fill_n(sum_dy, r.n, T{0});
    std::fill_n(sum_dy_x, r.n, T{0});
  }
  int64_t i = first;
  for (; i + kGroup <= last; i += kGroup) {
    backward_group<kGroup, NeedDx, NeedSums>(r, weight, dy, i, dx, sum_dy, sum_dy_x);
  }
  for (; i < last; ++i) backward_group<1, NeedDx, NeedSums>(r, weight, dy, i, dx, sum_dy, sum_dy_x);
}

template <bool NeedDx, typename T>
void backward_with_sums(const NormalizedRows<T>& r, const T* weight, const T* dy, T* dx, T* sum_dy,
                        T* sum_dy_x) {
  sum_columns_in_blocks(r.rows, r.n, r.n * kBackwardCost, sum_dy, sum_dy_x,
                        [&](int64_t first, int64_t last, T* sums, T* weighted) {
                          backward_block<NeedDx, true>(r, weight, dy, first, last, dx, sums, weighted);
                        });
}

}  // namespace

template <typename T>
void layer_norm_rows(const T* x, int64_t rows, int64_t n, const T* weight, const T* bias, T eps, T* y,
                     T* mean, T* inverse_std) {
  parallel_for(rows, n * kForwardCost, [=](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) {
      normalize_row(x + i * n, n, weight, bias, eps, y + i * n, mean[i], inverse_std[i]);
    }
  });
}

template <typename T>
void layer_norm_rows_backward(const NormalizedRows<T>& r, const T* weight, const T* dy, T* dx, T* sum_dy,
                              T* sum_dy_x) {
  if (sum_dy != nullptr) {
    if (dx != nullptr) return backward_with_sums<true>(r, weight, dy, dx, sum_dy, sum_dy_x);
    return backward_with_sums<false>(r, weight, dy, dx, sum_dy, sum_dy_x);
  }
  if (dx == nullptr) return;
  // Whole groups to a thread.
  parallel_for((r.rows + kGroup - 1) / kGroup, kGroup * r.n * kBackwardCost, [&](int64_t begin, int64_t end) {
    backward_block<true, false>(r, weight, dy, begin * kGroup, std::min(end * kGroup, r.rows), dx, sum_dy,
                                sum_dy_x);
  });
}

#define LT_INSTANTIATE(T)                                                                       \
  template void layer_norm_rows(const T*, int64_t, int64_t, const T*, const T*, T, T*, T*, T*); \
  template void layer_norm_rows_backward(const NormalizedRows<T>&, const T*, const T*, T*, T*, T*);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::kernels
