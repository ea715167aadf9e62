#pragma once

// Another program at work for us: an app under test, Python beside a bench.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lt::apps {

struct Finished {
  int status;          // the exit code; 128 + the signal that ended it
  std::string output;  // what it wrote to standard output
};

// Runs arguments[0], looked up on PATH, without a shell; feeds it `input` and waits. Standard error is ours.
// Nothing comes back where there is no such program.
//   throws: std::system_error naming the program, where it cannot be started or listened to
std::optional<Finished> run_program(const std::vector<std::string>& arguments, std::string_view input = {});

}  // namespace lt::apps
