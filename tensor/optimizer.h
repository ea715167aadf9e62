#pragma once

// Optimisers' updates, in place: the arithmetic of nn/optimizer.h, in PyTorch's formulas
// and with its defaults. A parameter, its gradient and its state are dense and of one shape.

#include <span>

#include <libtensor/tensor/tensor.h>

namespace lt::inline v0 {

struct SgdOptions {
  double momentum = 0;
  double weight_decay = 0;
  bool nesterov = false;
};
// p -= lr * (g + weight_decay * p), or along momentum's running direction, which momentum_buffer keeps
// (Polyak, 1964; Nesterov, 1983).
//   shapes: all like p; momentum_buffer may be undefined where momentum is 0. throws: ShapeError for others
void sgd_step_(Tensor p, const Tensor& g, Tensor momentum_buffer, double lr, const SgdOptions& options);

struct AdamOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0;
  bool decoupled = false;
};
struct AdamParameter {
  Tensor p, g, exp_avg, exp_avg_sq;
  int64_t step;
};
// Update number `step` of each, from 1 on (Kingma and Ba, "Adam", 2015), with the running means exp_avg of g
// and exp_avg_sq of g^2, all in one sweep. weight_decay is added to the gradient, or, where decoupled,
// shrinks the parameter by lr * weight_decay (Loshchilov and Hutter, "Decoupled weight decay regularization",
// 2019).
//   shapes: all like p. throws: ShapeError for others; nothing is then changed
void adam_step_(std::span<AdamParameter> all, double lr, const AdamOptions& options);

}  // namespace lt::inline v0
