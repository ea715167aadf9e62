#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/tensor/ops.h>

// Tensors from nothing: a fresh dense storage, filled.

namespace lt::inline v0 {

template <>
const char* dtype_name<float>() {
  return "float32";
}
template <>
const char* dtype_name<double>() {
  return "float64";
}
template <>
const char* dtype_name<int64_t>() {
  return "int64";
}
template <>
const char* dtype_name<bool>() {
  return "bool";
}

template <Element T>
BasicTensor<T> empty(const Shape& shape) {
  const int64_t count = numel(shape);
  if (count > INT64_MAX / static_cast<int64_t>(sizeof(T))) {
    throw ShapeError(fmt::format("empty: {} is more than memory can hold", to_string(shape)));
  }
  return BasicTensor<T>(Storage(static_cast<size_t>(count) * sizeof(T)), shape);
}

template <Element T>
BasicTensor<T> full(const Shape& shape, ScalarOf<T> value) {
  const T number = value.fitting("full");
  BasicTensor<T> out = empty<T>(shape);
  std::fill_n(out.mutable_data(), out.numel(), number);
  return out;
}

namespace {

template <typename T, typename Values>
BasicTensor<T> filled_from(const Values& values, const Shape& shape) {
  if (static_cast<int64_t>(values.size()) != numel(shape)) {
    throw ShapeError(
        fmt::format("from_vector: {} values do not fill shape {}", values.size(), to_string(shape)));
  }
  BasicTensor<T> out = empty<T>(shape);
  std::copy(values.begin(), values.end(), out.mutable_data());
  return out;
}

}  // namespace

template <Element T>
BasicTensor<T> from_vector(const std::vector<ValueOf<T>>& values, const Shape& shape) {
  return filled_from<T>(values, shape);
}

template <Element T>
BasicTensor<T> detail::from_span(std::span<const T> values, const Shape& shape) {
  return filled_from<T>(values, shape);
}

template <Element T>
Shape Nested<T>::shape() const {
  Shape shape;
  for (const Nested* at = this; !at->is_number_; at = at->parts_.begin()) {
    shape.push_back(static_cast<int64_t>(at->parts_.size()));
    if (at->parts_.size() == 0) break;
  }
  return shape;
}

template <Element T>
T* Nested<T>::write(const Shape& shape, T* place) const {
  const bool fits =
      is_number_ ? shape.empty() : !shape.empty() && static_cast<int64_t>(parts_.size()) == shape[0];
  if (!fits) {
    throw ShapeError(
        fmt::format("tensor: ragged rows: {} beside {}", to_string(this->shape()), to_string(shape)));
  }
  if (is_number_) {
    *place = number_;
    return place + 1;
  }
  Shape part = shape;
  part.erase(0);
  for (const Nested& each : parts_) place = each.write(part, place);
  return place;
}

template <Element T>
BasicTensor<T> tensor(const std::type_identity_t<Nested<T>>& values) {
  BasicTensor<T> out = empty<T>(values.shape());
  values.write(out.shape(), out.mutable_data());
  return out;
}

namespace {

// How many of start, start + step, ... lie before end. T: double or int64_t
template <typename T>
int64_t count_steps(T start, T end, T step) {
  const double span = static_cast<double>(end) - static_cast<double>(start);
  const double stride = static_cast<double>(step);
  const bool leads = step > 0 ? start <= end : step < 0 && start >= end;
  if (!leads || !std::isfinite(span) || !std::isfinite(stride)) {
    throw ValueError(fmt::format("arange: no steps of {} lead from {} to {}", step, start, end));
  }
  if (span / stride > 0x1p62) {
    throw ValueError(fmt::format("arange: too many steps of {} lead from {} to {}", step, start, end));
  }
  if constexpr (std::is_integral_v<T>) {  // exact where double is not; unsigned, since end - start may wrap
    const auto distance = [](T from, T to) {
      return static_cast<uint64_t>(to) - static_cast<uint64_t>(from);
    };
    const uint64_t whole = step > 0 ? distance(start, end) : distance(end, start);
    const uint64_t part = step > 0 ? distance(0, step) : distance(step, 0);
    return static_cast<int64_t>(whole / part + (whole % part != 0 ? 1 : 0));
  } else {
    return static_cast<int64_t>(std::ceil(span / stride));
  }
}

}  // namespace

template <Number T>
BasicTensor<T> arange(BoundOf<T> start, BoundOf<T> end, BoundOf<T> step) {
  using Number = std::conditional_t<std::is_integral_v<T>, int64_t, double>;
  const Number first = start, by = step;
  const int64_t count = count_steps<Number>(first, end, by);
  BasicTensor<T> out = empty<T>(count);
  T* const values = out.mutable_data();
  for (int64_t i = 0; i < count; ++i) values[i] = static_cast<T>(first + static_cast<Number>(i) * by);
  return out;
}

template <Floating T>
BasicTensor<T> linspace(ScalarOf<T> start, ScalarOf<T> end, Whole steps) {
  if (steps < 0) throw ValueError(fmt::format("linspace: {} steps", int64_t{steps}));
  BasicTensor<T> out = empty<T>(steps);
  T* const values = out.mutable_data();
  const T first = start, last = end;
  const T step = steps > 1 ? (last - first) / static_cast<T>(steps - 1) : T{};
  for (int64_t i = 0; i < steps; ++i) {  // from both ends, as PyTorch, so that both are exact
    values[i] = i < steps / 2 || steps == 1 ? first + step * static_cast<T>(i)
                                            : last - step * static_cast<T>(steps - 1 - i);
  }
  return out;
}

template <Element T>
BasicTensor<T> eye(Whole n) {
  BasicTensor<T> out = zeros<T>({n, n});
  out.diagonal().fill_(T{1});
  return out;
}

#define LT_INSTANTIATE(T)                                                         \
  template BasicTensor<T> empty<T>(const Shape&);                                 \
  template BasicTensor<T> full<T>(const Shape&, Scalar<T>);                       \
  template BasicTensor<T> from_vector<T>(const std::vector<T>&, const Shape&);    \
  template BasicTensor<T> detail::from_span<T>(std::span<const T>, const Shape&); \
  template class Nested<T>;                                                       \
  template BasicTensor<T> tensor<T>(const Nested<T>&);                            \
  template BasicTensor<T> eye<T>(Whole);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

template Tensor arange<float>(Scalar<double>, Scalar<double>, Scalar<double>);
template DoubleTensor arange<double>(Scalar<double>, Scalar<double>, Scalar<double>);
template IntTensor arange<int64_t>(Scalar<int64_t>, Scalar<int64_t>, Scalar<int64_t>);
template Tensor linspace<float>(Scalar<float>, Scalar<float>, Whole);
template DoubleTensor linspace<double>(Scalar<double>, Scalar<double>, Whole);

}  // namespace lt::inline v0
