#include <libtensor/apps/common/layout.h>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <numeric>

#include <libtensor/apps/common/utf8.h>

// Widths are counted in columns of the terminal, not in bytes or characters.

namespace lt::apps {
namespace {

size_t width_of(std::string_view text) { return static_cast<size_t>(display_width(text)); }

std::string padded(const std::string& text, size_t width, bool right) {
  const std::string space(width - std::min(width, width_of(text)), ' ');
  return right ? space + text : text + space;
}

std::string without_trailing_space(const std::string& line) {
  return line.substr(0, line.find_last_not_of(' ') + 1);
}

// As much of a word as fits in `width` columns, and at least one character.
std::string_view first_columns(std::string_view word, size_t width) {
  size_t end = character_at(word, 0).size();
  while (end < word.size() && width_of(word.substr(0, end + character_at(word, end).size())) <= width)
    end += character_at(word, end).size();
  return word.substr(0, end);
}

std::vector<std::string> lines_of_at_most(size_t width, std::string_view text) {
  std::vector<std::string> lines(1);
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(' ', at), text.size());
    std::string_view word = text.substr(at, end - at);
    at = end + 1;
    if (!lines.back().empty() && width_of(lines.back()) + 1 + width_of(word) > width) {
      lines.emplace_back();
    } else if (!lines.back().empty()) {
      lines.back() += ' ';
    }
    for (; width_of(word) > width; lines.emplace_back()) {
      const std::string_view part = first_columns(word, width);
      lines.back() += part;
      word.remove_prefix(part.size());
    }
    lines.back() += word;
  }
  return lines;
}

// One row of a table: its cells wrapped, as many lines as the longest needs.
std::string row_text(const std::vector<std::string>& cells, const std::vector<size_t>& widths,
                     const std::vector<size_t>& shown) {
  std::vector<std::vector<std::string>> wrapped_cells;
  size_t height = 1;
  for (const size_t c : shown) {
    wrapped_cells.push_back(lines_of_at_most(widths[c], cells[c]));
    height = std::max(height, wrapped_cells.back().size());
  }
  std::string text;
  for (size_t line = 0; line < height; ++line) {
    std::string joined;
    for (size_t i = 0; i < shown.size(); ++i) {
      const bool has_line = line < wrapped_cells[i].size();
      joined += "  " + padded(has_line ? wrapped_cells[i][line] : "", widths[shown[i]], i > 0);
    }
    text += without_trailing_space(joined) + '\n';
  }
  return text;
}

std::string labelled(const std::string& label, const std::string& value) {
  constexpr size_t kLabel = 9;
  std::string text;
  for (const std::string& line : lines_of_at_most(80 - kLabel - 6, value))
    text += fmt::format("    {}  {}\n", padded(text.empty() ? label : "", kLabel, false), line);
  return text;
}

}  // namespace

std::string show(double value) {
  if (!std::isfinite(value)) return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
  if (value == std::round(value) && std::abs(value) < 1e15) return fmt::format("{:.0f}", value);
  const double size = std::abs(value);
  return size < 1e-3 || size >= 1e9 ? fmt::format("{:.6g}", value) : fmt::format("{:.6f}", value);
}

std::string date_text(std::chrono::sys_seconds time) {
  const std::time_t at = std::chrono::system_clock::to_time_t(time);
  std::tm local{};
  localtime_r(&at, &local);
  char text[32] = {};
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &local);
  return text;
}

std::string without_ticks(std::string_view text) {
  std::string out(text);
  std::erase(out, '`');
  return out;
}

size_t screen_columns() {
  winsize size{};
  const bool is_known = isatty(STDOUT_FILENO) != 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
  return is_known ? std::clamp<size_t>(size.ws_col, 80, 120) : 80;
}

std::string wrapped(std::string_view text, size_t width) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    const std::string indent(std::min(line.find_first_not_of(' '), width / 2), ' ');
    if (width_of(line) > width) {
      for (const std::string& part : lines_of_at_most(width - indent.size(), line.substr(indent.size())))
        out += indent + part + '\n';
      out.pop_back();
    } else {
      out += line;
    }
    if (end < text.size()) out += '\n';
    at = end + 1;
  }
  return out;
}

std::string columns(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows,
                    size_t width) {
  constexpr size_t kGap = 2;
  constexpr size_t kLeastFirst = 20;  // columns of the first column, once it is wrapped
  std::vector<std::vector<std::string>> table{head};
  table.insert(table.end(), rows.begin(), rows.end());
  std::vector<size_t> widths(head.size());
  for (const auto& cells : table) {
    for (size_t c = 0; c < head.size(); ++c) {
      widths[c] = std::max(widths[c], width_of(cells[c]));
    }
  }
  const size_t all = std::accumulate(widths.begin(), widths.end(), kGap * widths.size());
  const size_t over = all - std::min(all, width);
  if (over > 0 && widths[0] > kLeastFirst) widths[0] -= std::min(over, widths[0] - kLeastFirst);
  const size_t room = width - widths[0] - 2 * kGap;
  std::string text;
  for (size_t next = 1; text.empty() || next < widths.size();) {
    std::vector<size_t> shown{0};
    for (size_t used = widths[0] + kGap; next < widths.size(); ++next) {
      widths[next] = std::min(widths[next], room);
      used += kGap + widths[next];
      if (used > width) break;
      shown.push_back(next);
    }
    if (!text.empty()) text += '\n';
    for (const auto& cells : table) text += row_text(cells, widths, shown);
  }
  return text;
}

std::string result_line(const std::string& name, const std::string& ours, const std::string& reference,
                        const std::string& mark) {
  const std::vector<size_t> widths = {29, 14, 14};
  constexpr size_t kMark = 63;  // where it stands
  const std::string end = mark.empty() ? "" : "  " + mark;
  if (width_of(ours) > widths[1] || width_of(reference) > widths[2] || kMark + width_of(end) > 80) {
    const std::string head = wrapped("  " + name + end, 80) + '\n';
    if (reference.empty() || reference == ours) return head + wrapped("    " + ours, 80) + '\n';
    return head + labelled("ours", ours) + labelled("reference", reference);
  }
  const std::string lines = row_text({name, ours, reference}, widths, {0, 1, 2});
  const std::string first = lines.substr(0, lines.find('\n'));
  return (mark.empty() ? first : padded(first, kMark, false) + end) + lines.substr(first.size());
}

}  // namespace lt::apps
