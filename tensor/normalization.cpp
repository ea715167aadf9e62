#include <libtensor/tensor/normalization.h>

#include <fmt/format.h>

#include <libtensor/tensor/ops.h>

namespace lt::inline v0::detail {

template <typename T>
BasicTensor<T> channel_rows(const BasicTensor<T>& x, int least_dim, const char* op) {
  if (x.dim() < least_dim || x.numel() == 0) {
    throw ShapeError(fmt::format("{}: input {} has no rows of channels", op, to_string(x.shape())));
  }
  return x.reshape({-1, x.size(-1)}).contiguous();
}

template <typename T>
BasicTensor<T> channel_numbers(const BasicTensor<T>& affine, T value, const BasicTensor<T>& x, const char* op,
                               const char* name) {
  if (!affine.defined()) return full<T>(x.size(-1), value);
  if (affine.shape() != Shape(x.size(-1))) {
    throw ShapeError(fmt::format("{}: {} {} for input {}: one number a channel (the last axis) is wanted", op,
                                 name, to_string(affine.shape()), to_string(x.shape())));
  }
  return affine.contiguous();
}

#define LT_INSTANTIATE(T)                                                                               \
  template BasicTensor<T> channel_rows(const BasicTensor<T>&, int, const char*);                        \
  template BasicTensor<T> channel_numbers(const BasicTensor<T>&, T, const BasicTensor<T>&, const char*, \
                                          const char*);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0::detail
