#include <libtensor/tensor/bytes.h>

#include <algorithm>
#include <cstring>

#include <libtensor/tensor/ops.h>

// A file may claim any shape: its size is worked out with every product checked, axes of size 0 included, so
// that strides computed from it later cannot overflow either.

namespace lt::detail {

int64_t bytes_of_shape(const Shape& shape, int64_t bytes_per_element) {
  int64_t bytes = bytes_per_element;
  bool is_empty = false;
  for (const int64_t size : shape) {
    if (size < 0 || __builtin_mul_overflow(bytes, std::max<int64_t>(size, 1), &bytes)) return -1;
    is_empty |= size == 0;
  }
  return is_empty ? 0 : bytes;
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

template Tensor tensor_of_bytes(std::string_view, const Shape&);
template DoubleTensor tensor_of_bytes(std::string_view, const Shape&);
template IntTensor tensor_of_bytes(std::string_view, const Shape&);
template BoolTensor tensor_of_bytes(std::string_view, const Shape&);

}  // namespace lt::detail
