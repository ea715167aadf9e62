#pragma once

// How results stand on the terminal.

#include <string>
#include <string_view>
#include <vector>

namespace lt::apps {

// A number for people: integers whole, others with six digits after the point or in short scientific form.
std::string show(double value);

// `code` as code: the terminal has no other type for it.
std::string without_ticks(std::string_view text);

// Prose in lines of at most 88 columns, but for longer words.
std::string wrapped(std::string_view text);

// A table, every line with its end; all columns but the first are flush right.
std::string columns(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows);

// "  name  ours  lecture" and the mark, with the line's end; values that are too wide get lines of their own.
std::string result_line(const std::string& name, const std::string& ours, const std::string& lecture,
                        const std::string& mark);

}  // namespace lt::apps
