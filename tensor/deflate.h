#pragma once

// Private to tensor/: deflated bytes (RFC 1951) and their checksum, by zlib.

#include <cstdint>
#include <string>
#include <string_view>

namespace lt::inline v0::detail {

std::string deflated(std::string_view content);
// Fills `out`. False where the packed bytes are torn or malformed, or do not stand for out.size() bytes.
bool inflate_into(std::string_view packed, std::string& out);

// Of `before`'s bytes and these, one after the other.
uint32_t crc32_of(std::string_view bytes, uint32_t before = 0);

}  // namespace lt::inline v0::detail
