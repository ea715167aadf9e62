#pragma once

#include <libtensor/nn/module.h>
#include <libtensor/tensor/random.h>

namespace lt::inline v0::nn {

// In training, zeroes each element with probability p and scales the rest by 1 / (1 - p); else passes x on.
struct Dropout : Module {
  //   throws: ValueError for p outside 0..1
  explicit Dropout(double p = 0.5, Generator& generator = default_generator());
  Variable operator()(const Variable& x) override { return training() ? dropout(x, p, *generator) : x; }
  std::string to_string() const override;
  void list(Members&) override {}

  double p;
  Generator* generator;  // outlives the layer
};

}  // namespace lt::inline v0::nn
