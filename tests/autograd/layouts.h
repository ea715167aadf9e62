#pragma once

// Inputs for gradcheck: random numbers in double, in every layout that a view can give them.

#include <gtest/gtest.h>

#include <vector>

#include <libtensor/autograd/gradcheck.h>
#include <libtensor/autograd/ops.h>

namespace lt::test {

// Normal draws. Any two differ by far more than gradcheck moves them, and none is that close to 0.
inline DoubleTensor normal(const Shape& shape, uint64_t seed = 1) {
  Generator generator(seed);
  return randn<double>(shape, generator);
}
// Between 0.5 and 2.
inline DoubleTensor positive(const Shape& shape, uint64_t seed = 1) {
  Generator generator(seed);
  return rand<double>(shape, generator) * 1.5 + 0.5;
}

// The same numbers dense, transposed in memory, and as every second element of a larger tensor.
inline std::vector<DoubleTensor> layouts(const DoubleTensor& x) {
  std::vector<DoubleTensor> all = {x.clone()};
  if (x.dim() >= 2) all.push_back(x.transpose(0, -1).clone().transpose(0, -1));
  if (x.dim() >= 1) {
    Shape larger = x.shape();
    larger[x.dim() - 1] = 2 * larger[x.dim() - 1];
    DoubleTensor spaced = zeros<double>(larger).slice(-1, 0, larger[x.dim() - 1], 2);
    all.push_back(spaced.copy_(x));
  }
  return all;
}

inline void expect_gradients(const GradcheckFunction& f, const std::vector<DoubleTensor>& inputs) {
  const GradcheckResult result = gradcheck(f, inputs);
  EXPECT_TRUE(result.ok) << result.message;
}

// The same, with the first input in every layout.
inline void expect_gradients_in_layouts(const GradcheckFunction& f, std::vector<DoubleTensor> inputs) {
  for (const DoubleTensor& first : layouts(inputs[0])) {
    inputs[0] = first;
    expect_gradients(f, inputs);
  }
}

// f and its plain composition: equal results, and equal gradients of every input, to `tolerance` (absolute
// and relative).
inline void expect_same(const GradcheckFunction& f, const GradcheckFunction& plain,
                        const std::vector<DoubleTensor>& inputs, double tolerance = 1e-12) {
  const auto run = [&](const GradcheckFunction& g) {
    std::vector<DoubleVariable> variables;
    for (const DoubleTensor& input : inputs) variables.emplace_back(input, true);
    const DoubleVariable y = g(variables);
    y.backward(normal(y.shape(), 99));
    std::vector<DoubleTensor> results = {y.data()};
    for (const DoubleVariable& variable : variables) results.push_back(variable.grad());
    return results;
  };
  const std::vector<DoubleTensor> ours = run(f);
  const std::vector<DoubleTensor> theirs = run(plain);
  for (size_t i = 0; i < ours.size(); ++i) {
    ASSERT_EQ(ours[i].shape(), theirs[i].shape());
    EXPECT_TRUE(allclose(ours[i], theirs[i], tolerance, tolerance))
        << (i == 0 ? "the result differs" : "a gradient differs") << "\n"
        << ours[i] << "\n"
        << theirs[i];
  }
}

// The gradient of sum(f(x)) in x.
inline DoubleTensor gradient(const DoubleTensor& x,
                             const std::function<DoubleVariable(const DoubleVariable&)>& f) {
  const DoubleVariable v(x, true);
  sum(f(v)).backward();
  return v.grad();
}

using Numbers = std::vector<double>;

}  // namespace lt::test
