#include <libtensor/nn/conv1d.h>

#include <gtest/gtest.h>

#include <libtensor/tests/expect.h>
#include <libtensor/tests/nn/golden.h>

namespace lt::nn {
namespace {

TEST(Conv1d, StartsFromPyTorchsDraws) {
  Generator generator(42, Profile::avx2);
  test::expect_state(Conv1d(3, 4, 2, generator).state_dict(), test::nn_golden("draws").at("Conv1d 3 4 2"), 0,
                     0);
}

// Sums of nine products, of eighteen in the gradient of a weight.
TEST(Conv1d, ComputesPyTorchsNumbersAndGradients) {
  for (const auto& recorded : test::nn_golden("conv1d")) {
    const auto& state = recorded.at("state");
    const bool bias = state.contains("bias");
    Conv1d layer(3, 4, 3,
                 {.bias = bias, .dilation = recorded.at("dilation"), .causal = recorded.at("causal")});
    NamedTensors numbers;
    for (const auto& [name, values] : state.items()) numbers[name] = test::tensor_of<float>(values);
    layer.load_state_dict(numbers);
    const Variable x(test::tensor_of<float>(recorded.at("x")), true);
    const Variable y = layer(x);
    test::expect_near(y.data(), test::tensor_of<float>(recorded.at("y")), 1e-6, 1e-6);
    y.backward(linspace(-1, 1, y.numel()).view(y.shape()));
    test::expect_near(x.grad(), test::tensor_of<float>(recorded.at("dx")), 1e-5, 2e-6);
    test::expect_near(layer.weight.grad(), test::tensor_of<float>(recorded.at("dweight")), 1e-5, 5e-6);
    if (!layer.options.causal) {
      EXPECT_EQ(layer.to_string(), recorded.at("print"));
    }
  }
}

TEST(Conv1d, PrintsThatItIsCausal) {
  EXPECT_EQ(Conv1d(3, 4, 2, {.bias = false, .dilation = 2, .causal = true}).to_string(),
            "Conv1d(3, 4, kernel_size=(2,), stride=(1,), dilation=(2,), bias=False, causal=True)");
}

TEST(Conv1d, HasNoBiasWhereNoneIsWanted) {
  Conv1d layer(3, 2, 2, {.bias = false});
  EXPECT_FALSE(layer.bias.defined());
  EXPECT_EQ(layer.num_parameters(), 12);
}

TEST(Conv1d, RefusesSizesBelowOne) {
  EXPECT_EQ(error_text<ValueError>([] { Conv1d(0, 2, 1); }),
            "Conv1d: 0 to 2 channels, kernel 1, dilation 1 must be at least 1");
  EXPECT_EQ(error_text<ValueError>([] { Conv1d(1, 2, 2, {.dilation = 0}); }),
            "Conv1d: 1 to 2 channels, kernel 2, dilation 0 must be at least 1");
}

}  // namespace
}  // namespace lt::nn
