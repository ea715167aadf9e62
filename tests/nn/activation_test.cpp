#include <libtensor/nn/activation.h>

#include <gtest/gtest.h>

#include <libtensor/tests/nn/golden.h>

namespace lt::nn {
namespace {

// tanh, erf and exp within a few roundings of PyTorch's; GELU cancels near -5, where its tail is about 1e-6.
TEST(Activation, ComputesPyTorchsNumbers) {
  const auto& recorded = test::nn_golden("activations");
  const Variable x(test::tensor_of<float>(recorded.at("x")));
  const auto expect = [&](Module& layer, const char* name) {
    SCOPED_TRACE(name);
    test::expect_near(layer(x).data(), test::tensor_of<float>(recorded.at(name)), 1e-6, 5e-7);
  };
  Tanh tanh;
  expect(tanh, "Tanh");
  ReLU relu;
  expect(relu, "ReLU");
  Sigmoid sigmoid;
  expect(sigmoid, "Sigmoid");
  GELU gelu;
  expect(gelu, "GELU");
  GELU tanh_gelu(Gelu::tanh);
  expect(tanh_gelu, "GELU tanh");
}

}  // namespace
}  // namespace lt::nn
