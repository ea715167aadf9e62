#pragma once

#include <string>
#include <string_view>

namespace lt::apps {

// Text that comes from data or a checkpoint, as a terminal may have it: what would steer it (control
// characters but line ends and tabs) or turn the reading direction (U+202E and its like) is shown as \u001b
// or \u202e, and a byte that is not UTF-8 as \xff. All else is as it was.
std::string printable(std::string_view text);

}  // namespace lt::apps
