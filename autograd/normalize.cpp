#include <fmt/format.h>

#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>
#include <libtensor/tensor/kernels/layer_norm.h>
#include <libtensor/tensor/kernels/normalize.h>

// Batch and layer normalisation as one node each. With x^ = (x - mean) / sqrt(var + eps) over n values, the
// gradient of x is 1 / sqrt(var + eps) * (d - mean(d) - x^ * sum(d x^) / m), where d is that of x^ and m is
// what var was divided by: n, or n - 1 (the derivation is lecture 5's exercise 3).

namespace lt {
namespace {

template <typename T>
void check_affine(const char* op, const BasicVariable<T>& x, const BasicVariable<T>& affine,
                  const char* name) {
  if (affine.defined() && affine.shape() != Shape(x.size(-1))) {
    throw ShapeError(fmt::format("{}: {} {} for input {}: one number a channel (the last axis) is wanted", op,
                                 name, to_string(affine.shape()), to_string(x.shape())));
  }
}

// The rows of x as one matrix.
template <typename T>
BasicTensor<T> matrix_rows(const char* op, const BasicVariable<T>& x, int least_dim) {
  if (x.dim() < least_dim || x.numel() == 0) {
    throw ShapeError(fmt::format("{}: input {} has no rows of channels", op, to_string(x.shape())));
  }
  return x.data().reshape({-1, x.size(-1)});
}

// The matrix `rows` as the kernels see it.
template <typename T>
kernels::Columns<T> columns_of(const BasicTensor<T>& rows, const BasicTensor<T>& center,
                               const BasicTensor<T>& inverse_std) {
  return {rows.data(), center.data(), inverse_std.data(), rows.size(0), rows.size(1)};
}

}  // namespace

// In sums over rows, of n values a channel with m of them in the variance's denominator: the gradient of bias
// is sum(dy), of weight sum(dy x^), and of x weight / std * (dy - sum(dy) / n - x^ * sum(dy x^) / m).
template <typename T>
BasicVariable<T> batch_norm(const BasicVariable<T>& x, const BasicVariable<T>& weight,
                            const BasicVariable<T>& bias, double eps, bool unbiased,
                            BatchStatistics<T>* statistics) {
  const BasicTensor<T> rows = matrix_rows("batch_norm", x, 2).contiguous();
  if (rows.size(0) < 2) {
    throw ShapeError(fmt::format("batch_norm: more than 1 value per channel is wanted to train, not input {}",
                                 to_string(x.shape())));
  }
  check_affine("batch_norm", x, weight, "weight");
  check_affine("batch_norm", x, bias, "bias");
  const T n = static_cast<T>(rows.size(0));
  const auto [variance, center] = var_mean(rows, 0);
  const BasicTensor<T> inverse_std =
      rsqrt((unbiased ? variance : variance * ((n - 1) / n)) + static_cast<T>(eps));
  if (statistics != nullptr) *statistics = {center, variance};
  const BasicTensor<T> w = weight.defined() ? weight.data().contiguous() : ones<T>(rows.size(1));
  const BasicTensor<T> b = bias.defined() ? bias.data().contiguous() : zeros<T>(rows.size(1));
  BasicTensor<T> y = empty<T>(rows.shape());
  kernels::normalize_columns(columns_of(rows, center, inverse_std), w.data(), b.data(), y.mutable_data());
  const auto rule = [center = center, inverse_std, rows = save(rows), w = save(w), n,
                     m = unbiased ? n - 1 : n, from = x.shape(),
                     need_x = x.requires_grad()](const BasicTensor<T>& dy) {
    const auto columns = columns_of(*rows, center, inverse_std);
    const BasicTensor<T> d = dy.reshape((*rows).shape()).contiguous();
    Gradients<T, 3> gradients{{BasicTensor<T>(), empty<T>(columns.n), empty<T>(columns.n)}};
    kernels::sum_columns(columns, d.data(), gradients[2].mutable_data(), gradients[1].mutable_data());
    if (!need_x) return gradients;
    const BasicTensor<T> scale = inverse_std * *w;
    const BasicTensor<T> slope = gradients[1] / m;
    const BasicTensor<T> shift = gradients[2] / n;
    BasicTensor<T> dx = empty<T>(d.shape());
    kernels::normalize_columns_backward(columns, d.data(), scale.data(), shift.data(), slope.data(),
                                        dx.mutable_data());
    gradients[0] = dx.view(from);
    return gradients;
  };
  const BasicVariable<T> none((BasicTensor<T>()));
  return record("batch_norm", y.view(x.shape()),
                {x, weight.defined() ? weight : none, bias.defined() ? bias : none}, rule);
}

template <typename T>
BasicVariable<T> layer_norm(const BasicVariable<T>& x, const BasicVariable<T>& weight,
                            const BasicVariable<T>& bias, double eps) {
  const BasicTensor<T> rows = matrix_rows("layer_norm", x, 1).contiguous();
  check_affine("layer_norm", x, weight, "weight");
  check_affine("layer_norm", x, bias, "bias");
  const int64_t count = rows.size(0), n = rows.size(1);
  const BasicTensor<T> w = weight.defined() ? weight.data().contiguous() : ones<T>(n);
  const BasicTensor<T> b = bias.defined() ? bias.data().contiguous() : zeros<T>(n);
  BasicTensor<T> y = empty<T>(rows.shape());
  BasicTensor<T> center = empty<T>(count);
  BasicTensor<T> inverse_std = empty<T>(count);
  kernels::layer_norm_rows(rows.data(), count, n, w.data(), b.data(), static_cast<T>(eps), y.mutable_data(),
                           center.mutable_data(), inverse_std.mutable_data());
  const auto rule = [center, inverse_std, count, n, rows = save(rows), w = save(w), from = x.shape(),
                     need_x = x.requires_grad(), need_w = weight.requires_grad(),
                     need_b = bias.requires_grad()](const BasicTensor<T>& dy) {
    const BasicTensor<T>& saved = *rows;
    const BasicTensor<T> d = dy.reshape(saved.shape()).contiguous();
    Gradients<T, 3> gradients;
    if (need_x) gradients[0] = empty<T>(saved.shape());
    if (need_w || need_b) {  // one pass gives both; the tape takes what it needs
      gradients[1] = empty<T>(n);
      gradients[2] = empty<T>(n);
    }
    const auto written = [](BasicTensor<T>& t) { return t.defined() ? t.mutable_data() : nullptr; };
    kernels::layer_norm_rows_backward({saved.data(), center.data(), inverse_std.data(), count, n},
                                      (*w).data(), d.data(), written(gradients[0]), written(gradients[2]),
                                      written(gradients[1]));
    if (need_x) gradients[0] = gradients[0].view(from);
    return gradients;
  };
  const BasicVariable<T> none((BasicTensor<T>()));
  return record("layer_norm", y.view(x.shape()),
                {x, weight.defined() ? weight : none, bias.defined() ? bias : none}, rule);
}

#define LT_INSTANTIATE(T)                                                                           \
  template BasicVariable<T> batch_norm(const BasicVariable<T>&, const BasicVariable<T>&,            \
                                       const BasicVariable<T>&, double, bool, BatchStatistics<T>*); \
  template BasicVariable<T> layer_norm(const BasicVariable<T>&, const BasicVariable<T>&,            \
                                       const BasicVariable<T>&, double);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt
