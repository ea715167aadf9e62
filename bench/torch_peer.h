#pragma once

// PyTorch's C++ library as a peer, where CMake found it.

#ifdef LIBTENSOR_BENCH_TORCH

// First, or Clang meets a vector of its type before the type.
#include <ATen/core/ivalue.h>

#include <ATen/ATen.h>

#include <libtensor/tensor/tensor.h>

namespace lt::bench {

// The numbers of x as PyTorch's tensor, not copied: x must outlive it.
template <typename T>
at::Tensor torch_view(const BasicTensor<T>& x) {
  const std::vector<int64_t> shape(x.shape().begin(), x.shape().end());
  return at::from_blob(const_cast<T*>(x.data()), shape, std::is_same_v<T, float> ? at::kFloat : at::kLong);
}

}  // namespace lt::bench

#endif
