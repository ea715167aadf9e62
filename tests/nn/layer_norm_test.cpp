#include <libtensor/nn/layer_norm.h>

#include <gtest/gtest.h>

#include <libtensor/tests/expect.h>
#include <libtensor/tests/nn/golden.h>

namespace lt::nn {
namespace {

// A mean, a variance and a root over 6 numbers, each rounded in float.
TEST(LayerNorm, ComputesPyTorchsNumbers) {
  const auto& recorded = test::nn_golden("layer_norm");
  LayerNorm layer(6);
  layer.load_state_dict({{"weight", linspace(0.5, 2, 6)}, {"bias", linspace(-1, 1, 6)}});
  test::expect_near(layer(Variable(test::tensor_of<float>(recorded.at("x")))).data(),
                    test::tensor_of<float>(recorded.at("y")), 2e-6, 2e-6);
}

TEST(LayerNorm, NamesInputOfOtherChannels) {
  LayerNorm layer(3);
  EXPECT_EQ(error_text<ShapeError>([&] {
              layer(Variable(zeros({4, 2})));
            }),
            "layer_norm: weight (3) for input (4, 2): one number a channel (the last axis) is wanted");
  EXPECT_EQ(error_text<ValueError>([] { LayerNorm(0); }), "LayerNorm: 0 channels");
}

}  // namespace
}  // namespace lt::nn
