#include <libtensor/autograd/gradcheck.h>

#include <fmt/format.h>

#include <cmath>

#include <libtensor/autograd/ops.h>

// Every element of every input is moved up and down in place, so that f sees the inputs' own views.

namespace lt::inline v0 {
namespace {

// 1, 1.25, 1.5, ... over the result: a gradient that lands on a wrong element shows.
DoubleTensor weights_like(const DoubleTensor& y) {
  return (arange<double>(static_cast<double>(y.numel())) * 0.25 + 1.0).reshape(y.shape());
}

double weighted_sum(const GradcheckFunction& f, const std::vector<DoubleVariable>& inputs) {
  const NoGrad no_grad;
  const DoubleTensor y = f(inputs).data();
  return sum(y * weights_like(y)).item();
}

// The element of x at a row-major position, as a view.
DoubleTensor element(const DoubleTensor& x, int64_t position) {
  DoubleTensor at = x;
  for (int64_t axis = x.dim() - 1; axis >= 0; --axis) {
    at = at.select(axis, position % x.size(axis));
    position /= x.size(axis);
  }
  return at;
}

double numeric_slope(const GradcheckFunction& f, const std::vector<DoubleVariable>& inputs,
                     const DoubleTensor& x, int64_t position, double eps) {
  DoubleTensor place = element(x, position);
  const double before = place.item();
  place.fill_(before + eps);
  const double up = weighted_sum(f, inputs);
  place.fill_(before - eps);
  const double down = weighted_sum(f, inputs);
  place.fill_(before);
  return (up - down) / (2 * eps);
}

// Moving one element must move no other.
void check_inputs(const std::vector<DoubleTensor>& inputs) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    for (int axis = 0; axis < inputs[i].dim(); ++axis) {
      if (inputs[i].stride(axis) == 0 && inputs[i].size(axis) > 1) {
        throw ValueError(fmt::format("gradcheck: elements of input {} of {} share memory; expand it in f", i,
                                     to_string(inputs[i].shape())));
      }
    }
  }
}

}  // namespace

GradcheckResult gradcheck(const GradcheckFunction& f, const std::vector<DoubleTensor>& inputs, double eps,
                          double atol, double rtol) {
  check_inputs(inputs);
  std::vector<DoubleVariable> variables;
  for (const DoubleTensor& input : inputs) variables.emplace_back(input, true);
  const DoubleVariable y = f(variables);
  y.backward(weights_like(y.data()));
  for (size_t i = 0; i < inputs.size(); ++i) {
    const DoubleTensor& grad = variables[i].grad();
    const std::vector<double> analytic =
        grad.defined() ? grad.to_vector() : zeros_like(inputs[i]).to_vector();
    for (int64_t at = 0; at < inputs[i].numel(); ++at) {
      const double numeric = numeric_slope(f, variables, inputs[i], at, eps);
      const double found = analytic[static_cast<size_t>(at)];
      if (!(std::abs(found - numeric) <= atol + rtol * std::abs(numeric))) {
        return {false,
                fmt::format("gradcheck: input {} of {}, element {}: backward gives {}, differences give {}",
                            i, to_string(inputs[i].shape()), at, found, numeric)};
      }
    }
  }
  return {};
}

}  // namespace lt::inline v0
