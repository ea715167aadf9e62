#pragma once

// report.html: one page that reads like the lecture's notebook and needs nothing beside itself.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lt::apps {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Adds blocks in reading order. Texts are plain; `code` between backticks is set as code.
class Report {
 public:
  Report(std::string title, std::string subtitle);

  // Under the title, whenever they are said: other pages (text, address), and what made this one (name,
  // value): settings, data, seed, date, seconds, version.
  void links(const Pairs& links);
  void made_by(const Pairs& facts);

  void heading(std::string_view text);
  void prose(std::string_view text);
  // A notebook cell's input (C++, coloured), and what a terminal shows, pieces of it in one box.
  void code(std::string_view text);
  void output(std::string_view text);
  // Right-aligned but for the first column; a column without a text in any row is left out.
  // Cells are plain text, as data have it: a backtick is one.
  void table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows);
  // An SVG document, inline. A caption that only repeats its title is left out.
  void figure(const std::string& svg, std::string_view caption);
  // One figure at several values of what the slider is named after: (value, SVG), of which the last is shown.
  // Without script the others are folded away beneath it.
  void frames(std::string_view caption, const std::string& slider, const Pairs& frames);
  // Another page: its name, address, what it is, and facts about it.
  void card(std::string_view name, std::string_view address, std::string_view what, const Pairs& facts);
  // Generated texts, one in a chip each.
  void samples(const std::vector<std::string>& texts);

  std::string html() const;

 private:
  std::string title_;
  std::string subtitle_;
  std::string links_;
  std::string facts_;
  std::vector<std::string> headings_;
  std::string body_;
  size_t output_end_ = 0;  // of the last output in the body
};

// C++ as HTML: keywords, types, numbers, strings and comments in spans of class k, t, n, s, c.
std::string coloured_cpp(std::string_view code);

}  // namespace lt::apps
