#include <libtensor/tensor/kernels/optimizer.h>

#include <cmath>

#include <libtensor/tensor/kernels/parallel.h>

// Elementwise over arrays that do not overlap, so that the compiler vectorises; threads share elements.

namespace lt::kernels {

void sgd_step(float* p, const float* g, float* velocity, int64_t n, const SgdStep& step) {
  constexpr int64_t kCost = 3;  // reads and writes an element
  parallel_for(n, kCost, [&, step](int64_t first, int64_t last) {
    if (velocity == nullptr && step.weight_decay == 0) {
      for (int64_t i = first; i < last; ++i) p[i] -= step.lr * g[i];
      return;
    }
    for (int64_t i = first; i < last; ++i) {
      float d = g[i] + step.weight_decay * p[i];
      if (velocity != nullptr) {
        velocity[i] = step.momentum * velocity[i] + d;
        d = step.nesterov ? d + step.momentum * velocity[i] : velocity[i];
      }
      p[i] -= step.lr * d;
    }
  });
}

void adam_step(float* p, const float* g, float* m, float* v, int64_t n, const AdamStep& step) {
  constexpr int64_t kCost = 12;  // a root and a division beside the traffic of four arrays
  parallel_for(n, kCost, [&, step](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) {
      const float start = p[i] * step.decay_factor;
      const float d = g[i] + step.weight_decay * p[i];
      m[i] = step.beta1 * m[i] + step.one_minus_beta1 * d;
      v[i] = step.beta2 * v[i] + step.one_minus_beta2 * (d * d);
      p[i] = start - step.step_size * (m[i] / (std::sqrt(v[i]) * step.inverse_sqrt_correction + step.eps));
    }
  });
}

}  // namespace lt::kernels
