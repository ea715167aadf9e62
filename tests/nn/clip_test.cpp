#include <gtest/gtest.h>

#include <limits>

#include <libtensor/nn/optimizer.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/nn/golden.h>

namespace lt::nn {
namespace {

std::vector<Variable> with_gradients() {
  std::vector<Variable> parameters = {Variable(zeros(3), true), Variable(zeros({2, 2}), true),
                                      Variable(zeros(1), true)};
  parameters[0].set_grad(tensor({3, -4, 12}));
  parameters[1].set_grad(tensor({{1, 2}, {-2, 0.5}}));
  return parameters;  // the third has none
}

TEST(ClipGradNorm, ScalesAsPyTorchDoes) {
  for (const auto& [limit, recorded] : test::nn_golden("clip").items()) {
    SCOPED_TRACE(limit);
    const std::vector<Variable> parameters = with_gradients();
    EXPECT_NEAR(clip_grad_norm_(parameters, std::stod(limit)), recorded.at("norm").get<double>(), 1e-6);
    for (size_t i = 0; i < 2; ++i) {  // one rounding of the scale and one of the product
      test::expect_near(parameters[i].grad(), test::tensor_of<float>(recorded.at("grads")[i]), 2e-7, 0);
    }
    EXPECT_FALSE(parameters[2].grad().defined());
  }
}

TEST(ClipGrad, CountsAParameterThatIsListedTwiceOnce) {
  const Variable w(zeros(2), true);
  w.set_grad(tensor({3, 4}));
  EXPECT_EQ(clip_grad_norm_({w, w}, 2.5), 5);
  test::expect_near(w.grad(), tensor({1.5, 2}), 2e-7, 0);
  clip_grad_value_({w, w}, 1);
  EXPECT_EQ(w.grad().to_vector(), (std::vector<float>{1, 1}));
}

TEST(ClipGradNorm, IsRightWhereSquaresOfFloatsOverflowOrVanish) {
  const Variable w(zeros(2), true);
  for (const float unit : {1e30F, 1e-30F}) {
    w.set_grad(tensor({3, 4}) * unit);
    EXPECT_NEAR(clip_grad_norm_({w}, 1e35) / static_cast<double>(unit), 5, 1e-6);
  }
}

TEST(ClipGradNorm, RefusesAnInfiniteNormAndANegativeLimit) {
  const std::vector<Variable> parameters = with_gradients();
  EXPECT_EQ(error_text<ValueError>([&] { clip_grad_norm_(parameters, -1); }),
            "clip_grad_norm_: max_norm -1 is negative");
  parameters[0].set_grad(tensor({1, std::numeric_limits<float>::infinity(), 0}));
  EXPECT_EQ(error_text<ValueError>([&] { clip_grad_norm_(parameters, 1); }),
            "clip_grad_norm_: the gradients' norm is inf");
  EXPECT_EQ(parameters[1].grad().at({0, 0}), 1);
}

TEST(ClipGradValue, LimitsEveryNumber) {
  const std::vector<Variable> parameters = with_gradients();
  clip_grad_value_(parameters, 1.5);
  EXPECT_EQ(parameters[0].grad().to_vector(), (std::vector<float>{1.5, -1.5, 1.5}));
  EXPECT_EQ(parameters[1].grad().to_vector(), (std::vector<float>{1, 1.5, -1.5, 0.5}));
  EXPECT_EQ(error_text<ValueError>([&] { clip_grad_value_(parameters, -1); }),
            "clip_grad_value_: limit -1 is negative");
}

}  // namespace
}  // namespace lt::nn
