#pragma once

// Characters of UTF-8 text.

#include <cstdint>
#include <string>
#include <string_view>

namespace lt::apps {

// The code point that starts `text`, and -1 where the bytes are not UTF-8 (RFC 3629: shortest form, no
// surrogates). The text must not be empty.
int64_t code_point(std::string_view text);
// Neither a control character nor one that is not seen but moves or reorders what is (U+202E, U+2028,
// U+200B).
bool is_printable(int64_t code_point);

// The UTF-8 character that starts at `at`, as text. The text must be valid UTF-8.
std::string_view character_at(std::string_view text, size_t at);
// The bytes up to the end, or to where it begins a character that may go on in what follows.
size_t whole_characters(std::string_view text);
// Characters, not bytes, of UTF-8 text.
int64_t length(std::string_view text);
// Columns on a terminal: 2 for East Asian characters and emoji, 0 for combining marks.
int64_t display_width(std::string_view text);
// At most `characters` of a text, and "..." in place of the rest.
std::string brief(std::string_view text, int64_t characters = 160);
// Text that comes from data or a checkpoint, as a terminal may have it: what would steer it (control
// characters but line ends and tabs) or turn the reading direction (U+202E and its like) is shown as \u001b
// or \u202e, and a byte that is not UTF-8 as \xff. All else is as it was.
std::string printable(std::string_view text);

}  // namespace lt::apps
