#include <libtensor/tensor/functional.h>
#include <libtensor/tensor/kernels/layer_norm.h>
#include <libtensor/tensor/normalization.h>

// One kernel forward, which finds each row's mean and deviation too, and one back.

namespace lt::inline v0 {

template <Floating T>
BasicTensor<T> layer_norm(const BasicTensor<T>& x, const BasicTensor<T>& weight, const BasicTensor<T>& bias,
                          const LayerNormOptions& options, RowStatistics<T>* statistics) {
  const BasicTensor<T> rows = detail::channel_rows(x, 1, "layer_norm");
  const BasicTensor<T> w = detail::channel_numbers(weight, T{1}, x, "layer_norm", "weight");
  const BasicTensor<T> b = detail::channel_numbers(bias, T{0}, x, "layer_norm", "bias");
  const int64_t count = rows.size(0), n = rows.size(1);
  BasicTensor<T> y = empty<T>(x.shape());
  BasicTensor<T> mean = empty<T>(count);
  BasicTensor<T> inverse_std = empty<T>(count);
  kernels::layer_norm(rows.data(), count, n, w.data(), b.data(), static_cast<T>(options.eps),
                      y.mutable_data(), mean.mutable_data(), inverse_std.mutable_data());
  if (statistics != nullptr) *statistics = {mean, inverse_std};
  return y;
}

template <Floating T>
NormGradients<T> layer_norm_backward(const BasicTensor<T>& dy, const BasicTensor<T>& x,
                                     const BasicTensor<T>& weight, const RowStatistics<T>& statistics) {
  constexpr const char* kOp = "layer_norm_backward";
  check_same_shape(dy.shape(), x.shape(), kOp);
  const BasicTensor<T> rows = detail::channel_rows(x, 1, kOp);
  const BasicTensor<T> d = dy.contiguous();
  const BasicTensor<T> w = detail::channel_numbers(weight, T{1}, x, kOp, "weight");
  const int64_t count = rows.size(0), n = rows.size(1);
  check_same_shape(statistics.mean.shape(), count, kOp);
  check_same_shape(statistics.inverse_std.shape(), count, kOp);
  const BasicTensor<T> mean = statistics.mean.contiguous();
  const BasicTensor<T> inverse_std = statistics.inverse_std.contiguous();
  NormGradients<T> gradients{empty<T>(x.shape()), empty<T>(n), empty<T>(n)};
  kernels::layer_norm_backward({rows.data(), mean.data(), inverse_std.data(), count, n}, w.data(), d.data(),
                               gradients.x.mutable_data(), gradients.weight.mutable_data(),
                               gradients.bias.mutable_data());
  return gradients;
}

#define LT_INSTANTIATE(T)                                                                                 \
  template BasicTensor<T> layer_norm(const BasicTensor<T>&, const BasicTensor<T>&, const BasicTensor<T>&, \
                                     const LayerNormOptions&, RowStatistics<T>*);                         \
  template NormGradients<T> layer_norm_backward(const BasicTensor<T>&, const BasicTensor<T>&,             \
                                                const BasicTensor<T>&, const RowStatistics<T>&);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
