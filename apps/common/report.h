#pragma once

// report.html: one page that reads like the lecture's notebook and needs nothing beside itself.

#include <string>
#include <string_view>
#include <vector>

namespace lt::apps {

// Adds blocks in reading order. Texts are plain; `code` between backticks is set as code.
class Report {
 public:
  Report(std::string title, std::string subtitle);

  void heading(std::string_view text);
  void prose(std::string_view text);
  // A notebook cell's input (C++), and what a terminal shows.
  void code(std::string_view text);
  void output(std::string_view text);
  // Right-aligned but for the first column.
  void table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows);
  // An SVG document, inline.
  void figure(const std::string& svg, std::string_view caption);
  // Generated texts, one in a chip each.
  void samples(const std::vector<std::string>& texts);

  std::string html() const;

 private:
  std::string title_;
  std::string subtitle_;
  std::string body_;
};

}  // namespace lt::apps
