#include <fmt/format.h>

#include <libtensor/tensor/functional.h>
#include <libtensor/tensor/kernels/batch_norm.h>
#include <libtensor/tensor/normalization.h>

// Mean and variance are a reduction's; what is made of them, one kernel forward and one back.

namespace lt::inline v0 {

template <Floating T>
BasicTensor<T> batch_norm(const BasicTensor<T>& x, const BasicTensor<T>& weight, const BasicTensor<T>& bias,
                          const BatchNormOptions& options, BatchStatistics<T>* statistics) {
  const BasicTensor<T> rows = detail::channel_rows(x, 2, "batch_norm");
  if (rows.size(0) < 2) {
    throw ShapeError(fmt::format("batch_norm: more than 1 value per channel is wanted to train, not input {}",
                                 to_string(x.shape())));
  }
  const BasicTensor<T> w = detail::channel_numbers(weight, T{1}, x, "batch_norm", "weight");
  const BasicTensor<T> b = detail::channel_numbers(bias, T{0}, x, "batch_norm", "bias");
  const T n = static_cast<T>(rows.size(0));
  const auto [var, mean] = var_mean(rows, 0);
  const BasicTensor<T> inverse_std =
      rsqrt((options.unbiased ? var : var * ((n - 1) / n)) + static_cast<T>(options.eps));
  if (statistics != nullptr) *statistics = {mean, var, inverse_std};
  BasicTensor<T> y = empty<T>(x.shape());
  kernels::batch_norm({rows.data(), mean.data(), inverse_std.data(), rows.size(0), rows.size(1)}, w.data(),
                      b.data(), y.mutable_data());
  return y;
}

template <Floating T>
NormGradients<T> batch_norm_backward(const BasicTensor<T>& dy, const BasicTensor<T>& x,
                                     const BasicTensor<T>& weight, const BatchStatistics<T>& statistics,
                                     Flag unbiased) {
  constexpr const char* kOp = "batch_norm_backward";
  check_same_shape(dy.shape(), x.shape(), kOp);
  const BasicTensor<T> rows = detail::channel_rows(x, 2, kOp);
  const BasicTensor<T> d = dy.contiguous();
  const BasicTensor<T> w = detail::channel_numbers(weight, T{1}, x, kOp, "weight");
  const BasicTensor<T> mean = detail::channel_numbers(statistics.mean, T{0}, x, kOp, "mean");
  const BasicTensor<T> inverse_std =
      detail::channel_numbers(statistics.inverse_std, T{1}, x, kOp, "inverse_std");
  const int64_t count = rows.size(0), n = rows.size(1);
  NormGradients<T> gradients{empty<T>(x.shape()), empty<T>(n), empty<T>(n)};
  kernels::batch_norm_backward({rows.data(), mean.data(), inverse_std.data(), count, n}, w.data(),
                               unbiased ? count - 1 : count, d.data(), gradients.x.mutable_data(),
                               gradients.weight.mutable_data(), gradients.bias.mutable_data());
  return gradients;
}

#define LT_INSTANTIATE(T)                                                                                 \
  template BasicTensor<T> batch_norm(const BasicTensor<T>&, const BasicTensor<T>&, const BasicTensor<T>&, \
                                     const BatchNormOptions&, BatchStatistics<T>*);                       \
  template NormGradients<T> batch_norm_backward(const BasicTensor<T>&, const BasicTensor<T>&,             \
                                                const BasicTensor<T>&, const BatchStatistics<T>&, Flag);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
