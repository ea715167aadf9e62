#pragma once

// Ctrl-C, SIGTERM and a closing terminal as a question that a training loop asks between steps.

namespace lt::apps {

// While it lives, the first SIGINT, SIGTERM or SIGHUP only sets stop_requested(), so that a loop can save and
// end; a second SIGINT or SIGTERM ends the program at once. A closing terminal sends SIGHUP more than once:
// it never ends a program that is about to stop. What was ignored before (by nohup, or in a script's
// background) stays ignored. Not nested.
class StopOnSignal {
 public:
  StopOnSignal();
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;
};

bool stop_requested();

}  // namespace lt::apps
