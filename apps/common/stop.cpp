#include <libtensor/apps/common/stop.h>

#include <csignal>

// A handler may only set a flag. SA_RESETHAND gives the second signal back its usual effect, for a program
// that is stuck.

namespace lt::apps {
namespace {

volatile std::sig_atomic_t stop_flag = 0;

void request_stop(int) { stop_flag = 1; }

void install(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

StopOnSignal::StopOnSignal() { install(request_stop); }
StopOnSignal::~StopOnSignal() { install(SIG_DFL); }

bool stop_requested() { return stop_flag != 0; }

}  // namespace lt::apps
