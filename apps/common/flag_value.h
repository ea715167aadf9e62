#pragma once

// The value of a flag: what text it takes, and how it reads in help and in the log.

#include <concepts>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include <libtensor/apps/common/log.h>

namespace lt::apps {

// The command line was wrong: one line for the user, exit code 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Lines first <= i < last of the data.
struct WordRange {
  static constexpr int64_t kEnd = std::numeric_limits<int64_t>::max();
  int64_t first = 0;
  int64_t last = kEnd;
};

// What help says about a flag, which values it takes, and what it goes with.
struct Spec {
  std::string group = {};  // its heading in help: "Modes" for what selects, "Output" for what shows, "Model"
  std::string lecture = {};  // the lecture's value, where the default is another
  std::string unset = {};    // the default in words, where it is no one value: "20; 100"
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool above_min = false;  // min itself is refused
  bool selects = false;    // a mode: chooses among the lecture's own settings, and has a folder of its own
  bool writes = false;     // names a file that the run writes in the end
  bool words = false;      // takes, besides its own values, the words that belong to no flag
  bool shows = false;      // changes only what is shown or written: every figure stays what it is
  std::vector<std::string> needs = {};     // "--deep", "--stage batchnorm": without these it would do nothing
  std::vector<std::string> excludes = {};  // "--find-lr", "--task four": beside these it would do nothing
  // Where the flag is given, these are the defaults of others: "--steps 1001"; of a flag with choices one
  // text for each: "--steps 9|--steps 1".
  std::string defaults = {};
};

// A variable that a flag sets. It holds the default, and must live as long as this does.
class FlagValue {
  using Variable = std::variant<bool*, int64_t*, uint64_t*, double*, std::string*, WordRange*,
                                std::vector<int64_t>*, std::vector<std::string>*>;

 public:
  template <typename T>
  requires std::constructible_from<Variable, T*> FlagValue(T& variable)
      : variable_(&variable) {}  // NOLINT: implicit

  // Reads a value as it was typed; a list of texts takes one more. A switch takes any text.
  //   throws: UsageError saying what it takes, without the flag's name
  void set(const std::string& text, const Spec& spec) const;
  std::string text() const;
  Json json() const;
  // A list of texts: the flag may be given again and again.
  bool is_list() const { return std::holds_alternative<std::vector<std::string>*>(variable_); }

 private:
  Variable variable_;
};

std::vector<std::string> split(const std::string& text, char separator);

}  // namespace lt::apps
