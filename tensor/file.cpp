#include <libtensor/tensor/file.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include <libtensor/tensor/error.h>

// A write goes to a hidden file in the same folder (a rename cannot cross file systems), is flushed to the
// disk, and takes the name in one step. Whatever fails before that step removes the hidden file and leaves
// the name as it was. Plain POSIX calls, since only they report each failure's reason and can flush.

namespace lt::inline v0 {
namespace {

// What has no end of its own (/dev/zero) must not fill the memory; no text or model from a pipe comes near.
constexpr size_t kMaxStreamBytes = size_t{1} << 30;
constexpr size_t kReadBytes = size_t{1} << 16;  // a pipe's capacity

[[noreturn]] void fail(const char* verb, const std::string& path, const std::string& reason) {
  throw IoError(fmt::format("cannot {} '{}': {}", verb, path, reason));
}

[[noreturn]] void fail(const char* verb, const std::string& path, int error_number = errno) {
  fail(verb, path, std::generic_category().message(error_number));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

struct stat status_of(const Descriptor& file) {
  struct stat status {};
  ::fstat(file.number(), &status);
  return status;
}

// The error number of the first write that failed, or 0.
int write_all(const Descriptor& file, std::span<const std::string_view> parts) {
  for (std::string_view part : parts) {
    while (!part.empty()) {
      const ssize_t written = ::write(file.number(), part.data(), part.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return errno;
      part.remove_prefix(static_cast<size_t>(written));
    }
  }
  return 0;
}

// The file that a chain of symbolic links ends at, there or not; the path itself where there is no link.
std::string follow_links(std::string path) {
  namespace fs = std::filesystem;
  std::error_code error;
  for (int hops = 0; hops < 40 && fs::is_symlink(path, error); ++hops) {  // 40: the kernel's own limit
    path = (fs::path(path).parent_path() / fs::read_symlink(path, error)).string();
  }
  return path;
}

// A name in the same folder that no other process or thread takes; short, however long the path's own.
std::string hidden_name_beside(const std::string& path) {
  static std::atomic<int> serial{0};
  const auto folder = std::filesystem::path(path).parent_path();
  return (folder / fmt::format(".lt-{}-{}.tmp", ::getpid(), serial.fetch_add(1))).string();
}

// A rename is on the disk once its folder is. Some file systems cannot flush a folder: no error then.
void flush_folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  const Descriptor open_folder(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC));
  if (open_folder.is_open()) ::fsync(open_folder.number());
}

void write_directly(const std::string& path, std::span<const std::string_view> parts) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.is_open()) fail("write", path);
  if (const int error_number = write_all(file, parts)) fail("write", path, error_number);
  if (!file.close()) fail("write", path);
}

// What a write replaces or makes.
struct Target {
  std::string path;
  bool is_there;
  struct stat status;

  bool is_special() const { return is_there && !S_ISREG(status.st_mode); }
};

// Refuses what is not to be replaced.
Target target_of(const std::string& path) {
  Target target{.path = follow_links(path), .is_there = true, .status = {}};
  if (::stat(target.path.c_str(), &target.status) != 0) {
    if (errno != ENOENT) fail("write", path);
    target.is_there = false;
    return target;
  }
  if (S_ISDIR(target.status.st_mode)) fail("write", path, EISDIR);
  // A rename would replace what its owner has locked against writing.
  if (::access(target.path.c_str(), W_OK) != 0) fail("write", path);
  return target;
}

int create(const std::string& path) {
  const mode_t everyone = 0666;  // less what the user's umask takes away
  return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, everyone);
}

// Everything up to the rename; the error number, or 0.
int write_flushed(Descriptor& file, std::span<const std::string_view> parts) {
  if (const int error_number = write_all(file, parts)) return error_number;
  if (::fsync(file.number()) != 0) return errno;
  return file.close() ? 0 : errno;
}

}  // namespace

std::string read_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) fail("read", path);
  const struct stat status = status_of(file);
  std::string bytes;
  if (S_ISREG(status.st_mode)) bytes.reserve(static_cast<size_t>(status.st_size) + kReadBytes);
  for (size_t filled = 0;;) {
    bytes.resize(std::max(bytes.capacity(), filled + kReadBytes));
    const ssize_t got = ::read(file.number(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", path);
    filled += static_cast<size_t>(got);
    if (got == 0) {
      bytes.resize(filled);
      return bytes;
    }
    if (!S_ISREG(status.st_mode) && filled > kMaxStreamBytes) {
      fail("read", path, fmt::format("no regular file, and no end within {} bytes", kMaxStreamBytes));
    }
  }
}

void write_file_atomically(const std::string& path, std::span<const std::string_view> parts) {
  const Target target = target_of(path);
  if (target.is_special()) return write_directly(path, parts);
  const std::string hidden = hidden_name_beside(target.path);
  Descriptor file(create(hidden));
  if (!file.is_open()) fail("write", path);
  if (target.is_there) (void)!::fchmod(file.number(), target.status.st_mode & 07777);
  int error_number = write_flushed(file, parts);
  if (error_number == 0 && std::rename(hidden.c_str(), target.path.c_str()) != 0) error_number = errno;
  if (error_number != 0) {
    ::unlink(hidden.c_str());
    fail("write", path, error_number);
  }
  flush_folder_of(target.path);
}

// Only making a file tells for sure: access() knows neither quotas nor what network file systems refuse.
void check_writable(const std::string& path) {
  const Target target = target_of(path);
  if (target.is_special()) return;
  const std::string hidden = hidden_name_beside(target.path);
  const Descriptor file(create(hidden));
  if (!file.is_open()) fail("write", path);
  ::unlink(hidden.c_str());
}

}  // namespace lt::inline v0
