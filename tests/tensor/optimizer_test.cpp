#include <libtensor/tensor/optimizer.h>

#include <gtest/gtest.h>

#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

TEST(Optimizer, StepsInPlace) {
  const Tensor p = tensor({1, 2});
  const Tensor g = tensor({0.5F, -1});
  const Tensor velocity = tensor({1, 0});
  sgd_step_(p, g, {}, 0.5, {});
  EXPECT_EQ(p.to_vector(), (std::vector<float>{0.75F, 2.5F}));
  sgd_step_(p, g, velocity, 0.5, {.momentum = 0.5});
  EXPECT_EQ(velocity.to_vector(), (std::vector<float>{1, -1}));
  EXPECT_EQ(p.to_vector(), (std::vector<float>{0.25F, 3}));
}

// The first step of Adam is the learning rate long whatever the gradient.
TEST(Optimizer, AdamCorrectsItsFirstStep) {
  const Tensor p = tensor({1, 1, 1});
  const Tensor exp_avg = zeros(3), exp_avg_sq = zeros(3);
  adam_step_(p, tensor({1e-3F, 7, -200}), exp_avg, exp_avg_sq, 1, 0.25, {});
  EXPECT_TRUE(allclose(p, tensor({0.75F, 0.75F, 1.25F}), 1e-5));
  EXPECT_TRUE(allclose(exp_avg, tensor({1e-4F, 0.7F, -20}), 1e-5));
}

TEST(Optimizer, RefusesWhatIsNotDenseAndOfOneShape) {
  const Tensor p = ones({2, 3});
  EXPECT_EQ(error_text<ShapeError>([&] {
              sgd_step_(p, ones({3, 2}), {}, 0.1, {});
            }),
            "sgd_step_: parameter (2, 3) and gradient (3, 2) must be dense and of one shape");
  EXPECT_EQ(error_text<ShapeError>([&] {
              sgd_step_(p, ones({3, 2}).t(), {}, 0.1, {});
            }),
            "sgd_step_: parameter (2, 3) and gradient (2, 3) must be dense and of one shape");
  EXPECT_EQ(error_text<ShapeError>([&] { sgd_step_(p, p, ones(6), 0.1, {.momentum = 0.9}); }),
            "sgd_step_: parameter (2, 3) and momentum_buffer (6) must be dense and of one shape");
  EXPECT_EQ(error_text<ShapeError>([&] { adam_step_(p, p, p, ones(6), 1, 0.1, {}); }),
            "adam_step_: parameter (2, 3) and exp_avg_sq (6) must be dense and of one shape");
}

}  // namespace
}  // namespace lt
