#include <algorithm>
#include <type_traits>

#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/ops.h>

// Running sums along an axis: (outer, n, inner) with the inner positions side by side in one pass. Floats are
// added in double, as in PyTorch, integers unsigned, so that they wrap. Threads share outer and inner.

namespace lt::inline v0 {
namespace {

constexpr int64_t kTile = 64;  // running sums that stay in registers and the nearest cache

template <typename T>
using Running = std::conditional_t<std::is_integral_v<T>, uint64_t, double>;

// shapes: x, y (n, stride), of which one column
template <typename T>
void run_column(const T* x, T* y, int64_t n, int64_t stride) {
  Running<T> total{};  // in a register: through memory each addition would take three times as long
  for (int64_t j = 0; j < n; ++j) {
    total += static_cast<Running<T>>(x[j * stride]);
    y[j * stride] = static_cast<T>(total);
  }
}

// shapes: x, y (n, stride), of which `width` columns
template <typename T>
void run_columns(const T* x, T* y, int64_t n, int64_t stride, int64_t width) {
  if (width == 1) return run_column(x, y, n, stride);
  Running<T> total[kTile] = {};
  for (int64_t j = 0; j < n; ++j) {
    for (int64_t c = 0; c < width; ++c) {
      total[c] += static_cast<Running<T>>(x[j * stride + c]);
      y[j * stride + c] = static_cast<T>(total[c]);
    }
  }
}

}  // namespace

template <Number T>
BasicTensor<T> cumsum(const BasicTensor<T>& x, Whole axis) {
  const int a = normalize_axis(axis, x.dim(), "cumsum");
  const BasicTensor<T> source = x.contiguous();
  BasicTensor<T> out = empty<T>(x.shape());
  if (x.numel() == 0) return out;
  const int64_t n = x.dim() == 0 ? 1 : x.shape()[a];
  const int64_t inner = x.dim() == 0 ? 1 : contiguous_strides(x.shape())[a];
  const int64_t tiles = (inner + kTile - 1) / kTile;
  const T* const from = source.data();
  T* const to = out.mutable_data();
  kernels::parallel_for(x.numel() / (n * inner) * tiles, n * std::min(inner, kTile),
                        [&](int64_t begin, int64_t end) {
                          for (int64_t item = begin; item < end; ++item) {
                            const int64_t column = item % tiles * kTile;
                            const int64_t first = item / tiles * n * inner + column;
                            run_columns(from + first, to + first, n, inner, std::min(inner - column, kTile));
                          }
                        });
  return out;
}

template Tensor cumsum(const Tensor&, Whole);
template DoubleTensor cumsum(const DoubleTensor&, Whole);
template IntTensor cumsum(const IntTensor&, Whole);

}  // namespace lt::inline v0
