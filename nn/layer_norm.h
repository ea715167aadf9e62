#pragma once

#include <libtensor/nn/module.h>

namespace lt::inline v0::nn {

// Normalises each row over its last axis, then scales and shifts it (Ba, Kiros and Hinton, 2016).
//   shapes: (..., c) -> (..., c); weight, bias: (c). throws: ShapeError where the last axis is another
struct LayerNorm : Module {
  using Options = LayerNormOptions;
  //   throws: ValueError for normalized_shape below 1
  explicit LayerNorm(Whole normalized_shape, Options settings = {});
  Variable operator()(const Variable& x) override { return layer_norm(x, weight, bias, options); }
  std::string to_string() const override;

  Options options;
  Variable weight;  // 1 at the start
  Variable bias;    // 0 at the start

 protected:
  void list(Members& members) override;
};

}  // namespace lt::inline v0::nn
