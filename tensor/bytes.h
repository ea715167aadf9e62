#pragma once

// Private to tensor/: the numbers of a tensor as the bytes of a file, and back.

#include <bit>
#include <string_view>

#include <libtensor/tensor/tensor.h>

namespace lt::detail {

static_assert(std::endian::native == std::endian::little, "the file formats are little-endian");

// The bytes that a shape read from a file stands for; -1 where they are more than any file has.
int64_t bytes_of_shape(const Shape& shape, int64_t bytes_per_element);

// The bytes of a dense tensor, which must outlive them.
template <typename T>
std::string_view bytes_of(const BasicTensor<T>& dense) {
  return {reinterpret_cast<const char*>(dense.data()), static_cast<size_t>(dense.numel()) * sizeof(T)};
}

// A tensor from exactly its bytes. In a bool tensor any byte but 0 is true.
template <typename T>
BasicTensor<T> tensor_of_bytes(std::string_view bytes, const Shape& shape);

}  // namespace lt::detail
