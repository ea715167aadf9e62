#include <fmt/format.h>

#include <utility>

#include <libtensor/tensor/tensor.h>

// Views of all numbers: new shape and strides over the same storage. None of these reads or writes a number.

namespace lt::inline v0 {
namespace {

// `shape` with a -1 replaced by the size that the elements of `from` ask for.
//   throws: ShapeError where they do not fill it
Shape fit_shape(const Shape& from, const Shape& shape, const char* op) {
  Shape out = shape;
  int unknown = -1;
  for (int i = 0; i < shape.size(); ++i) {
    if (shape[i] == -1 && unknown == -1) {
      unknown = i;
      out[i] = 1;
    } else if (shape[i] < 0) {
      throw ShapeError(fmt::format("{}: invalid size {} in {}", op, shape[i], to_string(shape)));
    }
  }
  const int64_t known = numel(out);
  if (unknown >= 0 && known == 0) {
    throw ShapeError(fmt::format("{}: -1 is ambiguous beside a size of 0 in {}", op, to_string(shape)));
  }
  if (unknown >= 0) out[unknown] = numel(from) / known;
  if (numel(out) != numel(from)) {
    throw ShapeError(fmt::format("{}: {} elements of {} do not fill {}", op, numel(from), to_string(from),
                                 to_string(shape)));
  }
  return out;
}

// Strides under which `to` walks the elements of (from, strides) in the same order without a copy; false
// where there are none. Each run of densely nested axes of `from` is divided anew into axes of `to`.
bool view_strides(const Shape& from, const Strides& strides, const Shape& to, Strides& out) {
  out = contiguous_strides(to);
  if (numel(from) == 0) return true;
  int t = to.size() - 1;
  int64_t run_size = 1;
  int64_t run_stride = from.empty() ? 1 : strides.back();
  for (int f = from.size() - 1; f >= 0; --f) {
    run_size *= from[f];
    const bool run_ends = f == 0 || (from[f - 1] != 1 && strides[f - 1] != run_size * run_stride);
    if (!run_ends) continue;
    int64_t used = 1;
    while (t >= 0 && (used < run_size || to[t] == 1)) {
      out[t] = used * run_stride;
      used *= to[t--];
    }
    if (used != run_size) return false;
    if (f > 0) run_stride = strides[f - 1];
    run_size = 1;
  }
  for (; t >= 0; --t) out[t] = 1;  // only sizes of 1 are left (a scalar's new axes)
  return true;
}

}  // namespace

template <Element T>
BasicTensor<T>::BasicTensor(Storage storage, const Shape& shape, const Strides& strides, int64_t offset)
    : storage_(std::move(storage)), shape_(shape), strides_(strides), offset_(offset), defined_(true) {
  int64_t first = offset;
  int64_t last = offset;
  const bool is_paired = shape.size() == strides.size();
  const bool reads = is_paired && lt::numel(shape) > 0;
  bool overflows = false;
  const int64_t* stride = strides.begin();
  for (const int64_t* size = shape.begin(); reads && size != shape.end(); ++size, ++stride) {
    int64_t way = 0;
    int64_t& end = *stride < 0 ? first : last;
    overflows |= __builtin_mul_overflow(*stride, *size - 1, &way);
    overflows |= __builtin_add_overflow(end, way, &end);
  }
  if (!is_paired || overflows || (reads && (first < 0 || last >= room()))) throw_too_large();
  if (!reads) offset_ = 0;  // an empty view points at no element
}

template <Element T>
void BasicTensor<T>::throw_too_large() const {
  throw ShapeError(
      fmt::format("tensor: shape {} with strides {} from offset {} leaves the storage of {} elements",
                  to_string(shape_), to_string(strides_), offset_, room()));
}

template <Element T>
TensorView<T> BasicTensor<T>::view_as(Shape shape, Strides strides, int64_t offset) const {
  check_defined();
  TensorView<T> out(*this);
  out.shape_ = shape;
  out.strides_ = strides;
  out.offset_ = lt::numel(shape) == 0 ? 0 : offset;  // an empty view points at no element
  return out;
}

template <Element T>
bool BasicTensor<T>::is_contiguous() const {
  int64_t step = 1;
  bool dense = true;
  for (int i = dim() - 1; i >= 0; --i) {
    if (shape_[i] == 0) return true;
    if (shape_[i] == 1) continue;
    dense = dense && strides_[i] == step;
    step *= shape_[i];
  }
  return dense;
}

template <Element T>
TensorView<T> BasicTensor<T>::view(const Shape& shape) const {
  const Shape to = fit_shape(this->shape(), shape, "view");
  Strides strides;
  if (!view_strides(shape_, strides_, to, strides)) {
    throw ShapeError(fmt::format(
        "view: {} with strides {} cannot be seen as {} without a copy; use reshape, or contiguous first",
        to_string(shape_), to_string(strides_), to_string(to)));
  }
  return view_as(to, strides, offset_);
}

template <Element T>
BasicTensor<T> BasicTensor<T>::reshape(const Shape& shape) const {
  const Shape to = fit_shape(this->shape(), shape, "reshape");
  Strides strides;
  return view_strides(shape_, strides_, to, strides) ? view_as(to, strides, offset_) : clone().view(to);
}

template <Element T>
BasicTensor<T> BasicTensor<T>::flatten(Whole first_axis, Whole last_axis) const {
  const int first = normalize_axis(first_axis, dim(), "flatten");
  const int last = normalize_axis(last_axis, dim(), "flatten");
  if (dim() == 0) return view(1);
  if (first > last) throw ShapeError(fmt::format("flatten: axis {} comes after axis {}", first, last));
  Shape shape = shape_;
  for (int i = first; i < last; ++i) {
    shape[first] *= shape[first + 1];
    shape.erase(first + 1);
  }
  return reshape(shape);
}

template <Element T>
TensorView<T> BasicTensor<T>::transpose(Whole axis0, Whole axis1) const {
  const int a = normalize_axis(axis0, dim(), "transpose");
  const int b = normalize_axis(axis1, dim(), "transpose");
  if (dim() == 0) return TensorView<T>(*this);
  Shape shape = shape_;
  Strides strides = strides_;
  std::swap(shape[a], shape[b]);
  std::swap(strides[a], strides[b]);
  return view_as(shape, strides, offset_);
}

template <Element T>
TensorView<T> BasicTensor<T>::t() const {
  if (dim() > 2)
    throw ShapeError(fmt::format("t: {} has more than 2 axes; use transpose", to_string(shape_)));
  return dim() < 2 ? TensorView<T>(*this) : transpose(0, 1);
}

template <Element T>
TensorView<T> BasicTensor<T>::permute(const Dims& axes) const {
  if (axes.size() != dim()) {
    throw ShapeError(fmt::format("permute: {} axes named for {}", axes.size(), to_string(shape_)));
  }
  Shape shape = shape_;
  Strides strides = strides_;
  unsigned seen = 0;
  for (int i = 0; i < dim(); ++i) {
    const int axis = normalize_axis(axes[i], dim(), "permute");
    if (seen >> axis & 1U)
      throw ShapeError(fmt::format("permute: axis {} named twice in {}", axis, to_string(axes)));
    seen |= 1U << axis;
    shape[i] = shape_[axis];
    strides[i] = strides_[axis];
  }
  return view_as(shape, strides, offset_);
}

template <Element T>
TensorView<T> BasicTensor<T>::squeeze() const {
  Shape shape;
  Strides strides;
  for (int i = 0; i < dim(); ++i) {
    if (shape_[i] == 1) continue;
    shape.push_back(shape_[i]);
    strides.push_back(strides_[i]);
  }
  return view_as(shape, strides, offset_);
}

template <Element T>
TensorView<T> BasicTensor<T>::squeeze(Whole axis) const {
  const int a = normalize_axis(axis, dim(), "squeeze");
  return dim() == 0 || shape_[a] != 1 ? TensorView<T>(*this) : select(a, 0);
}

template <Element T>
TensorView<T> BasicTensor<T>::unsqueeze(Whole axis) const {
  const int a = normalize_axis(axis, dim() + 1, "unsqueeze");
  Shape shape = shape_;
  Strides strides = strides_;
  const int64_t step = a < dim() ? shape_[a] * strides_[a] : 1;
  shape.insert(a, 1);
  strides.insert(a, step);
  return view_as(shape, strides, offset_);
}

template <Element T>
TensorView<T> BasicTensor<T>::expand(const Shape& shape) const {
  const int lead = shape.size() - dim();
  Shape to = shape;
  Strides strides = shape;
  bool fits = lead >= 0;
  for (int i = 0; fits && i < shape.size(); ++i) {
    const int64_t own = i < lead ? 1 : shape_[i - lead];
    if (shape[i] == -1 && i >= lead) to[i] = own;
    fits = to[i] >= 0 && (own == to[i] || own == 1);
    strides[i] = i >= lead && own == to[i] ? strides_[i - lead] : 0;
  }
  if (!fits) {
    throw ShapeError(fmt::format("expand: {} does not stretch to {}", to_string(shape_), to_string(shape)));
  }
  return view_as(to, strides, offset_);
}

#define LT_INSTANTIATE(T)                                                               \
  template BasicTensor<T>::BasicTensor(Storage, const Shape&, const Strides&, int64_t); \
  template void BasicTensor<T>::throw_too_large() const;                                \
  template TensorView<T> BasicTensor<T>::view_as(Shape, Strides, int64_t) const;        \
  template bool BasicTensor<T>::is_contiguous() const;                                  \
  template TensorView<T> BasicTensor<T>::view(const Shape&) const;                      \
  template BasicTensor<T> BasicTensor<T>::reshape(const Shape&) const;                  \
  template BasicTensor<T> BasicTensor<T>::flatten(Whole, Whole) const;                  \
  template TensorView<T> BasicTensor<T>::transpose(Whole, Whole) const;                 \
  template TensorView<T> BasicTensor<T>::t() const;                                     \
  template TensorView<T> BasicTensor<T>::permute(const Dims&) const;                    \
  template TensorView<T> BasicTensor<T>::squeeze() const;                               \
  template TensorView<T> BasicTensor<T>::squeeze(Whole) const;                          \
  template TensorView<T> BasicTensor<T>::unsqueeze(Whole) const;                        \
  template TensorView<T> BasicTensor<T>::expand(const Shape&) const;
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
