#include <libtensor/tensor/bytes.h>

#include <fmt/format.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include <libtensor/tensor/ops.h>

// A file may claim any shape: its size is worked out with every product checked, axes of size 0 included, so
// that strides computed from it later cannot overflow either. Elements of other types are converted one by
// one, each checked.

namespace lt::inline v0::detail {
namespace {

Dims reversed(const Dims& dims) {
  Dims out;
  for (const int64_t each : dims) out.insert(0, each);
  return out;
}

// From Fortran order, whose first axis is the dense one.
template <typename T>
BasicTensor<T> from_columns(const BasicTensor<T>& columns_first) {
  Dims axes;
  for (int axis = 0; axis < columns_first.dim(); ++axis) axes.insert(0, axis);
  return columns_first.permute(axes).contiguous();
}

// The index of an element in row-major order.
Dims index_of(int64_t element, const Shape& shape) {
  Dims index;
  for (int axis = shape.size() - 1; axis >= 0; --axis) {
    index.insert(0, element % shape[axis]);
    element /= shape[axis];
  }
  return index;
}

// Calls f.operator()<From>() with the C++ type of a file's elements.
template <typename F>
void with_type(const ElementType& type, F f) {
  const auto pick = [&]<typename One, typename Two, typename Four, typename Eight>() {
    if (type.bytes == 1) f.template operator()<One>();
    if (type.bytes == 2) f.template operator()<Two>();
    if (type.bytes == 4) f.template operator()<Four>();
    if (type.bytes == 8) f.template operator()<Eight>();
  };
  if (type.kind == 'b') f.template operator()<bool>();
  if (type.kind == 'i') pick.template operator()<int8_t, int16_t, int32_t, int64_t>();
  if (type.kind == 'u') pick.template operator()<uint8_t, uint16_t, uint32_t, uint64_t>();
  if (type.kind == 'g') f.template operator()<Eigen::bfloat16>();
  if (type.kind == 'f') pick.template operator()<Eigen::half, Eigen::half, float, double>();
}

// A value as C++ computes with it.
template <typename From>
auto value_at(const char* place) {
  if constexpr (std::is_same_v<From, bool>) {
    return int{*place != 0};
  } else {
    From value;
    std::memcpy(&value, place, sizeof(From));
    if constexpr (std::is_same_v<From, Eigen::half> || std::is_same_v<From, Eigen::bfloat16>) {
      return static_cast<float>(value);
    } else {
      return value;
    }
  }
}

template <typename To, typename From>
bool holds(From value) {
  if constexpr (std::is_same_v<To, bool>) {
    return value == From{0} || value == From{1};
  } else if constexpr (std::is_floating_point_v<To>) {
    return std::isinf(static_cast<To>(value)) == std::isinf(static_cast<double>(value));
  } else if constexpr (std::is_floating_point_v<From>) {
    return std::trunc(value) == value && value >= From{-0x1p63} && value < From{0x1p63};
  } else {
    return std::in_range<To>(value);
  }
}

}  // namespace

int64_t bytes_of_shape(const Shape& shape, int64_t bytes_per_element) {
  int64_t bytes = bytes_per_element;
  bool is_empty = false;
  for (const int64_t size : shape) {
    if (size < 0 || __builtin_mul_overflow(bytes, std::max<int64_t>(size, 1), &bytes)) return -1;
    is_empty |= size == 0;
  }
  return is_empty ? 0 : bytes;
}

std::string to_string(const ElementType& type) {
  if (type.kind == 'b') return "bool";
  if (type.kind == 'g') return "bfloat16";
  return fmt::format("{}{}", type.kind == 'f' ? "float" : type.kind == 'i' ? "int" : "uint", 8 * type.bytes);
}

template <typename T>
BasicTensor<T> tensor_of_bytes(std::string_view bytes, const Shape& shape) {
  BasicTensor<T> out = empty<T>(shape);
  if (bytes.empty()) return out;
  if constexpr (std::is_same_v<T, bool>) {
    std::transform(bytes.begin(), bytes.end(), out.mutable_data(), [](char byte) { return byte != 0; });
  } else {
    std::memcpy(out.mutable_data(), bytes.data(), bytes.size());
  }
  return out;
}

template <typename T>
BasicTensor<T> tensor_of_bytes(std::string_view bytes, const ElementType& type, const Shape& shape,
                               bool fortran_order, const std::string& where) {
  const Shape stored = fortran_order ? reversed(shape) : shape;
  const auto in_order = [&](const BasicTensor<T>& x) { return fortran_order ? from_columns(x) : x; };
  if (type == kElementType<T>) return in_order(tensor_of_bytes<T>(bytes, stored));
  BasicTensor<T> out = empty<T>(stored);
  T* const to = out.mutable_data();
  with_type(type, [&]<typename From>() {
    for (int64_t i = 0; i < out.numel(); ++i) {
      const auto value = value_at<From>(bytes.data() + i * static_cast<int64_t>(sizeof(From)));
      if (!holds<T>(value)) {
        const Dims index = index_of(i, stored);
        throw IoError(fmt::format("{}: element {} is {}, which {} does not hold", where,
                                  to_string(fortran_order ? reversed(index) : index), value,
                                  dtype_name<T>()));
      }
      to[i] = static_cast<T>(value);  // NOLINT: int8 is a number here, no character
    }
  });
  return in_order(out);
}

#define LT_INSTANTIATE(T)                                                                           \
  template BasicTensor<T> tensor_of_bytes(std::string_view, const Shape&);                          \
  template BasicTensor<T> tensor_of_bytes(std::string_view, const ElementType&, const Shape&, bool, \
                                          const std::string&);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0::detail
