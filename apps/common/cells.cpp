#include <libtensor/apps/common/cells.h>

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include <libtensor/tensor/error.h>

namespace lt::apps {
namespace {

std::string_view trimmed(std::string_view line) {
  const size_t first = line.find_first_not_of(' ');
  return first == std::string::npos ? std::string_view{} : line.substr(first);
}

}  // namespace

std::string cell(std::string_view sources, std::string_view name) {
  const std::string begin = fmt::format("// cell: {}", name);
  std::vector<std::string_view> lines;
  bool inside = false;
  while (!sources.empty()) {
    const size_t end = std::min(sources.find('\n'), sources.size());
    const std::string_view line = sources.substr(0, end);
    sources.remove_prefix(std::min(end + 1, sources.size()));
    if (inside && trimmed(line) == "// end") break;
    if (inside) lines.push_back(line);
    inside |= trimmed(line) == begin;
  }
  if (!inside) throw ValueError(fmt::format("cell: the sources have none called '{}'", name));
  size_t margin = std::string_view::npos;
  for (const std::string_view line : lines) margin = std::min(margin, line.find_first_not_of(' '));
  std::string text;
  for (const std::string_view line : lines) {
    text += fmt::format("{}\n", line.substr(std::min(margin, line.size())));
  }
  return text;
}

}  // namespace lt::apps
