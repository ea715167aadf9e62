#include <libtensor/apps/common/process.h>

#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

// One socket is both ends of the talk: the child's standard input and output. Sending on a socket, unlike
// writing to a pipe, reports a child that stopped listening as an error and not as a signal. Input is fed
// while output is drained, so neither side waits for the other for ever.

extern char** environ;

namespace lt::apps {
namespace {

[[noreturn]] void fail(int error, const std::string& program) {
  throw std::system_error(error, std::generic_category(), program);
}

struct Socket {
  int fd = -1;
  Socket() = default;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { close(); }
  void close() {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
};

// Starts the program on its end of the socket; 0 where there is no such program.
pid_t start(const std::vector<std::string>& arguments, int socket) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, socket, STDOUT_FILENO);
  pid_t child = 0;
  const int error = posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error == ENOENT) return 0;
  if (error) fail(error, arguments[0]);
  return child;
}

// Sends all of `input` and returns all that comes back. A child need not read its input to the end.
std::string talk(int socket, std::string_view input) {
  std::string output;
  std::array<char, 1 << 16> buffer;
  bool sending = true;
  while (true) {
    if (sending && input.empty()) {
      shutdown(socket, SHUT_WR);
      sending = false;
    }
    pollfd ready{socket, static_cast<short>(sending ? POLLIN | POLLOUT : POLLIN), 0};
    if (poll(&ready, 1, -1) < 0) {
      if (errno == EINTR) continue;
      fail(errno, "poll");
    }
    if (ready.revents & (POLLIN | POLLHUP | POLLERR)) {
      const ssize_t got = recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (got == 0 || (got < 0 && errno == ECONNRESET)) return output;
      if (got > 0) output.append(buffer.data(), static_cast<std::size_t>(got));
    }
    if (sending && (ready.revents & POLLOUT)) {
      const ssize_t sent = send(socket, input.data(), input.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) input.remove_prefix(static_cast<std::size_t>(sent));
      if (sent < 0 && errno != EAGAIN && errno != EINTR) input = {};
    }
  }
}

}  // namespace

std::optional<Finished> run_program(const std::vector<std::string>& arguments, std::string_view input) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) fail(errno, arguments[0]);
  Socket ours, theirs;
  ours.fd = ends[0];
  theirs.fd = ends[1];
  const pid_t child = start(arguments, theirs.fd);
  if (child == 0) return std::nullopt;
  theirs.close();
  std::string output = talk(ours.fd, input);
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) fail(errno, arguments[0]);
  return Finished{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), std::move(output)};
}

}  // namespace lt::apps
