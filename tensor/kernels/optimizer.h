#pragma once

// Optimiser updates: one pass over a parameter, its gradient and its state, dense arrays of n numbers.

#include <cstdint>
#include <span>

namespace lt::kernels {

struct SgdStep {
  float lr;
  float momentum;
  float weight_decay;
  bool nesterov;
};

// p -= lr * d, with d = g + weight_decay * p, or the running direction where there is momentum:
// velocity = momentum * velocity + d, which may be null without.
void sgd_step(float* p, const float* g, float* velocity, int64_t n, const SgdStep& step);

struct AdamStep {
  float step_size;  // lr / (1 - beta1^t)
  float beta1;
  float beta2;
  // Rounded once: 1 less a rounded beta2 of 0.999 would be off by 5e-5.
  float one_minus_beta1;
  float one_minus_beta2;
  float inverse_sqrt_correction;  // 1 / sqrt(1 - beta2^t)
  float eps;
  float weight_decay;  // added to the gradient
  float decay_factor;  // what the parameter is multiplied by first: 1 - lr * decay where that is decoupled
};

// m = beta1 * m + one_minus_beta1 * d;  v = beta2 * v + one_minus_beta2 * d^2, with d = g + weight_decay * p
// p = decay_factor * p - step_size * m / (sqrt(v) * inverse_sqrt_correction + eps)
struct AdamArrays {
  float* p;
  const float* g;
  float* m;
  float* v;
  int64_t n;
  AdamStep step;
};
// Of all in one sweep, which threads share.
void adam_step(std::span<const AdamArrays> all);

}  // namespace lt::kernels
