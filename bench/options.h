#pragma once

// The flags that every bench takes.

#include <string>
#include <vector>

namespace lt::bench {

struct Options {
  bool quick = false;
  bool idle = false;               // count only times taken while cores_are_shared() says no
  std::string json;                // file to write, or empty
  std::string filter;              // only works whose name contains it
  std::vector<int> threads{1, 2};  // measure on each of these numbers of threads

  bool wants(const std::string& work) const { return work.find(filter) != std::string::npos; }
  bool wants_threads(int count) const;
};

// Reads --quick, --idle, --threads N, --json FILE and --filter TEXT. --help prints the usage and exits with
// 0, anything else exits with 2; a file that cannot be written, with 1.
Options parse(int argc, char** argv);

}  // namespace lt::bench
