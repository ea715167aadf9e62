#include <libtensor/tensor/kernels/optimizer.h>

#include <algorithm>
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

namespace {

void adam_range(const AdamArrays& x, int64_t first, int64_t last) {
  const AdamStep step = x.step;
  float *const p = x.p, *const m = x.m, *const v = x.v;
  const float* const g = x.g;
  for (int64_t i = first; i < last; ++i) {
    const float start = p[i] * step.decay_factor;
    const float d = g[i] + step.weight_decay * p[i];
    m[i] = step.beta1 * m[i] + step.one_minus_beta1 * d;
    v[i] = step.beta2 * v[i] + step.one_minus_beta2 * (d * d);
    p[i] = start - step.step_size * (m[i] / (std::sqrt(v[i]) * step.inverse_sqrt_correction + step.eps));
  }
}

}  // namespace

void adam_step(std::span<const AdamArrays> all) {
  constexpr int64_t kCost = 12;  // a root and a division beside the traffic of four arrays
  int64_t total = 0;
  for (const AdamArrays& x : all) total += x.n;
  parallel_for(total, kCost, [&](int64_t first, int64_t last) {
    int64_t start = 0;
    for (const AdamArrays& x : all) {
      const int64_t from = std::max(first, start), to = std::min(last, start + x.n);
      if (from < to) adam_range(x, from - start, to - start);
      start += x.n;
    }
  });
}

}  // namespace lt::kernels
