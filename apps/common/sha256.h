#pragma once

// SHA-256 (FIPS 180-4), by which --check knows the lecture's data.

#include <string>
#include <string_view>

namespace lt::apps {

// 64 hexadecimal digits.
std::string sha256(std::string_view bytes);

}  // namespace lt::apps
