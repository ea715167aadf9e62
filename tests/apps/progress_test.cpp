#include <libtensor/apps/common/progress.h>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

namespace lt::apps {
namespace {

TEST(Progress, ShowsPartLossSpeedAndTimeLeft) {
  EXPECT_EQ(
      progress_text("train", 500, 1000, 2.4541, 100, 100),
      "train [###############---------------]  50%  step 500/1000  loss 2.4541  100 steps/s  00:05 left");
  EXPECT_EQ(progress_text("train", 1000, 1000, 2.4541, 100, 90),
            "train [######################] 100%  step 1000/1000  loss 2.4541  100 steps/s  00:00 left");
}

TEST(Progress, DrawsTheLossSoFarAsItsBar) {
  const std::vector<ProgressPoint> falling = {{0, 3}, {300, 2.5}, {600, 2}, {900, 1}};
  EXPECT_EQ(progress_text("train", 500, 1000, 2.2, 100, 76, falling),
            "train [██████▆▆▆▆▆-----------]  50%  step 500/1000  loss 2.2000  00:05 left");
}

TEST(Progress, LeavesTheSpeedOutWhereTheBarWouldBeShort) {
  EXPECT_EQ(progress_text("train", 100000, 200000, 2.5, 25000, 80),
            "train [##########-----------]  50%  step 100000/200000  loss 2.5000  00:04 left");
}

TEST(Progress, FitsANarrowTerminal) {
  for (const int columns : {1, 20, 60, 80, 200}) {
    EXPECT_LT(progress_text("train", 1, 200000, 27.8817, 30000, columns).size(),
              static_cast<size_t>(columns) + 1);
  }
}

TEST(Progress, CountsHoursAndAdmitsNotKnowing) {
  EXPECT_NE(progress_text("train", 0, 7322, 1, 1, 120).find("2:02:02 left"), std::string::npos);
  EXPECT_NE(progress_text("train", 0, 100, 1, 0, 120).find("--:-- left"), std::string::npos);
}

TEST(Progress, PrintsAPlainLineAtEachTwentiethWhereThereIsNoTerminal) {
  testing::internal::CaptureStderr();
  {
    Progress progress("train", 100, false);
    for (int i = 0; i < 100; ++i) progress.step(1.5);
  }
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 20);
  EXPECT_EQ(text.find('\r'), std::string::npos);
}

TEST(Progress, IsNoneWhereItCannotBeShown) {
  for (const bool is_full : {true, false}) {
    EXPECT_EXIT(
        {
          std::signal(SIGPIPE, SIG_IGN);
          int ends[2];
          if (::pipe(ends) != 0) std::_Exit(1);
          ::close(ends[0]);  // nobody reads
          ::dup2(is_full ? ::open("/dev/full", O_WRONLY) : ends[1], STDERR_FILENO);
          {
            Progress progress("train", 100, false);
            for (int i = 0; i < 100; ++i) progress.step(1.5);
          }
          std::_Exit(7);
        },
        testing::ExitedWithCode(7), "");
  }
}

TEST(Progress, IsSilentWhenAsked) {
  testing::internal::CaptureStderr();
  Progress progress("train", 3, true);
  for (int i = 0; i < 3; ++i) progress.step(1);
  progress.finish();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace lt::apps
