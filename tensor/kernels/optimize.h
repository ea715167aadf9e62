#pragma once

// Optimiser updates: one pass over a parameter, its gradient and its state. All are dense arrays of n
// numbers.

#include <cstdint>

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
  float rest1;  // 1 - beta1 and 1 - beta2, rounded once: from a rounded beta2 of 0.999 they would be off by
                // 5e-5
  float rest2;
  float inverse_sqrt_correction;  // 1 / sqrt(1 - beta2^t)
  float eps;
  float weight_decay;  // added to the gradient
  float shrink;        // what the parameter is multiplied by first: 1 - lr * decay where decay is decoupled
};

// m = beta1 * m + rest1 * g;  v = beta2 * v + rest2 * g^2;  p -= step_size * m / (sqrt(v) * c + eps)
void adam_step(float* p, const float* g, float* m, float* v, int64_t n, const AdamStep& step);

}  // namespace lt::kernels
