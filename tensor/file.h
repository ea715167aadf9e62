#pragma once

// Whole files: read at once, and written so that a crash or a full disk leaves the old one whole.

#include <span>
#include <string>
#include <string_view>

#include <libtensor/version.h>

namespace lt::inline v0 {

// All bytes of a file.
//   throws: IoError naming the path and the system's reason
std::string read_file(const std::string& path);

// The parts, one after the other, as the new content of a file. They go to a new file beside it, which takes
// the name once it is on the disk; a reader sees the old file or the new one, never a mixture. A symbolic
// link stays and its target is replaced. What is no regular file (a pipe, /dev/stdout) is written directly.
// A writer that is killed leaves .lt-*.tmp, which the next process that writes into the folder removes.
//   throws: IoError naming the path and the system's reason; the old file is then as it was
void write_file_atomically(const std::string& path, std::span<const std::string_view> parts);
inline void write_file_atomically(const std::string& path, std::string_view bytes) {
  write_file_atomically(path, std::span(&bytes, 1));
}

// What takes long asks before it starts. Touches no file that is there and leaves none; a disk that will be
// full is not foreseen.
//   throws: what write_file_atomically would throw for this path as things are
void check_writable(const std::string& path);

}  // namespace lt::inline v0
