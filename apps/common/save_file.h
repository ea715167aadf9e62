#pragma once

// What --save and --resume may name, and writing what must not end a run.

#include <functional>
#include <string>
#include <vector>

namespace lt::apps {

// A file that the run reads or writes besides, and what it is to it: "the data".
struct NeededFile {
  std::string what;
  std::string path;
};

// Before a run begins: may `file` be written at its end? Not where it is, under whatever name, one that the
// run needs, nor where it is no regular file (a pipe would hang, a device would swallow it).
//   throws: IoError naming the file and the reason
void check_save_file(const std::string& file, const std::vector<NeededFile>& needed);

// Before it is read: a pipe or a device has no checkpoint.
//   throws: IoError where there is no such file, or it is no regular one
void check_resume_file(const std::string& file);

// Saves in the middle of a run: a failure (a full disk) is said on standard error, the first time, and the
// run goes on. The file is then as it was.
void write_or_go_on(const std::function<void()>& write, bool& has_failed);

}  // namespace lt::apps
