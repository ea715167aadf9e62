#pragma once

// How results stand on the terminal: 80 columns, or as many as it has where it has more.

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace lt::apps {

// A number for people: integers whole, others with six digits after the point or in short scientific form.
std::string show(double value);

// "2026-11-30 22:07", where this machine is.
std::string date_text(std::chrono::sys_seconds time);

// `code` as code: the terminal has no other type for it.
std::string without_ticks(std::string_view text);

// Columns of the standard output: a wider terminal's, up to 120, which is what the eye still follows;
// else 80.
size_t screen_columns();

// Text as it is, but for lines of more than `width` columns: these are broken at spaces, and within a word
// that is longer than a line.
std::string wrapped(std::string_view text, size_t width = screen_columns());

// A table, every line with its end; all columns but the first are flush right. One that is too wide has its
// first column wrapped, then its other columns set as several tables, each with the first column.
std::string columns(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows,
                    size_t width = screen_columns());

// "  name  ours  reference  mark" with the line's end, of at most 80 columns; a longer name is wrapped,
// values that are too wide get lines of their own.
std::string result_line(const std::string& name, const std::string& ours, const std::string& reference,
                        const std::string& mark);

}  // namespace lt::apps
