#pragma once

// Runs an app as a user does, and reads what came out.

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include <libtensor/tests/scratch.h>

namespace lt::apps {

inline std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The lecture's own names: tests that need them skip where they are absent.
inline const std::string kNames = LIBTENSOR_SOURCE_DIR "/../shared/data/names.txt";

struct Outcome {
  int code;  // the exit code; 128 + the signal that ended it
  std::string out;
  std::string err;
};

// `command` is an app's name and its flags as typed in a shell, in the scratch folder. Without --data it
// reads the embedded names, whatever `./run data` has fetched.
inline Outcome run_in(const Scratch& scratch, const std::string& command) {
  const std::string texts = scratch.folder() + "_texts";
  std::filesystem::create_directories(texts);
  const std::string line = "cd '" + scratch.folder() + "' && LIBTENSOR_DATA_DIR=. " LIBTENSOR_BIN_DIR "/" +
                           command + " >'" + texts + "/out' 2>'" + texts + "/err' </dev/null";
  const int status = std::system(line.c_str());
  Outcome outcome{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), slurp(texts + "/out"),
                  slurp(texts + "/err")};
  std::filesystem::remove_all(texts);
  return outcome;
}

// Starts a script in the scratch folder, where $BIN holds the apps, and does not wait for it. Signals have
// their usual effects, also where the tests run in a script's background.
inline pid_t start_in(const Scratch& scratch, const std::string& script) {
  const std::string line = "cd '" + scratch.folder() + "'; BIN='" LIBTENSOR_BIN_DIR "'; " + script;
  const pid_t child = ::fork();
  if (child != 0) return child;
  for (const int signal : {SIGINT, SIGHUP, SIGTERM}) std::signal(signal, SIG_DFL);
  ::execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
  std::_Exit(127);
}

// Its exit code, once it ends; 128 + the signal that ended it.
inline int wait_for(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

inline std::vector<nlohmann::json> events_of(const std::string& log, const std::string& event) {
  std::ifstream file(log);
  std::vector<nlohmann::json> found;
  for (std::string line; std::getline(file, line);) {
    const nlohmann::json parsed = nlohmann::json::parse(line);
    if (parsed["event"] == event) found.push_back(parsed);
  }
  return found;
}

}  // namespace lt::apps
