#pragma once

// Splits a command line into flags and their texts. What the texts mean is not known here.

#include <map>
#include <string>
#include <vector>

namespace lt::apps {

struct FlagSyntax {
  std::string name;  // "--steps"; "--help,-h" has two, and is known by all of this
  bool takes_value;
  bool takes_words = false;  // those that belong to no flag, too
};

// The flags that were given, by their names, each with its texts in order; a switch's mean nothing.
//   throws: UsageError naming an unknown flag, a stray word, a value that is missing or that a switch was
//   given
std::map<std::string, std::vector<std::string>> split_command_line(int argc, const char* const* argv,
                                                                   const std::vector<FlagSyntax>& flags);

}  // namespace lt::apps
