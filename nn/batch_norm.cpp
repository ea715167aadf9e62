#include <libtensor/nn/batch_norm.h>

#include <fmt/format.h>

#include <libtensor/autograd/record.h>
#include <libtensor/nn/print.h>

namespace lt::inline v0::nn {

BatchNorm1d::BatchNorm1d(Whole num_features, Options settings) : options(settings) {
  if (num_features < 1) throw ValueError(fmt::format("BatchNorm1d: {} channels", int64_t{num_features}));
  weight = Variable(ones(num_features), true);
  bias = Variable(zeros(num_features), true);
  running_mean = zeros(num_features);
  running_var = ones(num_features);
  num_batches_tracked = zeros<int64_t>({});
}

Variable BatchNorm1d::operator()(const Variable& x) {
  const bool last = x.dim() == 2 || options.channels_last;
  if (x.dim() < 2 || x.dim() > 3 || x.size(last ? -1 : 1) != weight.size(0)) {
    const int64_t c = weight.size(0);
    throw ShapeError(fmt::format(
        "BatchNorm1d: input {} is neither (n, {}) nor {}", lt::to_string(x.shape()), c,
        options.channels_last ? fmt::format("(n, time, {})", c) : fmt::format("(n, {}, length)", c)));
  }
  return last ? normalize_rows(x) : normalize_rows(x.transpose(1, 2)).transpose(1, 2);
}

Variable BatchNorm1d::normalize_rows(const Variable& x) {
  if (!training()) {
    const Tensor scale = rsqrt(running_var + options.eps);
    const Tensor normal = (x.data() - running_mean) * scale;
    return record("batch_norm", normal * weight.data() + bias.data(), {x, weight, bias},
                  [scale, normal, w = save(weight)](const Tensor& dy) {
                    return Gradients{dy * *w * scale, dy * normal, dy};
                  });
  }
  BatchStatistics<float> batch;
  Variable y = batch_norm(x, weight, bias, {options.eps, options.unbiased}, &batch);
  const auto momentum = static_cast<float>(options.momentum);
  running_mean *= 1 - momentum;
  running_mean.add_(batch.mean, momentum);
  running_var *= 1 - momentum;
  running_var.add_(batch.var, momentum);
  num_batches_tracked += 1;
  return y;
}

std::string BatchNorm1d::to_string() const {
  return fmt::format("BatchNorm1d({}, eps={}, momentum={}, affine=True, track_running_stats=True)",
                     weight.size(0), python_text(options.eps), python_text(options.momentum));
}

void BatchNorm1d::list(Members& members) {
  members.parameters = {{"weight", &weight}, {"bias", &bias}};
  members.buffers = {{"running_mean", &running_mean}, {"running_var", &running_var}};
  members.counters = {{"num_batches_tracked", &num_batches_tracked}};
}

}  // namespace lt::inline v0::nn
