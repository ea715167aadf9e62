#include <fmt/format.h>

#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>

// The affine layer as one node: the rows of x are one matrix, whatever its leading axes.

namespace lt::inline v0 {
namespace {

template <Floating T>
void check_linear(const BasicTensor<T>& x, const BasicTensor<T>& weight, const BasicVariable<T>& bias) {
  const bool fits = x.dim() >= 1 && weight.dim() == 2 && x.size(-1) == weight.size(1);
  const bool bias_fits = !bias.defined() || (weight.dim() == 2 && bias.shape() == Shape(weight.size(0)));
  if (!fits || !bias_fits) {
    throw ShapeError(fmt::format("linear: input {} and weight {} (out, in){} do not fit",
                                 to_string(x.shape()), to_string(weight.shape()),
                                 bias.defined() ? " with bias " + to_string(bias.shape()) : ""));
  }
}

}  // namespace

template <Floating T>
BasicVariable<T> linear(const BasicVariable<T>& x, const OperandOf<T>& weight, const OperandOf<T>& bias) {
  check_linear(x.data(), weight.data(), bias);
  Shape shape = x.shape();
  shape[shape.size() - 1] = 1;
  const BasicTensor<T> rows = x.data().reshape({numel(shape), x.size(-1)});
  const BasicTensor<T> y =
      bias.defined() ? addmm(bias.data(), rows, weight.data().t()) : matmul_nt(rows, weight.data());
  shape[shape.size() - 1] = weight.size(0);
  const auto rule = [rows = save_if(weight.requires_grad(), rows), w = save_if(x.requires_grad(), weight),
                     from = x.shape(), to = y.shape(),
                     need_b = bias.requires_grad()](const BasicTensor<T>& dy) {
    const BasicTensor<T> dy_rows = dy.reshape(to);
    Gradients<T, 3> gradients;
    if (w.is_saved()) gradients[0] = matmul(dy_rows, *w).reshape(from);
    if (rows.is_saved()) gradients[1] = matmul_tn(dy_rows, *rows);
    if (need_b) gradients[2] = sum(dy_rows, 0);
    return gradients;
  };
  return record(bias.defined() ? "linear" : "linear_no_bias", y.view(shape),
                {x, weight, optional_input(bias)}, rule);
}

template Variable linear(const Variable&, const Variable&, const Variable&);
template DoubleVariable linear(const DoubleVariable&, const DoubleVariable&, const DoubleVariable&);

}  // namespace lt::inline v0
