#include <libtensor/nn/linear.h>

#include <gtest/gtest.h>

#include <libtensor/tests/expect.h>
#include <libtensor/tests/nn/golden.h>

namespace lt::nn {
namespace {

TEST(Linear, StartsFromPyTorchsDraws) {
  const auto drawn = [](int64_t in, int64_t out, bool bias) {
    Generator generator(42, Profile::avx2);
    return Linear(in, out, {.bias = bias}, generator).state_dict();
  };
  const auto& draws = test::nn_golden("draws");
  test::expect_state(drawn(3, 2, true), draws.at("Linear 3 2"), 0, 0);
  test::expect_state(drawn(20, 7, true), draws.at("Linear 20 7"), 0, 0);
  test::expect_state(drawn(5, 4, false), draws.at("Linear 5 4 without bias"), 0, 0);
}

// Six products and a sum.
TEST(Linear, ComputesPyTorchsNumbers) {
  const auto& recorded = test::nn_golden("linear");
  Linear layer(6, 3);
  layer.load_state_dict({{"weight", test::tensor_of<float>(recorded.at("state").at("weight"))},
                         {"bias", test::tensor_of<float>(recorded.at("state").at("bias"))}});
  test::expect_near(layer(Variable(test::tensor_of<float>(recorded.at("x")))).data(),
                    test::tensor_of<float>(recorded.at("y")), 1e-6, 1e-6);
}

static_assert(!std::is_constructible_v<Linear, int, int, bool>, "options have names");

TEST(Linear, HasNoBiasWhereNoneIsWanted) {
  Linear layer(3, 2, {.bias = false});
  EXPECT_FALSE(layer.bias.defined());
  EXPECT_EQ(layer.num_parameters(), 6);
  EXPECT_EQ(layer(Variable(zeros({5, 3}))).data().to_vector(), std::vector<float>(10, 0));
}

TEST(Linear, RefusesSizesBelowOne) {
  EXPECT_EQ(error_text<ValueError>([] { Linear(0, 2); }), "Linear: sizes 0 to 2 must be at least 1");
  EXPECT_EQ(error_text<ValueError>([] { Linear(2, -1); }), "Linear: sizes 2 to -1 must be at least 1");
}

}  // namespace
}  // namespace lt::nn
