#include <libtensor/apps/common/stop.h>

#include <gtest/gtest.h>

#include <csignal>

namespace lt::apps {
namespace {

TEST(StopOnSignal, TurnsTheFirstSignalIntoAQuestion) {
  EXPECT_EXIT(
      {
        const StopOnSignal guard;
        if (stop_requested()) std::_Exit(1);
        std::raise(SIGTERM);
        std::_Exit(stop_requested() ? 130 : 1);
      },
      testing::ExitedWithCode(130), "");
}

TEST(StopOnSignal, LetsTheSecondSignalEndTheProgram) {
  EXPECT_EXIT(
      {
        const StopOnSignal guard;
        std::raise(SIGINT);
        std::raise(SIGINT);
      },
      testing::KilledBySignal(SIGINT), "");
}

TEST(StopOnSignal, GivesSignalsBackAtItsEnd) {
  EXPECT_EXIT(
      {
        { const StopOnSignal guard; }
        std::raise(SIGINT);
      },
      testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace lt::apps
