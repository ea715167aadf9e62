#include <libtensor/apps/common/printable.h>

#include <fmt/format.h>

#include <libtensor/apps/common/utf8.h>

// Escapes are JSON's, so that a line of the log stays one: beyond 16 bits there are two.

namespace lt::apps {
namespace {

std::string escape(int64_t code) {
  if (code < 0x10000) return fmt::format("\\u{:04x}", code);
  return fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + ((code - 0x10000) >> 10), 0xdc00 + (code & 0x3ff));
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const int64_t code = code_point(text);
    const std::string_view character = code < 0 ? text.substr(0, 1) : character_at(text, 0);
    if (code < 0) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
    } else if (is_printable(code) || code == '\n' || code == '\t') {
      out += character;
    } else {
      out += escape(code);
    }
    text.remove_prefix(character.size());
  }
  return out;
}

}  // namespace lt::apps
