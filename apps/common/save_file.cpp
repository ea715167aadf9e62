#include <libtensor/apps/common/save_file.h>

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <utility>

#include <libtensor/tensor/error.h>
#include <libtensor/tensor/file.h>

namespace lt::apps {
namespace {

namespace fs = std::filesystem;

// What a path leads to, there or not yet, through links that may end in nothing.
fs::path target_of(fs::path path) {
  std::error_code error;
  for (int hops = 0; hops < 40 && fs::is_symlink(path, error); ++hops) {  // 40: the kernel's own limit
    path = path.parent_path() / fs::read_symlink(path, error);
  }
  return fs::weakly_canonical(fs::absolute(path, error), error);
}

// By device and inode, so that another name for it (a link) is seen; by name where there is no file yet.
bool is_same_file(const fs::path& a, const fs::path& b) {
  std::error_code error;
  return fs::equivalent(a, b, error) || target_of(a) == target_of(b);
}

void check_regular(const std::string& file, const char* verb) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (!fs::exists(status) || fs::is_regular_file(status)) return;
  throw IoError(fmt::format("cannot {} '{}': {}", verb, file,
                            fs::is_directory(status) ? "Is a directory" : "it is no regular file"));
}

}  // namespace

void check_save_file(const std::string& file, const std::vector<NeededFile>& needed) {
  check_regular(file, "write");
  for (const auto& [what, path] : needed) {
    if (path.empty() || !is_same_file(file, path)) continue;
    throw IoError(fmt::format("cannot write '{}': it is {} of this run", file, what));
  }
  check_writable(file);
}

void check_resume_file(const std::string& file) { check_regular(file, "read"); }

void write_or_go_on(const std::function<void()>& write, bool& has_failed) {
  try {
    write();
  } catch (const IoError& error) {
    if (!std::exchange(has_failed, true)) std::cerr << error.what() << "; the run goes on\n";
  }
}

}  // namespace lt::apps
