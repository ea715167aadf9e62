#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <utility>

#include <libtensor/tensor/ops.h>

// Tensors on memory that is there already.

namespace lt {
namespace {

// The bytes from the first element to the end of the last.
size_t extent(const Shape& shape, const Strides& strides, size_t element_bytes) {
  const auto refuse = [&](const char* why) {
    throw ShapeError(
        fmt::format("from_blob: strides {} of shape {} {}", to_string(strides), to_string(shape), why));
  };
  if (strides.size() != shape.size()) refuse("are not one for each axis");
  if (numel(shape) == 0) return 0;
  int64_t last = 0;
  for (int i = 0; i < shape.size(); ++i) {
    int64_t way = 0;
    if (strides[i] < 0) refuse("go backwards");
    if (__builtin_mul_overflow(shape[i] - 1, strides[i], &way) || __builtin_add_overflow(last, way, &last)) {
      refuse("lead further than any memory");
    }
  }
  int64_t bytes = 0;
  if (__builtin_mul_overflow(last, static_cast<int64_t>(element_bytes), &bytes)) {
    refuse("lead further than any memory");
  }
  return static_cast<size_t>(bytes) + element_bytes;
}

}  // namespace

template <Element T>
BasicTensor<T> from_blob(T* data, const Shape& shape, const Strides& strides, std::shared_ptr<void> owner) {
  const Strides steps = strides.empty() ? contiguous_strides(shape) : strides;
  const size_t bytes = extent(shape, steps, sizeof(T));
  if (data == nullptr && bytes > 0) {
    throw ValueError(fmt::format("from_blob: a null pointer for shape {}", to_string(shape)));
  }
  if (reinterpret_cast<uintptr_t>(data) % alignof(T) != 0) {
    throw ValueError(fmt::format("from_blob: the address {} is no multiple of {}, as {} needs it",
                                 fmt::ptr(data), alignof(T), dtype_name<T>()));
  }
  return BasicTensor<T>(Storage(data, bytes, std::move(owner)), shape, steps, 0);
}

template Tensor from_blob(float*, const Shape&, const Strides&, std::shared_ptr<void>);
template DoubleTensor from_blob(double*, const Shape&, const Strides&, std::shared_ptr<void>);
template IntTensor from_blob(int64_t*, const Shape&, const Strides&, std::shared_ptr<void>);
template BoolTensor from_blob(bool*, const Shape&, const Strides&, std::shared_ptr<void>);

}  // namespace lt
