#pragma once

// Compares gradients with finite differences: whoever adds an op uses it.

#include <functional>
#include <string>
#include <vector>

#include <libtensor/autograd/variable.h>

namespace lt::inline v0 {

// What gradcheck found. Converts to bool; `message` names the worst element where ok is false.
struct GradcheckResult {
  bool ok = true;
  std::string message;
  explicit operator bool() const { return ok; }
};

// f maps the inputs to one result of any shape. Compares the gradient of sum(f * weights), for fixed weights
// that tell elements apart, with central differences (f(x + eps) - f(x - eps)) / (2 eps), element by element:
//   |analytic - numeric| <= atol + rtol * |numeric|
// In double a smooth op's differences are good to about eps^2 + 1e-16 / eps = 1e-10 with the default eps.
// Inputs keep their strides, so that views are checked as views; none may hold a place where f has no slope.
//   throws: what f throws; ValueError for an input that was expanded
using GradcheckFunction = std::function<DoubleVariable(const std::vector<DoubleVariable>&)>;
GradcheckResult gradcheck(const GradcheckFunction& f, const std::vector<DoubleTensor>& inputs,
                          double eps = 1e-5, double atol = 1e-7, double rtol = 1e-5);

}  // namespace lt::inline v0
