#pragma once

// out/index.html: every report of a folder, and how far the models of the lectures came.

#include <filesystem>

namespace lt::apps {

// Writes folder/index.html anew: each report.html one or two folders further in, with what the log.jsonl
// beside it says of its last run; and a scoreboard of the losses of all runs on all of the data,
// from uniform guessing to the best. What cannot be read, or is not ours, is passed over.
//   throws: IoError where index.html cannot be written
void write_index(const std::filesystem::path& folder);

}  // namespace lt::apps
