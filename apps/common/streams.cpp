#include <libtensor/apps/common/streams.h>

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <initializer_list>

namespace lt::apps {

void prepare_streams() {
  // open() takes the lowest number that is free: these are tried from below.
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) < 0) ::open("/dev/null", O_RDWR);
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

}  // namespace lt::apps
