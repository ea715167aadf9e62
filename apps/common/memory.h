#pragma once

// What a run will hold at once beside what the machine has.

#include <string>

namespace lt::apps {

// Refuses sizes that cannot fit: the system would end the program without a word, after minutes of work.
// `flags` are those that ask for the bytes: "--points and --hidden".
//   throws: AppError naming the flags, what they want and what there is
void require_memory(const std::string& flags, double bytes);

}  // namespace lt::apps
