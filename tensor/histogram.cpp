#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/tensor/ops.h>

// Counting into bins. A number's bin is guessed from its place in the range and then settled by the edges
// themselves, as in PyTorch: bins hold their lower edge, and the last one its upper edge too.

namespace lt::inline v0 {
namespace {

template <typename T>
struct Range {
  T low;
  T high;
};

// The range that is asked for, or x's own (0 to 1 where x is empty); never of width 0.
template <typename T>
Range<T> range_of(const BasicTensor<T>& x, T low, T high) {
  Range<T> range{low, high};
  if (low == high) range = x.numel() > 0 ? Range<T>{amin(x).item(), amax(x).item()} : Range<T>{0, 1};
  if (!std::isfinite(range.high - range.low)) {
    throw ValueError(fmt::format("histogram: range {} to {} is not finite", range.low, range.high));
  }
  if (range.low > range.high) {
    throw ValueError(fmt::format("histogram: range {} to {} is empty", range.low, range.high));
  }
  if (range.low == range.high) range = {range.low - T{0.5}, range.high + T{0.5}};
  return range;
}

// The bin of a number inside the range.
template <typename T>
int64_t bin_of(T value, const Range<T>& range, const T* edges, int64_t bins) {
  const T place = (value - range.low) / (range.high - range.low) * static_cast<T>(bins);
  const auto guess = static_cast<int64_t>(place);
  const T* const first = edges + std::max<int64_t>(guess - 1, 0);
  const T* const last = edges + std::min(guess + 2, bins + 1);
  return std::min<int64_t>(std::upper_bound(first, last, value) - edges - 1, bins - 1);
}

}  // namespace

template <Floating T>
Histogram<T> histogram(const BasicTensor<T>& x, Whole bins, ScalarOf<T> low, ScalarOf<T> high) {
  if (bins < 1) throw ValueError(fmt::format("histogram: needs at least 1 bin, got {}", int64_t{bins}));
  const Range<T> range = range_of<T>(x, low, high);
  IntTensor counts = zeros<int64_t>(bins);  // before bins + 1 could overflow
  const BasicTensor<T> edges = linspace<T>(range.low, range.high, bins + 1);
  const BasicTensor<T> values = x.contiguous();
  int64_t* const count = counts.mutable_data();
  for (int64_t i = 0; i < values.numel(); ++i) {
    const T value = values.data()[i];
    if (value >= range.low && value <= range.high) ++count[bin_of(value, range, edges.data(), bins)];
  }
  return {counts.cast<T>(), edges};
}

IntTensor bincount(const IntTensor& ids, Whole min_length) {
  if (ids.dim() != 1) {
    throw ShapeError(fmt::format("bincount: ids need one axis, not {}", to_string(ids.shape())));
  }
  if (min_length < 0) throw ValueError(fmt::format("bincount: negative length {}", int64_t{min_length}));
  const bool any = ids.numel() > 0;
  if (any && amin(ids).item() < 0) {
    throw IndexError(fmt::format("bincount: negative id {}", amin(ids).item()));
  }
  if (any && amax(ids).item() == INT64_MAX) {  // one more cannot be counted
    throw IndexError(fmt::format("bincount: id {} is too large", INT64_MAX));
  }
  IntTensor counts = zeros<int64_t>(std::max<int64_t>(min_length, any ? amax(ids).item() + 1 : 0));
  int64_t* const count = counts.mutable_data();
  const IntTensor values = ids.contiguous();
  for (int64_t i = 0; i < values.numel(); ++i) ++count[values.data()[i]];
  return counts;
}

template Histogram<float> histogram(const Tensor&, Whole, Scalar<float>, Scalar<float>);
template Histogram<double> histogram(const DoubleTensor&, Whole, Scalar<double>, Scalar<double>);

}  // namespace lt::inline v0
