#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/tensor/ops.h>

// Tensors from nothing: a fresh dense storage, filled.

namespace lt {

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

template <typename T>
BasicTensor<T> empty(const Shape& shape) {
  const int64_t count = numel(shape);
  if (count > INT64_MAX / static_cast<int64_t>(sizeof(T))) {
    throw ShapeError(fmt::format("empty: {} is more than memory can hold", to_string(shape)));
  }
  return BasicTensor<T>(Storage(static_cast<size_t>(count) * sizeof(T)), shape, contiguous_strides(shape), 0);
}

template <typename T>
BasicTensor<T> full(const Shape& shape, ScalarOf<T> value) {
  BasicTensor<T> out = empty<T>(shape);
  std::fill_n(out.mutable_data(), out.numel(), static_cast<T>(value));
  return out;
}

template <typename T>
BasicTensor<T> from_vector(const std::vector<ValueOf<T>>& values, const Shape& shape) {
  if (static_cast<int64_t>(values.size()) != numel(shape)) {
    throw ShapeError(
        fmt::format("from_vector: {} values do not fill shape {}", values.size(), to_string(shape)));
  }
  BasicTensor<T> out = empty<T>(shape);
  std::copy(values.begin(), values.end(), out.mutable_data());
  return out;
}

template <typename T>
BasicTensor<T> tensor(std::initializer_list<ValueOf<T>> values) {
  BasicTensor<T> out = empty<T>(static_cast<int64_t>(values.size()));
  std::copy(values.begin(), values.end(), out.mutable_data());
  return out;
}

template <typename T>
BasicTensor<T> tensor(std::initializer_list<std::initializer_list<ValueOf<T>>> rows) {
  const size_t columns = rows.size() == 0 ? 0 : rows.begin()->size();
  BasicTensor<T> out = empty<T>({static_cast<int64_t>(rows.size()), static_cast<int64_t>(columns)});
  T* next = out.mutable_data();
  for (const auto& row : rows) {
    if (row.size() != columns) {
      throw ShapeError(fmt::format("tensor: ragged rows: {} values beside {}", row.size(), columns));
    }
    next = std::copy(row.begin(), row.end(), next);
  }
  return out;
}

template <typename T>
BasicTensor<T> tensor(
    std::initializer_list<std::initializer_list<std::initializer_list<ValueOf<T>>>> blocks) {
  std::vector<BasicTensor<T>> parts;
  for (const auto& block : blocks) parts.push_back(tensor<T>(block));
  const bool ragged = std::any_of(parts.begin(), parts.end(),
                                  [&](const auto& part) { return part.shape() != parts[0].shape(); });
  if (ragged) throw ShapeError("tensor: ragged blocks");
  return parts.empty() ? empty<T>({0, 0, 0}) : stack(parts);
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

template <typename T>
BasicTensor<T> arange(BoundOf<T> start, BoundOf<T> end, BoundOf<T> step) {
  using Number = std::conditional_t<std::is_integral_v<T>, int64_t, double>;
  const Number first = start, by = step;
  const int64_t count = count_steps<Number>(first, end, by);
  BasicTensor<T> out = empty<T>(count);
  T* const values = out.mutable_data();
  for (int64_t i = 0; i < count; ++i) values[i] = static_cast<T>(first + static_cast<Number>(i) * by);
  return out;
}

template <typename T>
BasicTensor<T> linspace(ScalarOf<T> start, ScalarOf<T> end, int64_t steps) {
  if (steps < 0) throw ValueError(fmt::format("linspace: {} steps", steps));
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

template <typename T>
BasicTensor<T> eye(int64_t n) {
  BasicTensor<T> out = zeros<T>({n, n});
  out.diagonal().fill_(T{1});
  return out;
}

#define LT_INSTANTIATE(T)                                                                                    \
  template BasicTensor<T> empty<T>(const Shape&);                                                            \
  template BasicTensor<T> full<T>(const Shape&, Scalar<T>);                                                  \
  template BasicTensor<T> from_vector<T>(const std::vector<T>&, const Shape&);                               \
  template BasicTensor<T> tensor<T>(std::initializer_list<T>);                                               \
  template BasicTensor<T> tensor<T>(std::initializer_list<std::initializer_list<T>>);                        \
  template BasicTensor<T> tensor<T>(std::initializer_list<std::initializer_list<std::initializer_list<T>>>); \
  template BasicTensor<T> eye<T>(int64_t);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

template Tensor arange<float>(double, double, double);
template DoubleTensor arange<double>(double, double, double);
template IntTensor arange<int64_t>(Scalar<int64_t>, Scalar<int64_t>, Scalar<int64_t>);
template Tensor linspace<float>(Scalar<float>, Scalar<float>, int64_t);
template DoubleTensor linspace<double>(Scalar<double>, Scalar<double>, int64_t);

}  // namespace lt
