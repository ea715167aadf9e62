#pragma once

// Private to tensor/: the numbers of a tensor as the bytes of a file, and back.

#include <bit>
#include <string>
#include <string_view>

#include <libtensor/tensor/tensor.h>

namespace lt::inline v0::detail {

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

// What an element of a file is: more types than tensors have. The letters are NumPy's, but for bfloat16's.
struct ElementType {
  char kind = 'f';  // 'b': bool of one byte; 'i', 'u', 'f': of 1, 2, 4, 8 bytes, 'f' not of 1; 'g': bfloat16
  int bytes = 4;
  friend bool operator==(const ElementType&, const ElementType&) = default;
};
template <typename T>
constexpr ElementType kElementType{'i', sizeof(T)};
template <>
inline constexpr ElementType kElementType<bool>{'b', 1};
template <>
inline constexpr ElementType kElementType<float>{'f', 4};
template <>
inline constexpr ElementType kElementType<double>{'f', 8};

std::string to_string(const ElementType& type);  // "uint8"

// A tensor from exactly its bytes, of any type, in C or in Fortran order. Floats are rounded to the nearest;
// whole numbers and bools are never changed.
//   throws: IoError, which starts with `where` and names the first element that T does not hold
template <typename T>
BasicTensor<T> tensor_of_bytes(std::string_view bytes, const ElementType& type, const Shape& shape,
                               bool fortran_order, const std::string& where);

}  // namespace lt::inline v0::detail
