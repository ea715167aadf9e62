#pragma once

// What --version prints.

#include <string>

namespace lt::apps {

// Version, build type, instruction set, threads, random-stream compatibility: a line each.
std::string version_text(const std::string& app);

}  // namespace lt::apps
