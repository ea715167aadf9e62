#include <fmt/format.h>

#include <algorithm>

#include <libtensor/tensor/kernels/gather.h>
#include <libtensor/tensor/offsets.h>
#include <libtensor/tensor/ops.h>

// cat and stack copy each part into its place in the result. flip reads x through offsets that run backward
// along the flipped axes. tril and triu keep one run of columns in each row.

namespace lt::inline v0 {
namespace {

// PyTorch lets a part of shape (0) stand beside parts of any shape: it adds nothing.
bool is_nothing(const Shape& shape) { return shape == Shape{0}; }

// The shape of all parts together. place: of the first part that counts, which rank and sizes are taken from
template <typename T>
Shape joined_shape(const std::vector<BasicTensor<T>>& parts, size_t first, int axis) {
  Shape joined = parts[first].shape();
  for (size_t i = first + 1; i < parts.size(); ++i) {
    const Shape& shape = parts[i].shape();
    if (is_nothing(shape)) continue;
    Shape expected = parts[first].shape();
    if (shape.size() == expected.size()) expected[axis] = shape[axis];
    if (shape != expected) {
      throw ShapeError(fmt::format("cat: shapes differ off axis {}: {} at {} and {} at {}", axis,
                                   to_string(parts[first].shape()), first, to_string(shape), i));
    }
    joined[axis] += shape[axis];
  }
  return joined;
}

// Rows and columns of the last two axes, copied where keep(row) = {first column, last column + 1}.
template <typename T, typename Keep>
BasicTensor<T> keep_columns(const BasicTensor<T>& x, const char* op, Keep keep) {
  if (x.dim() < 2) {
    throw ShapeError(fmt::format("{}: at least 2 axes are needed, not shape {}", op, to_string(x.shape())));
  }
  const int64_t rows = x.size(-2);
  const int64_t columns = x.size(-1);
  const BasicTensor<T> dense = x.contiguous();
  BasicTensor<T> out = zeros<T>(x.shape());
  const T* from = dense.data();
  T* to = out.mutable_data();
  for (int64_t at = 0; at < x.numel(); at += columns) {
    const auto [first, last] = keep(at / columns % rows);
    std::copy(from + at + std::clamp<int64_t>(first, 0, columns),
              from + at + std::clamp<int64_t>(last, 0, columns),
              to + at + std::clamp<int64_t>(first, 0, columns));
  }
  return out;
}

// A diagonal past the corners is as good as one at them, and cannot overflow.
int64_t within_corners(int64_t diagonal, const Shape& shape) {
  const int64_t reach = shape.size() < 2 ? 0 : std::max(shape[shape.size() - 2], shape.back()) + 1;
  return std::clamp(diagonal, -reach, reach);
}

}  // namespace

template <Element T>
BasicTensor<T> cat(const std::vector<BasicTensor<T>>& parts, Whole axis) {
  if (parts.empty()) throw ShapeError("cat: no tensors to join");
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].dim() == 0)
      throw ShapeError(fmt::format("cat: the tensor at {} has no axis to join along", i));
  }
  const auto counts = [](const BasicTensor<T>& part) { return !is_nothing(part.shape()); };
  const auto first = std::find_if(parts.begin(), parts.end(), counts);
  if (first == parts.end()) return empty<T>(0);
  const int along = normalize_axis(axis, first->dim(), "cat");
  BasicTensor<T> out = empty<T>(joined_shape(parts, static_cast<size_t>(first - parts.begin()), along));
  int64_t start = 0;
  for (const BasicTensor<T>& part : parts) {
    if (is_nothing(part.shape())) continue;
    out.narrow(along, start, part.size(along)).copy_(part);
    start += part.size(along);
  }
  return out;
}

template <Element T>
BasicTensor<T> stack(const std::vector<BasicTensor<T>>& parts, Whole axis) {
  if (parts.empty()) throw ShapeError("stack: no tensors to join");
  std::vector<BasicTensor<T>> layers;
  const int along = normalize_axis(axis, parts[0].dim() + 1, "stack");
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].shape() != parts[0].shape()) {
      throw ShapeError(fmt::format("stack: shapes differ: {} at 0 and {} at {}", to_string(parts[0].shape()),
                                   to_string(parts[i].shape()), i));
    }
    layers.push_back(parts[i].unsqueeze(along));
  }
  return cat(layers, along);
}

template <Element T>
BasicTensor<T> flip(const BasicTensor<T>& x, const Dims& axes) {
  Strides strides = x.strides();
  int64_t last = 0;  // the offset of the element that comes first in the result
  Dims seen;
  for (const int64_t each : axes) {
    const int axis = normalize_axis(each, x.dim(), "flip");
    if (std::find(seen.begin(), seen.end(), axis) != seen.end()) {
      throw ShapeError(fmt::format("flip: axis {} is given twice", axis));
    }
    seen.push_back(axis);
    if (x.dim() == 0 || x.numel() == 0) continue;
    last += (x.size(axis) - 1) * x.stride(axis);
    strides[axis] = -strides[axis];
  }
  const IntTensor places = detail::element_offsets(x.shape(), strides) + last;
  BasicTensor<T> out = empty<T>(x.shape());
  kernels::copy_rows(x.data(), {places.data(), places.numel(), nullptr, 1}, out.mutable_data());
  return out;
}

template <Element T>
BasicTensor<T> tril(const BasicTensor<T>& x, Whole diagonal) {
  const int64_t shift = within_corners(diagonal, x.shape());
  return keep_columns(x, "tril",
                      [&](int64_t row) { return std::pair<int64_t, int64_t>(0, row + shift + 1); });
}

template <Element T>
BasicTensor<T> triu(const BasicTensor<T>& x, Whole diagonal) {
  const int64_t shift = within_corners(diagonal, x.shape());
  return keep_columns(x, "triu", [&](int64_t row) { return std::pair(row + shift, x.size(-1)); });
}

#define LT_INSTANTIATE(T)                                                   \
  template BasicTensor<T> cat(const std::vector<BasicTensor<T>>&, Whole);   \
  template BasicTensor<T> stack(const std::vector<BasicTensor<T>>&, Whole); \
  template BasicTensor<T> flip(const BasicTensor<T>&, const Dims&);         \
  template BasicTensor<T> tril(const BasicTensor<T>&, Whole);               \
  template BasicTensor<T> triu(const BasicTensor<T>&, Whole);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
