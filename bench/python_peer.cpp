#include <libtensor/bench/python_peer.h>

#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace lt::bench {

PythonPeer::PythonPeer(const std::string& script, const std::vector<std::string>& pythons) {
  for (const std::string& python : pythons) {
    if (start(python, script)) greeting_ = read_line();
    if (greeting_) return;
    stop();
  }
}

PythonPeer::~PythonPeer() { stop(); }

std::optional<std::string> PythonPeer::ask(const std::string& question) {
  if (!talk_) return std::nullopt;
  const std::string line = question + '\n';
  // A socket, and not a pipe, says without a signal that nobody listens any more.
  if (send(fileno(talk_), line.data(), line.size(), MSG_NOSIGNAL) != std::ssize(line)) return std::nullopt;
  return read_line();
}

bool PythonPeer::start(const std::string& python, const std::string& script) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) return false;
  talk_ = fdopen(ends[0], "r");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  char* argv[] = {const_cast<char*>(python.c_str()), const_cast<char*>(script.c_str()), nullptr};
  if (posix_spawnp(&child_, argv[0], &actions, nullptr, argv, environ) != 0) child_ = 0;
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  return child_ != 0;
}

std::optional<std::string> PythonPeer::read_line() {
  std::string line;
  for (int c = std::fgetc(talk_); c != EOF; c = std::fgetc(talk_)) {
    if (c == '\n') return line;
    line += static_cast<char>(c);
  }
  return std::nullopt;
}

// A closed socket is the end of its input, so it ends by itself.
void PythonPeer::stop() {
  if (talk_) std::fclose(talk_);
  talk_ = nullptr;
  while (child_ != 0 && waitpid(child_, nullptr, 0) < 0 && errno == EINTR) continue;
  child_ = 0;
}

}  // namespace lt::bench
