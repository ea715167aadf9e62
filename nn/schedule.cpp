#include <libtensor/nn/schedule.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include <libtensor/tensor/error.h>

namespace lt::inline v0::nn {

double step_decay(double base, Whole step, Whole decay_at, double gamma) {
  return step < decay_at ? base : base * gamma;
}

double step_lr(double base, Whole step, Whole step_size, double gamma) {
  if (step_size < 1)
    throw ValueError(fmt::format("step_lr: step_size {} must be at least 1", int64_t{step_size}));
  const int64_t times = step / step_size;
  return base * std::pow(gamma, static_cast<double>(times));
}

double cosine_lr(double base, Whole step, Whole steps, double lowest, Whole warmup) {
  if (warmup < 0 || warmup >= steps) {
    throw ValueError(fmt::format("cosine_lr: {} steps of warmup do not fit before {} steps", int64_t{warmup},
                                 int64_t{steps}));
  }
  if (step < warmup) return base * static_cast<double>(step + 1) / static_cast<double>(warmup);
  const double progress = static_cast<double>(step - warmup) / static_cast<double>(steps - warmup);
  return lowest + (base - lowest) * (1 + std::cos(std::numbers::pi * std::min(progress, 1.0))) / 2;
}

double exponential_sweep(double low, double high, Whole step, Whole steps) {
  if (step < 0 || step >= steps) {
    throw ValueError(fmt::format("exponential_sweep: step {} is none of {}", int64_t{step}, int64_t{steps}));
  }
  const double share = steps == 1 ? 0.0 : static_cast<double>(step) / static_cast<double>(steps - 1);
  return std::pow(10.0, low + (high - low) * share);
}

}  // namespace lt::inline v0::nn
