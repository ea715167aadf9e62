#include <libtensor/apps/common/checkpoints.h>

#include <gtest/gtest.h>

#include <libtensor/tests/expect.h>
#include <libtensor/tests/scratch.h>

namespace lt::apps {
namespace {

nn::Checkpoint of_losses(const DoubleTensor& losses) {
  nn::Checkpoint checkpoint;
  checkpoint.put("setup", std::string("net 2/20, lr 0.1, names 400"));
  checkpoint.put("losses", losses);
  return checkpoint;
}

std::string refusal_of_losses(const DoubleTensor& losses, int64_t steps) {
  return error_text<IoError>([&] { saved_losses(of_losses(losses), "run", steps); });
}

TEST(Checkpoints, NameTheSettingsThatDiffer) {
  const Scratch scratch;
  const std::string path = scratch.path("run");
  of_losses(zeros<double>(2)).save(path);
  const auto refusal = [&](const char* setup) {
    return error_text<IoError>([&] { open_checkpoint(path, setup); });
  };
  EXPECT_EQ(refusal("net 2/20, lr 0.1, names 400"), "no error");
  EXPECT_EQ(refusal("net 2/20, lr 0.2, names 400"),
            "'" + path + "': of another run: lr 0.1; this one is lr 0.2");
  EXPECT_EQ(refusal("net 2/20, lr 0.1, names 400, seed 3"),
            "'" + path + "': of another run: nothing more; this one is seed 3");
}

TEST(Checkpoints, HaveAListOfFiniteLosses) {
  EXPECT_EQ(refusal_of_losses(tensor<double>({3, 2}), 2), "no error");
  EXPECT_EQ(refusal_of_losses(zeros<double>(0), 2), "no error");
  EXPECT_EQ(refusal_of_losses(zeros<double>({2, 5}), 20),
            "'run': 'losses' has shape (2, 5), but should be a list");
  EXPECT_EQ(refusal_of_losses(tensor<double>({3, test::kNan}), 2), "'run': the loss at step 1 is nan");
  EXPECT_EQ(refusal_of_losses(tensor<double>({test::kInf}), 2), "'run': the loss at step 0 is inf");
}

TEST(Checkpoints, HaveNoMoreStepsThanAreAskedFor) {
  EXPECT_EQ(refusal_of_losses(zeros<double>(3), 3), "no error");
  EXPECT_EQ(refusal_of_losses(zeros<double>(3), 2), "'run': 3 steps are done already, but --steps is 2");
}

TEST(Checkpoints, HaveSeriesOfOneLength) {
  const auto refusal = [](const DoubleTensor& a, const DoubleTensor& b, int64_t steps) {
    nn::Checkpoint checkpoint;
    checkpoint.put("series.a", a);
    checkpoint.put("series.b", b);
    return error_text<IoError>([&] { saved_series(checkpoint, "run", {"a", "b"}, steps); });
  };
  const DoubleTensor two = tensor<double>({1, -test::kInf}), none = zeros<double>(0);
  EXPECT_EQ(refusal(two, two, 2), "no error");
  EXPECT_EQ(refusal(two, two, 9), "no error");  // not each step is written down
  EXPECT_EQ(refusal(none, none, 0), "no error");
  EXPECT_EQ(refusal(two, none, 2), "'run': 'series.b' has 0 numbers for 2 steps, where 'series.a' has 2");
  EXPECT_EQ(refusal(none, none, 2), "'run': 'series.a' has 0 numbers for 2 steps, where 'series.a' has 0");
  EXPECT_EQ(refusal(two, two, 1), "'run': 'series.a' has 2 numbers for 1 steps, where 'series.a' has 2");
  EXPECT_EQ(refusal(zeros<double>({1, 2}), two, 2),
            "'run': 'series.a' has shape (1, 2), but should be a list");
}

}  // namespace
}  // namespace lt::apps
