#pragma once

#include <libtensor/nn/module.h>
#include <libtensor/tensor/random.h>

namespace lt::inline v0::nn {

struct Conv1dOptions {
  bool bias = true;
  int64_t dilation = 1;  // from one place of the kernel to the next
  bool causal = false;   // zeros before the input's start: step t sees nothing after t
};

// A kernel of weights that slides over time. shapes: (n, in, time) -> (n, out, time) if causal, else
// (n, out, time - dilation * (kernel_size - 1)); weight (out, in, kernel_size), bias (out)
// Draws weight, then bias, uniform within 1 / sqrt(in * kernel_size) of 0, as PyTorch's constructor.
struct Conv1d : Module {
  using Options = Conv1dOptions;
  //   throws: ValueError for a size or a dilation below 1
  Conv1d(Whole in_channels, Whole out_channels, Whole kernel_size, Options settings = {},
         Generator& generator = default_generator());
  Conv1d(Whole in_channels, Whole out_channels, Whole kernel_size, Generator& generator)
      : Conv1d(in_channels, out_channels, kernel_size, Options{}, generator) {}
  Variable operator()(const Variable& x) override {
    return conv1d(x, weight, bias, {.dilation = options.dilation, .causal = options.causal});
  }
  std::string to_string() const override;

  Options options;
  Variable weight;
  Variable bias;  // undefined without one

 protected:
  void list(Members& members) override;
};

}  // namespace lt::inline v0::nn
