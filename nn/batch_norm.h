#pragma once

#include <libtensor/nn/module.h>

namespace lt::inline v0::nn {

// How a BatchNorm1d differs from PyTorch's default.
struct BatchNorm1dOptions {
  double eps = 1e-5;
  double momentum = 0.1;
  // Normalise by the variance divided by n - 1, as the lectures' own layer (PyTorch divides by n here, and by
  // n - 1 only for running_var).
  bool unbiased = false;
  // 3-d input is (batch, time, channels), as in lecture 6, not PyTorch's (batch, channels, length).
  bool channels_last = false;
};

// Normalises each channel over the batch, then scales and shifts it (Ioffe and Szegedy, 2015). In training by
// the batch's own statistics, which move running_mean and running_var; in evaluation by those.
//   shapes: (n, c) or 3-d -> the same; weight, bias, running_mean, running_var: (c)
//   throws: ShapeError for other input, and for a batch of 1 value a channel in training
struct BatchNorm1d : Module {
  using Options = BatchNorm1dOptions;
  //   throws: ValueError for num_features below 1
  explicit BatchNorm1d(Whole num_features, Options settings = {});
  Variable operator()(const Variable& x) override;
  std::string to_string() const override;

  Options options;
  Variable weight;  // gamma, 1 at the start
  Variable bias;    // beta, 0 at the start
  Tensor running_mean;
  Tensor running_var;
  IntTensor num_batches_tracked;

 protected:
  void list(Members& members) override;

 private:
  Variable normalize_rows(const Variable& x);
};

}  // namespace lt::inline v0::nn
