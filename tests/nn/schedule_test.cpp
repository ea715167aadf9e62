#include <libtensor/nn/schedule.h>

#include <gtest/gtest.h>

#include <libtensor/tensor/error.h>
#include <libtensor/tests/expect.h>

namespace lt::nn {
namespace {

// Steps are whole numbers.
template <typename S>
concept Schedules = requires(S s) {
  step_decay(0.1, s, 5);
  step_lr(0.1, s, 5);
  cosine_lr(0.1, s, 5);
  exponential_sweep(-3, 0, s, 5);
};
template <typename S>
concept SchedulesSome = requires(S s) {
  step_decay(0.1, s, 5);
}
|| requires(S s) { step_lr(0.1, 5, s); }
|| requires(S s) { cosine_lr(0.1, 5, s); }
|| requires(S s) { cosine_lr(0.1, 5, 9, 0, s); }
|| requires(S s) { exponential_sweep(-3, 0, s, 5); };
static_assert(Schedules<int> && Schedules<size_t> && !SchedulesSome<double> && !SchedulesSome<bool>);

TEST(Schedule, DecaysOnceAtAStep) {
  EXPECT_EQ(step_decay(0.1, 99'999, 100'000), 0.1);
  EXPECT_DOUBLE_EQ(step_decay(0.1, 100'000, 100'000), 0.01);
  EXPECT_DOUBLE_EQ(step_decay(0.1, 150'000, 100'000, 0.5), 0.05);
}

TEST(Schedule, StepsDownAsPyTorchsStepLR) {
  EXPECT_DOUBLE_EQ(step_lr(0.8, 29, 30, 0.5), 0.8);
  EXPECT_DOUBLE_EQ(step_lr(0.8, 30, 30, 0.5), 0.4);
  EXPECT_DOUBLE_EQ(step_lr(0.8, 95, 30, 0.5), 0.1);
  EXPECT_EQ(error_text<ValueError>([] { step_lr(1, 0, 0); }), "step_lr: step_size 0 must be at least 1");
}

TEST(Schedule, FollowsHalfACosineAfterItsWarmup) {
  EXPECT_DOUBLE_EQ(cosine_lr(1, 0, 100), 1);
  EXPECT_DOUBLE_EQ(cosine_lr(1, 50, 100), 0.5);
  EXPECT_NEAR(cosine_lr(1, 100, 100, 0.1), 0.1, 1e-15);
  EXPECT_NEAR(cosine_lr(1, 1000, 100, 0.1), 0.1, 1e-15);
  EXPECT_DOUBLE_EQ(cosine_lr(1, 0, 110, 0, 10), 0.1);
  EXPECT_DOUBLE_EQ(cosine_lr(1, 9, 110, 0, 10), 1);
  EXPECT_DOUBLE_EQ(cosine_lr(1, 60, 110, 0, 10), 0.5);
  EXPECT_EQ(error_text<ValueError>([] { cosine_lr(1, 0, 10, 0, 10); }),
            "cosine_lr: 10 steps of warmup do not fit before 10 steps");
}

TEST(Schedule, SweepsExponentsFromEndToEnd) {
  EXPECT_DOUBLE_EQ(exponential_sweep(-3, 0, 0, 1000), 1e-3);
  EXPECT_DOUBLE_EQ(exponential_sweep(-3, 0, 999, 1000), 1);
  EXPECT_DOUBLE_EQ(exponential_sweep(-2, 0, 1, 3), 0.1);
  EXPECT_DOUBLE_EQ(exponential_sweep(-2, 0, 0, 1), 0.01);
  EXPECT_EQ(error_text<ValueError>([] { exponential_sweep(-3, 0, 10, 10); }),
            "exponential_sweep: step 10 is none of 10");
}

}  // namespace
}  // namespace lt::nn
