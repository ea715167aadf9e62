#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/rows.h>

// Order along an axis. Rows of positions are sorted by the numbers they stand for; threads share the rows.
// NaN is above every number.

namespace lt::inline v0 {
namespace {

constexpr int64_t kWork = 32;  // sorting an element costs about as much as this many reads and writes

template <typename T>
bool precedes(T a, T b) {
  return a < b || (b != b && a == a);
}

// Calls order_row(positions, before) for each row of n positions 0, 1, ... and stores the first k of each.
// `before` says of two positions which number comes first.
template <typename T, typename OrderRow>
IntTensor order_rows(const BasicTensor<T>& rows, int64_t k, Flag descending, OrderRow order_row) {
  const int64_t n = rows.shape()[1];
  IntTensor out = empty<int64_t>({rows.shape()[0], k});
  int64_t* const places = out.mutable_data();
  kernels::parallel_for(rows.shape()[0], n * kWork, [&](int64_t begin, int64_t end) {
    std::vector<int64_t> positions(static_cast<size_t>(n));
    for (int64_t row = begin; row < end; ++row) {
      const T* const x = rows.data() + row * n;
      std::iota(positions.begin(), positions.end(), 0);
      order_row(positions, [x, descending](int64_t i, int64_t j) {
        return descending ? precedes(x[j], x[i]) : precedes(x[i], x[j]);
      });
      std::copy_n(positions.begin(), k, places + row * k);
    }
  });
  return out;
}

template <typename T>
IntTensor sorted_rows(const BasicTensor<T>& rows, Flag descending) {
  return order_rows(rows, rows.shape()[1], descending, [](auto& positions, auto before) {
    std::stable_sort(positions.begin(), positions.end(), before);
  });
}

// The numbers at `places` in each row. shapes: rows (r, n), places (r, k) -> (r, k)
template <typename T>
BasicTensor<T> take(const BasicTensor<T>& rows, const IntTensor& places) {
  BasicTensor<T> out = empty<T>(places.shape());
  T* const values = out.mutable_data();
  const int64_t k = places.shape()[1];
  for (int64_t i = 0; i < places.numel(); ++i) {
    values[i] = rows.data()[i / k * rows.shape()[1] + places.data()[i]];
  }
  return out;
}

}  // namespace

template <Element T>
ValuesAndIndices<T> sort(const BasicTensor<T>& x, Whole axis, Flag descending) {
  const int a = normalize_axis(axis, x.dim(), "sort");
  const BasicTensor<T> rows = rows_along(x, a);
  const IntTensor places = sorted_rows(rows, descending);
  return {from_rows(take(rows, places), x.shape(), a), from_rows(places, x.shape(), a)};
}

template <Element T>
IntTensor argsort(const BasicTensor<T>& x, Whole axis, Flag descending) {
  const int a = normalize_axis(axis, x.dim(), "argsort");
  return from_rows(sorted_rows(rows_along(x, a), descending), x.shape(), a);
}

template <Element T>
ValuesAndIndices<T> topk(const BasicTensor<T>& x, Whole k, Whole axis) {
  const int a = normalize_axis(axis, x.dim(), "topk");
  const BasicTensor<T> rows = rows_along(x, a);
  if (k < (x.dim() == 0 ? 1 : 0) || k > rows.shape()[1]) {
    throw ShapeError(fmt::format("topk: {} of the {} along axis {} of {}", int64_t{k}, rows.shape()[1], a,
                                 to_string(x.shape())));
  }
  const IntTensor places = order_rows(rows, k, true, [k = int64_t{k}](auto& positions, auto before) {
    std::partial_sort(positions.begin(), positions.begin() + k, positions.end(), [&](int64_t i, int64_t j) {
      return before(i, j) || (!before(j, i) && i < j);  // of equals the first
    });
  });
  return {from_rows(take(rows, places), x.shape(), a), from_rows(places, x.shape(), a)};
}

#define LT_INSTANTIATE(T)                                                \
  template ValuesAndIndices<T> sort(const BasicTensor<T>&, Whole, Flag); \
  template IntTensor argsort(const BasicTensor<T>&, Whole, Flag);        \
  template ValuesAndIndices<T> topk(const BasicTensor<T>&, Whole, Whole);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
