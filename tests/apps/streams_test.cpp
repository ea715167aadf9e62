#include <libtensor/apps/common/stop.h>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>

namespace lt::apps {
namespace {

TEST(Streams, ThatAreClosedAreOpenedOnNothing) {
  EXPECT_EXIT(
      {
        for (const int stream : {0, 1, 2}) ::close(stream);
        prepare_streams();
        const int next = ::open("/dev/null", O_RDONLY);
        std::_Exit(next > 2 && ::write(1, "x", 1) == 1 && ::write(2, "x", 1) == 1 ? 7 : 1);
      },
      testing::ExitedWithCode(7), "");
}

TEST(Streams, OfWhichOneIsClosedKeepTheOthers) {
  EXPECT_EXIT(
      {
        ::close(1);
        prepare_streams();
        (void)!::write(1, "lost\n", 5);
        (void)!::write(2, "kept\n", 5);
        std::_Exit(7);
      },
      testing::ExitedWithCode(7), "^kept\n$");
}

TEST(Streams, WhoseReaderIsGoneFailWithoutASignal) {
  EXPECT_EXIT(
      {
        prepare_streams();
        int ends[2];
        if (::pipe(ends) != 0) std::_Exit(1);
        ::close(ends[0]);
        std::_Exit(::write(ends[1], "x", 1) < 0 && errno == EPIPE ? 7 : 1);
      },
      testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace lt::apps
