#pragma once

#include <libtensor/nn/module.h>
#include <libtensor/tensor/random.h>

namespace lt::inline v0::nn {

struct LinearOptions {
  bool bias = true;
};

// y = x @ weight^T + bias. shapes: (..., in) -> (..., out); weight (out, in), bias (out)
// Draws weight, then bias, uniform within 1 / sqrt(in) of 0, as PyTorch's constructor.
struct Linear : Module {
  using Options = LinearOptions;
  //   throws: ValueError for a size below 1
  Linear(Whole in_features, Whole out_features, Options options = {},
         Generator& generator = default_generator());
  Linear(Whole in_features, Whole out_features, Generator& generator)
      : Linear(in_features, out_features, Options{}, generator) {}
  Variable operator()(const Variable& x) override { return linear(x, weight, bias); }
  std::string to_string() const override;

  Variable weight;
  Variable bias;  // undefined without one

 protected:
  void list(Members& members) override;
};

}  // namespace lt::inline v0::nn
