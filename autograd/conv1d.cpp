#include <fmt/format.h>

#include <libtensor/autograd/ops.h>

// Convolution along time, as one matrix product for each place of the kernel: its weights (out, in) times the
// input that lies under that place, for all steps at once. Gradients are those of the products and sums.

namespace lt::inline v0 {
namespace {

template <Floating T>
void check_conv1d(const BasicVariable<T>& x, const BasicVariable<T>& weight, const BasicVariable<T>& bias,
                  const Conv1dOptions& options) {
  const bool fits = x.dim() == 3 && weight.dim() == 3 && x.size(1) == weight.size(1) && weight.size(2) > 0;
  const bool bias_fits = !bias.defined() || (weight.dim() == 3 && bias.shape() == Shape(weight.size(0)));
  if (!fits || !bias_fits) {
    throw ShapeError(fmt::format(
        "conv1d: input {} (n, in, time) and weight {} (out, in, kernel){} do not fit", to_string(x.shape()),
        to_string(weight.shape()), bias.defined() ? " with bias " + to_string(bias.shape()) : ""));
  }
  if (options.dilation < 1) throw ValueError(fmt::format("conv1d: dilation {} is below 1", options.dilation));
}

// How far back the kernel's first place lies from its last.
int64_t reach_of(int64_t kernel, const Conv1dOptions& options) {
  int64_t reach = 0;
  if (__builtin_mul_overflow(options.dilation, kernel - 1, &reach))
    throw ValueError(fmt::format("conv1d: dilation {} is too large", options.dilation));
  return reach;
}

}  // namespace

template <Floating T>
BasicVariable<T> conv1d(const BasicVariable<T>& x, const OperandOf<T>& weight, const OperandOf<T>& bias,
                        const Conv1dOptions& options) {
  check_conv1d(x, weight, bias, options);
  const int64_t kernel = weight.size(2), reach = reach_of(kernel, options);
  BasicVariable<T> padded = x;
  if (options.causal && reach > 0) {
    padded = cat({BasicVariable<T>(zeros<T>({x.size(0), x.size(1), reach})), x}, 2);
  } else if (x.size(2) <= reach) {
    throw ShapeError(fmt::format("conv1d: {} steps of time are fewer than the {} that the kernel spans",
                                 x.size(2), reach + 1));
  }
  const int64_t steps = padded.size(2) - reach;
  BasicVariable<T> y;
  for (int64_t k = 0; k < kernel; ++k) {
    const BasicVariable<T> under = padded.narrow(2, k * options.dilation, steps);
    const BasicVariable<T> part = matmul(weight.select(2, k), under);  // (out, in) @ (n, in, steps)
    y = k == 0 ? part : y + part;
  }
  return bias.defined() ? y + bias.unsqueeze(1) : y;
}

template Variable conv1d(const Variable&, const Variable&, const Variable&, const Conv1dOptions&);
template DoubleVariable conv1d(const DoubleVariable&, const DoubleVariable&, const DoubleVariable&,
                               const Conv1dOptions&);

}  // namespace lt::inline v0
