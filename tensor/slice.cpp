#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include <libtensor/tensor/tensor.h>

// Views of a part: the numbers stay where they are.

namespace lt {

template <typename T>
BasicTensor<T> BasicTensor<T>::select(int64_t axis, int64_t index) const {
  if (dim() == 0) throw IndexError("select: a scalar has no axis to index");
  const int a = normalize_axis(axis, dim(), "select");
  if (index < -shape_[a] || index >= shape_[a]) {
    throw IndexError(
        fmt::format("select: index {} is out of range for axis {} of {}", index, a, to_string(shape_)));
  }
  Shape shape = shape_;
  Strides strides = strides_;
  shape.erase(a);
  strides.erase(a);
  return view_as(shape, strides, offset_ + (index < 0 ? index + shape_[a] : index) * strides_[a]);
}

template <typename T>
BasicTensor<T> BasicTensor<T>::narrow(int64_t axis, int64_t start, int64_t length) const {
  if (dim() == 0) throw ShapeError("narrow: a scalar has no axis");
  const int a = normalize_axis(axis, dim(), "narrow");
  const int64_t size = shape_[a];
  const int64_t first = start < 0 ? start + size : start;
  if (first < 0 || first > size || length < 0 || length > size - first) {
    throw IndexError(
        fmt::format("narrow: {} elements from {} leave axis {} of {}", length, start, a, to_string(shape_)));
  }
  Shape shape = shape_;
  shape[a] = length;
  return view_as(shape, strides_, offset_ + first * strides_[a]);
}

template <typename T>
BasicTensor<T> BasicTensor<T>::slice(int64_t axis, int64_t start, int64_t stop, int64_t step) const {
  if (dim() == 0) throw ShapeError("slice: a scalar has no axis");
  if (step < 1) throw ValueError(fmt::format("slice: step {} is not positive", step));
  const int a = normalize_axis(axis, dim(), "slice");
  const int64_t size = shape_[a];
  const auto clip = [size](int64_t i) { return std::clamp<int64_t>(i < 0 ? i + size : i, 0, size); };
  const int64_t first = clip(start);
  const int64_t length = std::max<int64_t>(clip(stop) - first, 0);
  Shape shape = shape_;
  Strides strides = strides_;
  shape[a] = length / step + (length % step != 0 ? 1 : 0);
  // A stride is only ever used between two elements; with fewer, keep it, since step may be huge.
  if (shape[a] > 1) strides[a] *= step;
  return view_as(shape, strides, offset_ + first * strides_[a]);
}

template <typename T>
std::vector<BasicTensor<T>> BasicTensor<T>::unbind(int64_t axis) const {
  if (dim() == 0) throw ShapeError("unbind: a scalar has no axis");
  std::vector<BasicTensor> parts;
  const int64_t count = size(axis);
  parts.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) parts.push_back(select(axis, i));
  return parts;
}

template <typename T>
std::vector<BasicTensor<T>> BasicTensor<T>::split(int64_t size, int64_t axis) const {
  if (dim() == 0) throw ShapeError("split: a scalar has no axis");
  if (size < 1) throw ValueError(fmt::format("split: size {} is not positive", size));
  const int a = normalize_axis(axis, dim(), "split");
  std::vector<BasicTensor> parts;
  int64_t start = 0;
  do {
    parts.push_back(narrow(a, start, std::min(size, shape_[a] - start)));
    start += size;
  } while (start < shape_[a]);
  return parts;
}

template <typename T>
BasicTensor<T> BasicTensor<T>::diagonal() const {
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

#define LT_INSTANTIATE(T)                                                                  \
  template BasicTensor<T> BasicTensor<T>::select(int64_t, int64_t) const;                  \
  template BasicTensor<T> BasicTensor<T>::narrow(int64_t, int64_t, int64_t) const;         \
  template BasicTensor<T> BasicTensor<T>::slice(int64_t, int64_t, int64_t, int64_t) const; \
  template std::vector<BasicTensor<T>> BasicTensor<T>::unbind(int64_t) const;              \
  template std::vector<BasicTensor<T>> BasicTensor<T>::split(int64_t, int64_t) const;      \
  template BasicTensor<T> BasicTensor<T>::diagonal() const;
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

}  // namespace lt
