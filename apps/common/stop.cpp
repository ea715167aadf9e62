#include <libtensor/apps/common/stop.h>

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <initializer_list>

// A handler may only set a flag. SA_RESETHAND gives the second signal back its usual effect, for a program
// that is stuck.

namespace lt::apps {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};

volatile std::sig_atomic_t stop_flag = 0;

void request_stop(int) { stop_flag = 1; }

bool is_ignored(int signal) {
  struct sigaction action {};
  sigaction(signal, nullptr, &action);
  return action.sa_handler == SIG_IGN;
}

void install(int signal, void (*handler)(int)) {
  if (is_ignored(signal)) return;
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART | (signal == SIGHUP ? 0 : static_cast<int>(SA_RESETHAND));
  sigaction(signal, &action, nullptr);
}

}  // namespace

StopOnSignal::StopOnSignal() {
  for (const int signal : kSignals) install(signal, request_stop);
}

StopOnSignal::~StopOnSignal() {
  for (const int signal : kSignals) {
    if (signal != SIGHUP || !stop_requested()) install(signal, SIG_DFL);
  }
}

bool stop_requested() { return stop_flag != 0; }

void prepare_streams() {
  // open() takes the lowest number that is free: these are tried from below.
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) < 0) ::open("/dev/null", O_RDWR);
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

}  // namespace lt::apps
