#include <libtensor/apps/common/layout.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/common/text_data.h>

// Widths are counted in characters, not in bytes.

namespace lt::apps {
namespace {

size_t characters(std::string_view text) { return static_cast<size_t>(length(text)); }

std::string padded(const std::string& text, size_t width, bool right) {
  const std::string space(width - std::min(width, characters(text)), ' ');
  return right ? space + text : text + space;
}

}  // namespace

std::string show(double value) {
  if (!std::isfinite(value)) return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
  if (value == std::round(value) && std::abs(value) < 1e15) return fmt::format("{:.0f}", value);
  const double size = std::abs(value);
  return size < 1e-3 || size >= 1e9 ? fmt::format("{:.6g}", value) : fmt::format("{:.6f}", value);
}

std::string without_ticks(std::string_view text) {
  std::string out(text);
  std::erase(out, '`');
  return out;
}

std::string wrapped(std::string_view text) {
  constexpr size_t kColumns = 88;
  std::string out;
  size_t column = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    if (column > 0 && column + 1 + characters(word) > kColumns) {
      out += '\n';
      column = 0;
    }
    if (column > 0) out += ' ';
    out += word;
    column += characters(word) + (column > 0 ? 1 : 0);
    at = end + 1;
  }
  return out;
}

std::string columns(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths(head.size());
  for (size_t c = 0; c < head.size(); ++c) {
    widths[c] = characters(head[c]);
    for (const auto& cells : rows) widths[c] = std::max(widths[c], characters(without_ticks(cells[c])));
  }
  std::string text;
  const auto add = [&](const std::vector<std::string>& cells) {
    for (size_t c = 0; c < cells.size(); ++c)
      text += "  " + padded(without_ticks(cells[c]), widths[c], c > 0);
    text += '\n';
  };
  add(head);
  for (const auto& cells : rows) add(cells);
  return text;
}

std::string result_line(const std::string& name, const std::string& ours, const std::string& lecture,
                        const std::string& mark) {
  constexpr size_t kName = 36;
  constexpr size_t kValue = 20;
  const std::string plain = without_ticks(name);
  if (std::max(characters(ours), characters(lecture)) > kValue) {
    const std::string below = lecture.empty() ? "" : fmt::format("    lecture  {}\n", lecture);
    return fmt::format("  {}{}\n    ours     {}\n{}", plain, mark, ours, below);
  }
  const std::string line = fmt::format("  {}  {}  {}", padded(plain, kName, false),
                                       padded(ours, kValue, true), padded(lecture, kValue, true));
  return line.substr(0, line.find_last_not_of(' ') + 1) + mark + "\n";
}

}  // namespace lt::apps
