#pragma once

// Private to tensor/: parts of a file, where the whole would be in memory beside what is made of it.

#include <cstdio>
#include <memory>
#include <string>

#include <libtensor/version.h>

namespace lt::inline v0::detail {

class FileReader {
 public:
  // What is no regular file (a pipe) is read at once.
  //   throws: IoError naming the path and the system's reason
  explicit FileReader(const std::string& path);

  size_t size() const { return size_; }
  // The bytes from `offset` on, which the file has.
  //   throws: IoError where it has become shorter, or cannot be read
  void read(size_t offset, void* to, size_t bytes) const;
  std::string read(size_t offset, size_t bytes) const;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;  // none: bytes_ are all of it
  std::string bytes_;
  size_t size_ = 0;
};

}  // namespace lt::inline v0::detail
