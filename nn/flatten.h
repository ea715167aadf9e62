#pragma once

#include <libtensor/nn/module.h>

namespace lt::inline v0::nn {

// Joins all axes but the first. shapes: (n, a, b...) -> (n, a * b * ...)
struct Flatten : Module {
  Variable operator()(const Variable& x) override { return x.flatten(1); }
  std::string to_string() const override { return "Flatten(start_dim=1, end_dim=-1)"; }
  void list(Members&) override {}
};

// Joins n neighbours in time (lecture 6). shapes: (b, t, c) -> (b, t / n, c * n), or (b, c * n) where t = n
struct FlattenConsecutive : Module {
  //   throws: ValueError for n below 1
  explicit FlattenConsecutive(Whole n);
  //   throws: ShapeError unless x has 3 axes and n divides its second
  Variable operator()(const Variable& x) override;
  std::string to_string() const override;
  void list(Members&) override {}

  int64_t n;
};

}  // namespace lt::inline v0::nn
