#pragma once

// A Python program that runs beside a bench and answers its questions: started once, because importing torch
// takes longer than what is measured.

#include <sys/types.h>

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace lt::bench {

class PythonPeer {
 public:
  // Starts `script`, which says a line of JSON when it is ready, by the first of these that can run it: the
  // second is where Debian's packages are, whatever else comes first on PATH. Where none can, there are no
  // answers.
  explicit PythonPeer(const std::string& script,
                      const std::vector<std::string>& pythons = {"python3", "/usr/bin/python3"});
  PythonPeer(const PythonPeer&) = delete;
  PythonPeer& operator=(const PythonPeer&) = delete;
  ~PythonPeer();

  // What it said when it was ready, or nothing.
  const std::optional<std::string>& greeting() const { return greeting_; }

  // Sends a line and waits for the line that answers it; nothing if it does not run, or has ended.
  std::optional<std::string> ask(const std::string& question);

 private:
  bool start(const std::string& python, const std::string& script);
  std::optional<std::string> read_line();
  void stop();

  pid_t child_ = 0;
  std::FILE* talk_ = nullptr;
  std::optional<std::string> greeting_;
};

}  // namespace lt::bench
