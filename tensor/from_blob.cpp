#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <utility>

#include <libtensor/tensor/from_memory.h>
#include <libtensor/tensor/ops.h>

// Tensors on memory that is there already.

namespace lt::inline v0 {
namespace {

// Where the lowest and the highest element lie from the first one, in elements.
struct Extent {
  int64_t low = 0;
  int64_t high = -1;  // below low: there are none
};

Extent extent(const char* op, const Shape& shape, const Strides& strides, size_t element_bytes) {
  const auto refuse = [&](const char* why) {
    throw ShapeError(
        fmt::format("{}: strides {} of shape {} {}", op, to_string(strides), to_string(shape), why));
  };
  if (strides.size() != shape.size()) refuse("are not one for each axis");
  if (numel(shape) == 0) return {};
  Extent out{0, 0};
  for (int i = 0; i < shape.size(); ++i) {
    int64_t way = 0;
    int64_t& end = strides[i] < 0 ? out.low : out.high;
    if (__builtin_mul_overflow(shape[i] - 1, strides[i], &way) || __builtin_add_overflow(end, way, &end)) {
      refuse("lead further than any memory");
    }
  }
  const int64_t most = INT64_MAX / static_cast<int64_t>(element_bytes) / 2;
  if (out.low < -most || out.high > most) refuse("lead further than any memory");
  return out;
}

}  // namespace

template <Element T>
BasicTensor<T> detail::from_memory(const char* op, T* data, const Shape& shape, const Strides& strides,
                                   std::shared_ptr<void> owner) {
  const Strides steps = strides.empty() ? contiguous_strides(shape) : strides;
  const Extent range = extent(op, shape, steps, sizeof(T));
  const auto elements = static_cast<size_t>(range.high - range.low + 1);
  if (data == nullptr && elements > 0) {
    throw ValueError(fmt::format("{}: a null pointer for shape {}", op, to_string(shape)));
  }
  if (reinterpret_cast<uintptr_t>(data) % alignof(T) != 0) {
    throw ValueError(fmt::format("{}: the address {} is no multiple of {}, as {} needs it", op,
                                 fmt::ptr(data), alignof(T), dtype_name<T>()));
  }
  return BasicTensor<T>(Storage(data + range.low, elements * sizeof(T), std::move(owner)), shape, steps,
                        -range.low);
}

template <Element T>
BasicTensor<T> from_blob(T* data, const Shape& shape, const Strides& strides, std::shared_ptr<void> owner) {
  return detail::from_memory("from_blob", data, shape, strides, std::move(owner));
}

#define LT_INSTANTIATE(T)                                                                    \
  template BasicTensor<T> detail::from_memory(const char*, T*, const Shape&, const Strides&, \
                                              std::shared_ptr<void>);                        \
  template BasicTensor<T> from_blob(T*, const Shape&, const Strides&, std::shared_ptr<void>);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
