#include <libtensor/apps/common/utf8.h>

#include <fmt/format.h>

#include <algorithm>

// A lead byte tells a character's length. The tables name ranges of the Unicode standard by their first and
// last code points: general category Cf and the line separators; marks; East Asian Width W and F.

namespace lt::apps {
namespace {

struct Range {
  int64_t first, last;
};

template <size_t N>
bool is_in(const Range (&ranges)[N], int64_t code) {
  return std::any_of(ranges, ranges + N, [&](const Range& r) { return code >= r.first && code <= r.last; });
}

// The joiners U+200C and U+200D are letters' business in Persian and Hindi: they print.
constexpr Range kUnseen[] = {{0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},
                             {0x180e, 0x180e}, {0x200b, 0x200b}, {0x200e, 0x200f}, {0x2028, 0x202e},
                             {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe0fff}};
constexpr Range kMarks[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},
                            {0x64b, 0x65f},   {0x200c, 0x200d}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
                            {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};
constexpr Range kWide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},  {0xac00, 0xd7a3},
                           {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},  {0xffe0, 0xffe6},
                           {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};

// Bytes in the UTF-8 character that a byte leads; 0 where none may start.
size_t character_length(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte < 0x80) return 1;
  if (byte < 0xc2 || byte > 0xf4) return 0;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

// JSON's, so that a line of the log stays one: beyond 16 bits there are two.
std::string escape(int64_t code) {
  if (code < 0x10000) return fmt::format("\\u{:04x}", code);
  return fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + ((code - 0x10000) >> 10), 0xdc00 + (code & 0x3ff));
}

}  // namespace

int64_t code_point(std::string_view text) {
  const size_t length = character_length(text[0]);
  if (length == 0 || length > text.size()) return -1;
  if (length == 1) return text[0];
  int64_t code = static_cast<unsigned char>(text[0]) & (0x7f >> length);
  for (size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0) != 0x80) return -1;
    code = code << 6 | (byte & 0x3f);
  }
  const int64_t shortest = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
  const bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
  return code < shortest || code > 0x10ffff || is_surrogate ? -1 : code;
}

bool is_printable(int64_t code_point) {
  if (code_point < 0x7f) return code_point >= 0x20;  // ten megabytes of names are read in no time
  return !is_in(kUnseen, code_point);
}

std::string_view character_at(std::string_view text, size_t at) {
  return text.substr(at, std::max<size_t>(character_length(text[at]), 1));
}

int64_t length(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

int64_t display_width(std::string_view text) {
  int64_t columns = 0;
  for (size_t at = 0; at < text.size(); at += character_at(text, at).size()) {
    const int64_t code = code_point(text.substr(at));
    columns += is_in(kWide, code) ? 2 : is_in(kMarks, code) ? 0 : 1;
  }
  return columns;
}

size_t whole_characters(std::string_view text) {
  const size_t end = text.size();
  size_t lead = end;
  while (lead > 0 && end - lead < 3 && (static_cast<unsigned char>(text[lead - 1]) & 0xc0) == 0x80) --lead;
  if (lead == 0) return end;
  const auto byte = static_cast<unsigned char>(text[lead - 1]);
  const size_t length = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
  return lead - 1 + length > end ? lead - 1 : end;
}

std::string brief(std::string_view text, int64_t characters) {
  size_t end = 0;
  while (end < text.size() && characters-- > 0) end += character_at(text, end).size();
  return end < text.size() ? std::string(text.substr(0, end)) + "..." : std::string(text);
}

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
