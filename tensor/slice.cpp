#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include <libtensor/tensor/tensor.h>

// Views of a part: the numbers stay where they are.

namespace lt::inline v0 {
namespace {

// first, first + step, ...: `length` of them.
struct Range {
  int64_t first;
  int64_t length;
  int64_t step;
};

// The places of an axis of this size that a slice names.
Range range_of(const Slice& slice, int64_t size) {
  const int64_t step = slice.step.value_or(1);
  if (step == 0 || step == INT64_MIN) throw ValueError(fmt::format("slice: a step of {}", step));
  // A falling slice may stop before the first place, a rising one behind the last.
  const int64_t low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
  const auto clip = [&](int64_t i) { return std::clamp(i < 0 ? i + size : i, low, high); };
  const int64_t first = slice.start ? clip(*slice.start) : (step > 0 ? low : high);
  const int64_t stop = slice.stop ? clip(*slice.stop) : (step > 0 ? high : low);
  const int64_t span = step > 0 ? stop - first : first - stop;
  const int64_t stride = std::abs(step);
  const int64_t length = span <= 0 ? 0 : span / stride + (span % stride != 0 ? 1 : 0);
  return {length == 0 ? 0 : first, length, step};
}

// Room for so many tensors. The rows of an empty or expanded tensor may be more than memory has addresses.
template <typename T>
Parts<T> room_for_parts(int64_t count, const char* op) {
  Parts<T> parts;
  if (static_cast<size_t>(count) > parts.max_size()) {
    throw ShapeError(fmt::format("{}: {} tensors are more than memory can hold", op, count));
  }
  parts.reserve(static_cast<size_t>(count));
  return parts;
}

}  // namespace

template <Element T>
TensorView<T> BasicTensor<T>::select(Whole axis, Whole index) const {
  const int64_t place = index;
  if (dim() == 0) throw IndexError("select: a scalar has no axis to index");
  const int a = normalize_axis(axis, dim(), "select");
  if (place < -shape_[a] || place >= shape_[a]) {
    throw IndexError(
        fmt::format("select: index {} is out of range for axis {} of {}", place, a, to_string(shape_)));
  }
  Shape shape = shape_;
  Strides strides = strides_;
  shape.erase(a);
  strides.erase(a);
  return view_as(shape, strides, offset_ + (place < 0 ? place + shape_[a] : place) * strides_[a]);
}

template <Element T>
TensorView<T> BasicTensor<T>::narrow(Whole axis, Whole start, Whole length) const {
  const int64_t from = start, count = length;
  if (dim() == 0) throw ShapeError("narrow: a scalar has no axis");
  const int a = normalize_axis(axis, dim(), "narrow");
  const int64_t size = shape_[a];
  const int64_t first = from < 0 ? from + size : from;
  if (first < 0 || first > size || count < 0 || count > size - first) {
    throw IndexError(
        fmt::format("narrow: {} elements from {} leave axis {} of {}", count, from, a, to_string(shape_)));
  }
  Shape shape = shape_;
  shape[a] = count;
  return view_as(shape, strides_, offset_ + first * strides_[a]);
}

template <Element T>
TensorView<T> BasicTensor<T>::slice(Whole axis, Whole start, Whole stop, Whole step) const {
  return slice_along(axis, Slice(int64_t{start}, int64_t{stop}, int64_t{step}));
}

template <Element T>
TensorView<T> BasicTensor<T>::slice_along(Whole axis, const Slice& slice) const {
  if (dim() == 0) throw ShapeError("slice: a scalar has no axis");
  const int a = normalize_axis(axis, dim(), "slice");
  const Range range = range_of(slice, shape_[a]);
  Shape shape = shape_;
  Strides strides = strides_;
  shape[a] = range.length;
  // A stride is only ever used between two elements; with fewer, keep it, since step may be huge.
  if (range.length > 1) strides[a] *= range.step;
  return view_as(shape, strides, offset_ + range.first * strides_[a]);
}

template <Element T>
TensorView<T> BasicTensor<T>::view_at(std::span<const ViewIndex> indices) const {
  using Kind = ViewIndex::Kind;
  int used = 0, ellipses = 0;
  for (const ViewIndex& each : indices) {
    used += each.kind == Kind::select || each.kind == Kind::slice ? 1 : 0;
    ellipses += each.kind == Kind::ellipsis ? 1 : 0;
  }
  if (used > dim() || ellipses > 1) {
    throw IndexError(used > dim() ? fmt::format("index: {} indices for {}", used, to_string(shape_))
                                  : "index: more than one Ellipsis");
  }
  TensorView<T> out(*this);
  int axis = 0;
  for (const ViewIndex& each : indices) {
    if (each.kind == Kind::select) out = out.select(axis, each.index);
    if (each.kind == Kind::slice) out = out.slice_along(axis++, each.slice);
    if (each.kind == Kind::new_axis) out = out.unsqueeze(axis++);
    if (each.kind == Kind::ellipsis) axis += dim() - used;
  }
  return out;
}

template <Element T>
Parts<T> BasicTensor<T>::unbind(Whole axis) const {
  if (dim() == 0) throw ShapeError("unbind: a scalar has no axis");
  const int64_t count = size(axis);
  Parts<T> parts = room_for_parts<T>(count, "unbind");
  for (int64_t i = 0; i < count; ++i) parts.push_back(select(axis, i));
  return parts;
}

template <Element T>
Parts<T> BasicTensor<T>::split(Whole size, Whole axis) const {
  const int64_t part = size;
  if (dim() == 0) throw ShapeError("split: a scalar has no axis");
  if (part < 1) throw ValueError(fmt::format("split: size {} is not positive", part));
  const int a = normalize_axis(axis, dim(), "split");
  const int64_t count = std::max<int64_t>((shape_[a] - 1) / part + 1, 1);
  Parts<T> parts = room_for_parts<T>(count, "split");
  for (int64_t i = 0; i < count; ++i) {
    parts.push_back(narrow(a, i * part, std::min(part, shape_[a] - i * part)));
  }
  return parts;
}

template <Element T>
TensorView<T> BasicTensor<T>::diagonal() const {
  if (dim() < 2) throw ShapeError(fmt::format("diagonal: {} has fewer than 2 axes", to_string(shape_)));
  Shape shape = shape_;
  Strides strides = strides_;
  for (int axis = 0; axis < 2; ++axis) {
    shape.erase(0);
    strides.erase(0);
  }
  shape.push_back(std::min(shape_[0], shape_[1]));
  strides.push_back(strides_[0] + strides_[1]);
  return view_as(shape, strides, offset_);
}

#define LT_INSTANTIATE(T)                                                           \
  template TensorView<T> BasicTensor<T>::select(Whole, Whole) const;                \
  template TensorView<T> BasicTensor<T>::narrow(Whole, Whole, Whole) const;         \
  template TensorView<T> BasicTensor<T>::slice(Whole, Whole, Whole, Whole) const;   \
  template TensorView<T> BasicTensor<T>::slice_along(Whole, const Slice&) const;    \
  template TensorView<T> BasicTensor<T>::view_at(std::span<const ViewIndex>) const; \
  template Parts<T> BasicTensor<T>::unbind(Whole) const;                            \
  template Parts<T> BasicTensor<T>::split(Whole, Whole) const;                      \
  template TensorView<T> BasicTensor<T>::diagonal() const;
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
