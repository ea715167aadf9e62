#pragma once

// What a program may find when it starts: standard streams that are closed, or that nobody reads.

namespace lt::apps {

// Standard input, output and error are open from here on: on /dev/null where they were closed, so that no
// file of the run is opened in their place and receives their text. And a write that fails, to a reader that
// is gone (SIGPIPE) or beyond `ulimit -f` (SIGXFSZ), is an error of that write, not the end of the program.
// To be called before anything else.
void prepare_streams();

}  // namespace lt::apps
