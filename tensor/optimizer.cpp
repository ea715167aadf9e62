#include <libtensor/tensor/optimizer.h>

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include <libtensor/tensor/kernels/optimizer.h>

// The settings are rounded to float once, here; an update is one kernel call over plain arrays.

namespace lt::inline v0 {
namespace {

void check_like(const Tensor& parameter, const Tensor& other, const char* name, const char* op) {
  if (other.shape() == parameter.shape() && other.is_contiguous() && parameter.is_contiguous()) return;
  throw ShapeError(fmt::format("{}: parameter {} and {} {} must be dense and of one shape", op,
                               to_string(parameter.shape()), name, to_string(other.shape())));
}

}  // namespace

void sgd_step_(Tensor p, const Tensor& g, Tensor momentum_buffer, double lr, const SgdOptions& options) {
  check_like(p, g, "gradient", "sgd_step_");
  float* velocity = nullptr;
  if (options.momentum != 0) {
    check_like(p, momentum_buffer, "momentum_buffer", "sgd_step_");
    velocity = momentum_buffer.mutable_data();
  }
  kernels::sgd_step(p.mutable_data(), g.data(), velocity, p.numel(),
                    {.lr = static_cast<float>(lr),
                     .momentum = static_cast<float>(options.momentum),
                     .weight_decay = static_cast<float>(options.weight_decay),
                     .nesterov = options.nesterov});
}

namespace {

kernels::AdamStep adam_numbers(int64_t step, double lr, const AdamOptions& options) {
  const auto t = static_cast<double>(step);
  const double correction1 = 1 - std::pow(options.beta1, t);
  const double correction2 = 1 - std::pow(options.beta2, t);
  const double decay = options.weight_decay;
  return {.step_size = static_cast<float>(lr / correction1),
          .beta1 = static_cast<float>(options.beta1),
          .beta2 = static_cast<float>(options.beta2),
          .one_minus_beta1 = static_cast<float>(1 - options.beta1),
          .one_minus_beta2 = static_cast<float>(1 - options.beta2),
          .inverse_sqrt_correction = static_cast<float>(1 / std::sqrt(correction2)),
          .eps = static_cast<float>(options.eps),
          .weight_decay = options.decoupled ? 0.0F : static_cast<float>(decay),
          .decay_factor = options.decoupled ? static_cast<float>(1 - lr * decay) : 1.0F};
}

}  // namespace

void adam_step_(std::span<AdamParameter> all, double lr, const AdamOptions& options) {
  std::vector<kernels::AdamArrays, PoolAllocator<kernels::AdamArrays>> arrays;
  arrays.reserve(all.size());
  for (const AdamParameter& x : all) {
    check_like(x.p, x.g, "gradient", "adam_step_");
    check_like(x.p, x.exp_avg, "exp_avg", "adam_step_");
    check_like(x.p, x.exp_avg_sq, "exp_avg_sq", "adam_step_");
  }
  for (AdamParameter& x : all) {
    arrays.push_back({x.p.mutable_data(), x.g.data(), x.exp_avg.mutable_data(), x.exp_avg_sq.mutable_data(),
                      x.p.numel(), adam_numbers(x.step, lr, options)});
  }
  kernels::adam_step(arrays);
}

}  // namespace lt::inline v0
