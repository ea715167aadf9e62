#include <libtensor/tensor/optimizer.h>

#include <gtest/gtest.h>

#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/random.h>
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
  AdamParameter all[] = {{p, tensor({1e-3F, 7, -200}), exp_avg, exp_avg_sq, 1}};
  adam_step_(all, 0.25, {});
  EXPECT_TRUE(allclose(p, tensor({0.75F, 0.75F, 1.25F}), 1e-5));
  EXPECT_TRUE(allclose(exp_avg, tensor({1e-4F, 0.7F, -20}), 1e-5));
}

// Shared by threads in pieces that begin and end within parameters.
TEST(Optimizer, AdamOfAllIsThatOfEach) {
  const auto drawn = [](uint64_t seed) {
    Generator generator(seed);
    std::vector<AdamParameter> all;
    for (const int64_t n : {1, 100'000, 0, 7, 50'000}) {
      all.push_back({randn(n, generator), randn(n, generator), randn(n, generator),
                     square(randn(n, generator)), n % 3 + 1});
    }
    return all;
  };
  std::vector<AdamParameter> all = drawn(1), each = drawn(1);
  adam_step_(all, 0.1, {.weight_decay = 0.01, .decoupled = true});
  for (AdamParameter& one : each) adam_step_({&one, 1}, 0.1, {.weight_decay = 0.01, .decoupled = true});
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(test::bits(all[i].p), test::bits(each[i].p));
    EXPECT_EQ(test::bits(all[i].exp_avg), test::bits(each[i].exp_avg));
    EXPECT_EQ(test::bits(all[i].exp_avg_sq), test::bits(each[i].exp_avg_sq));
  }
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
  AdamParameter all[] = {{p, p, p, ones(6), 1}};
  EXPECT_EQ(error_text<ShapeError>([&] { adam_step_(all, 0.1, {}); }),
            "adam_step_: parameter (2, 3) and exp_avg_sq (6) must be dense and of one shape");
}

}  // namespace
}  // namespace lt
