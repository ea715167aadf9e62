#include <libtensor/tensor/file.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <random>
#include <set>
#include <system_error>
#include <utility>

#include <libtensor/tensor/error.h>

// A write goes to a hidden file in the same folder (a rename cannot cross file systems), is flushed to the
// disk, and takes the name in one step. Whatever fails before that step removes the hidden file and leaves
// the name as it was. Plain POSIX calls, since only they report each failure's reason and can flush.
//
// A writer that is killed leaves its hidden file. The system unlocks it then, whatever numbers processes have
// in whatever container, so a hidden file that can be locked is nobody's and is removed.

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
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
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

constexpr std::string_view kHiddenStart = ".lt-";
constexpr std::string_view kHiddenEnd = ".tmp";

std::filesystem::path folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  return folder.empty() ? "." : folder;
}

// A name in the same folder that hardly any other writer takes; short, however long the path's own.
std::string hidden_name_beside(const std::string& path) {
  std::random_device random;
  return (folder_of(path) / fmt::format("{}{:08x}{:08x}{}", kHiddenStart, random(), random(), kHiddenEnd))
      .string();
}

void remove_if_left_over(const std::filesystem::path& hidden) {
  const Descriptor file(::open(hidden.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open()) return;
  const struct stat status = status_of(file);
  const bool is_ours = S_ISREG(status.st_mode) && status.st_uid == ::geteuid();
  if (is_ours && ::flock(file.number(), LOCK_EX | LOCK_NB) == 0) ::unlink(hidden.c_str());
}

// Removes what writers left who were killed; looks once into each folder, since it may hold many files.
void remove_leftovers_beside(const std::string& path) {
  static std::mutex mutex;
  static std::set<std::filesystem::path> seen;
  const std::lock_guard lock(mutex);
  if (!seen.insert(folder_of(path)).second) return;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder_of(path), error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(kHiddenStart) && name.ends_with(kHiddenEnd)) remove_if_left_over(entry->path());
  }
}

// A rename is on the disk once its folder is. Some file systems cannot flush a folder: no error then.
void flush_folder_of(const std::string& path) {
  const Descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_CLOEXEC));
  if (folder.is_open()) ::fsync(folder.number());
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

// A new hidden file beside a path, locked as long as it is open.
struct Hidden {
  std::string path;
  Descriptor file;
};

// No file, and the reason in errno, where none can be made.
Hidden create_hidden_beside(const std::string& path) {
  const mode_t everyone = 0666;  // less what the user's umask takes away
  remove_leftovers_beside(path);
  for (;;) {
    std::string name = hidden_name_beside(path);
    const int number = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, everyone);
    if (number < 0 && errno == EEXIST) continue;
    Hidden hidden{std::move(name), Descriptor(number)};
    if (number < 0) return hidden;
    ::flock(number, LOCK_EX);
    // Somebody may have taken it for a leftover before it was locked.
    if (status_of(hidden.file).st_nlink > 0) return hidden;
  }
}

// Everything up to the rename; the error number, or 0.
int write_flushed(const Descriptor& file, std::span<const std::string_view> parts) {
  if (const int error_number = write_all(file, parts)) return error_number;
  return ::fsync(file.number()) == 0 ? 0 : errno;
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
  const Hidden hidden = create_hidden_beside(target.path);
  if (!hidden.file.is_open()) fail("write", path);
  if (target.is_there) (void)!::fchmod(hidden.file.number(), target.status.st_mode & 07777);
  int error_number = write_flushed(hidden.file, parts);
  if (error_number == 0 && std::rename(hidden.path.c_str(), target.path.c_str()) != 0) error_number = errno;
  if (error_number != 0) {
    ::unlink(hidden.path.c_str());
    fail("write", path, error_number);
  }
  flush_folder_of(target.path);
}

// Only making a file tells for sure: access() knows neither quotas nor what network file systems refuse.
void check_writable(const std::string& path) {
  const Target target = target_of(path);
  if (target.is_special()) return;
  const Hidden hidden = create_hidden_beside(target.path);
  if (!hidden.file.is_open()) fail("write", path);
  ::unlink(hidden.path.c_str());
}

}  // namespace lt::inline v0
