#include <libtensor/nn/diagnostics.h>

#include <fmt/format.h>

#include <cmath>

#include <libtensor/tensor/ops.h>

namespace lt::inline v0::nn {
namespace {

double std_of(const Tensor& x) { return static_cast<double>(stddev(x).item()); }

BoolTensor saturated(const Tensor& x, double threshold) { return abs(x) > static_cast<float>(threshold); }

}  // namespace

TensorStats tensor_stats(const Tensor& x, double threshold) {
  if (x.numel() == 0) throw ShapeError(fmt::format("spread: {} holds no numbers", to_string(x.shape())));
  const double share =
      static_cast<double>(count_nonzero(saturated(x, threshold))) / static_cast<double>(x.numel());
  return {static_cast<double>(mean(x).item()), std_of(x), share};
}

int64_t dead_units(const Tensor& activations, double threshold) {
  if (activations.dim() != 2) {
    throw ShapeError(fmt::format("dead_units: {} is not (rows, units)", to_string(activations.shape())));
  }
  return count_nonzero(all(saturated(activations, threshold), 0));
}

Density density(const Tensor& x, Whole bins) {
  const auto [counts, edges] = histogram(x.cast<double>(), bins);
  Density curve;
  for (int64_t i = 0; i < bins; ++i) {
    const double width = edges.at({i + 1}) - edges.at({i});
    curve.x.push_back((edges.at({i}) + edges.at({i + 1})) / 2);
    curve.density.push_back(counts.at({i}) / (width * static_cast<double>(x.numel())));
  }
  return curve;
}

double update_ratio(const Tensor& data, const Tensor& gradient, double lr) {
  return std::log10(lr * gradient_ratio(data, gradient));
}

double gradient_ratio(const Tensor& data, const Tensor& gradient) { return std_of(gradient) / std_of(data); }

}  // namespace lt::inline v0::nn
