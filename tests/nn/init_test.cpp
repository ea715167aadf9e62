#include <libtensor/nn/init.h>

#include <gtest/gtest.h>

#include <cmath>

#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/nn/golden.h>

namespace lt::nn {
namespace {

Variable drawn(const Shape& shape, const std::function<void(const Variable&, Generator&)>& fill) {
  Generator generator(42, Profile::avx2);
  Variable x(empty(shape), true);
  fill(x, generator);
  return x;
}

TEST(Init, DrawsWhatPyTorchDraws) {
  const auto expect = [](const std::string& name,
                         const std::function<void(const Variable&, Generator&)>& fill) {
    SCOPED_TRACE(name);
    const auto& draws = test::nn_golden("draws");
    test::expect_near(drawn({6, 5}, fill).data(), test::tensor_of<float>(draws.at(name)), 0, 0);
    test::expect_near(drawn({4, 3, 2}, fill).data(), test::tensor_of<float>(draws.at(name + " 3-d")), 0, 0);
  };
  expect("kaiming_uniform_",
         [](const Variable& w, Generator& g) { init::kaiming_uniform_(w, init::calculate_gain("relu"), g); });
  expect("kaiming_normal_",
         [](const Variable& w, Generator& g) { init::kaiming_normal_(w, init::calculate_gain("tanh"), g); });
  expect("xavier_uniform_", [](const Variable& w, Generator& g) { init::xavier_uniform_(w, 1.5, g); });
  expect("xavier_normal_", [](const Variable& w, Generator& g) { init::xavier_normal_(w, 1, g); });
}

TEST(Init, KnowsTheGainsOfPyTorch) {
  EXPECT_EQ(init::calculate_gain("linear"), 1);
  EXPECT_EQ(init::calculate_gain("sigmoid"), 1);
  EXPECT_EQ(init::calculate_gain("tanh"), 5.0 / 3);
  EXPECT_EQ(init::calculate_gain("relu"), std::sqrt(2.0));
  EXPECT_EQ(error_text<ValueError>([] { init::calculate_gain("swish"); }),
            "calculate_gain: no gain is known for \"swish\"");
}

TEST(Init, FillsWithAConstantAndWithinBounds) {
  const Variable x(empty({50, 4}), true);
  init::constant_(x, 3);
  EXPECT_TRUE(equal(x.data(), full({50, 4}, 3)));
  init::uniform_(x, -2, -1);
  EXPECT_TRUE(all((x.data() >= -2.0F) & (x.data() < -1.0F)).item());
}

TEST(Init, WantsTwoAxesForAFan) {
  const Variable x(empty(5), true);
  EXPECT_EQ(error_text<ShapeError>([&] { init::kaiming_normal_(x, 1); }),
            "kaiming_normal_: (5) has no fan; 2 axes are wanted");
  EXPECT_EQ(error_text<ShapeError>([&] { init::xavier_uniform_(x); }),
            "xavier_uniform_: (5) has no fan; 2 axes are wanted");
}

}  // namespace
}  // namespace lt::nn
