#pragma once

// Ctrl-C and SIGTERM as a question that a training loop asks between steps.

namespace lt::apps {

// While it lives, the first SIGINT or SIGTERM only sets stop_requested(), so that a loop can save and end; a
// second one ends the program at once. Not nested.
class StopOnSignal {
 public:
  StopOnSignal();
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;
};

bool stop_requested();

}  // namespace lt::apps
