#pragma once

// Ctrl-C, SIGTERM and a closing terminal as a question that a training loop asks between steps; and standard
// streams that are closed, or that nobody reads.

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

// Standard input, output and error are open from here on: on /dev/null where they were closed, so that no
// file of the run is opened in their place and receives their text. And a write that fails, to a reader that
// is gone (SIGPIPE) or beyond `ulimit -f` (SIGXFSZ), is an error of that write, not the end of the program.
// To be called before anything else.
void prepare_streams();

}  // namespace lt::apps
