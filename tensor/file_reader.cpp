#include <libtensor/tensor/file_reader.h>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include <libtensor/tensor/error.h>
#include <libtensor/tensor/file.h>

namespace lt::inline v0::detail {
namespace {

[[noreturn]] void fail_to_read(const std::string& path, const std::string& reason) {
  throw IoError(fmt::format("cannot read '{}': {}", path, reason));
}

std::string reason_of(int error_number) { return std::generic_category().message(error_number); }

}  // namespace

FileReader::FileReader(const std::string& path) : path_(path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) fail_to_read(path, reason_of(errno));
  if (!S_ISREG(status.st_mode)) {
    bytes_ = read_file(path);
    size_ = bytes_.size();
    return;
  }
  file_.reset(std::fopen(path.c_str(), "rbe"));
  if (!file_) fail_to_read(path, reason_of(errno));
  size_ = static_cast<size_t>(status.st_size);
}

void FileReader::read(size_t offset, void* to, size_t bytes) const {
  if (bytes == 0) return;
  if (!file_) {
    std::memcpy(to, bytes_.data() + offset, bytes);
    return;
  }
  errno = 0;
  const bool is_there = ::fseeko(file_.get(), static_cast<off_t>(offset), SEEK_SET) == 0;
  if (is_there && std::fread(to, 1, bytes, file_.get()) == bytes) return;
  fail_to_read(path_, errno != 0 ? reason_of(errno) : fmt::format("it ends before byte {}", offset + bytes));
}

std::string FileReader::read(size_t offset, size_t bytes) const {
  std::string out(bytes, '\0');
  read(offset, out.data(), bytes);
  return out;
}

}  // namespace lt::inline v0::detail
