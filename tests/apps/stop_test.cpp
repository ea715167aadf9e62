#include <libtensor/apps/common/stop.h>

#include <gtest/gtest.h>

#include <csignal>

namespace lt::apps {
namespace {

TEST(StopOnSignal, TurnsTheFirstSignalIntoAQuestion) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    EXPECT_EXIT(
        {
          std::signal(signal,
                      SIG_DFL);  // the tests may run in a script's background, where SIGINT is ignored
          const StopOnSignal guard;
          if (stop_requested()) std::_Exit(1);
          std::raise(signal);
          std::_Exit(stop_requested() ? 130 : 1);
        },
        testing::ExitedWithCode(130), "");
  }
}

TEST(StopOnSignal, LeavesIgnoredWhatWasIgnored) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    EXPECT_EXIT(
        {
          std::signal(signal, SIG_IGN);
          { const StopOnSignal guard; }
          const StopOnSignal guard;
          std::raise(signal);
          std::_Exit(stop_requested() ? 1 : 7);
        },
        testing::ExitedWithCode(7), "");
  }
}

// The system and the shell both send one.
TEST(StopOnSignal, SurvivesEveryHangupOfAClosingTerminal) {
  EXPECT_EXIT(
      {
        std::signal(SIGHUP, SIG_DFL);
        {
          const StopOnSignal guard;
          std::raise(SIGHUP);
          std::raise(SIGHUP);
        }
        std::raise(SIGHUP);  // while the report is written
        std::_Exit(stop_requested() ? 130 : 1);
      },
      testing::ExitedWithCode(130), "");
}

TEST(StopOnSignal, LetsTheSecondSignalEndTheProgram) {
  EXPECT_EXIT(
      {
        std::signal(SIGINT, SIG_DFL);
        const StopOnSignal guard;
        std::raise(SIGINT);
        std::raise(SIGINT);
      },
      testing::KilledBySignal(SIGINT), "");
}

TEST(StopOnSignal, GivesSignalsBackAtItsEnd) {
  EXPECT_EXIT(
      {
        std::signal(SIGINT, SIG_DFL);
        { const StopOnSignal guard; }
        std::raise(SIGINT);
      },
      testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace lt::apps
