#include <libtensor/apps/common/figures.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <libtensor/apps/common/layout.h>
#include <libtensor/apps/common/options.h>
#include <libtensor/tensor/error.h>

// RFC 4180: a cell in quotes may hold commas, line ends, and quotes written twice.

namespace lt::apps {
namespace {

std::vector<std::vector<std::string>> parse_csv(std::string_view text) {
  std::vector<std::vector<std::string>> lines(1, {""});
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      const bool twice = quoted && i + 1 < text.size() && text[i + 1] == '"';
      if (twice) lines.back().back() += text[++i];
      quoted = twice || !quoted;
    } else if (quoted || (c != ',' && c != '\n')) {
      lines.back().back() += c;
    } else if (c == ',') {
      lines.back().emplace_back();
    } else if (i + 1 < text.size()) {
      lines.push_back({""});
    }
  }
  return lines;
}

// Digits after the point, -1 for a text that is no number.
int decimals(const std::string& text) {
  char* end = nullptr;
  std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0') return -1;
  const size_t point = text.find('.');
  if (point == std::string::npos) return 0;
  return static_cast<int>(std::min(text.find_first_of("eE"), text.size()) - point - 1);
}

// How far ours may lie from a reference.
double distance_allowed(const std::string& tolerance, double reference) {
  if (tolerance == "E") return 0;
  if (tolerance == "D") return 1e-9 * std::abs(reference);
  if (tolerance == "F") return 1e-5 * std::abs(reference);
  if (tolerance == "T") return 1e-4;
  char* end = nullptr;
  const double distance = std::strtod(tolerance.c_str(), &end);
  if (tolerance.empty() || *end != '\0' || !(distance >= 0)) {
    throw ValueError(fmt::format("figures: '{}' is no tolerance: E, D, F, T or a distance", tolerance));
  }
  return distance;
}

// Half a unit of the last digit is all that a text with a point says. Infinities of one sign agree; NaN
// agrees with nothing.
bool agrees(double ours, const std::string& text, const std::string& tolerance) {
  const double reference = std::strtod(text.c_str(), nullptr);
  double allowed = distance_allowed(tolerance, reference);
  if (const int digits = decimals(text); digits > 0 && text.find_first_of("eE") == std::string::npos)
    allowed = std::max(allowed, 0.5000001 * std::pow(10.0, -digits));
  return ours == reference || std::abs(ours - reference) <= allowed;
}

std::string mark_of(bool equal, bool ok, const Reference& reference) {
  if (equal) return "= " + reference.source;
  if (!ok) return "differs from " + reference.source;
  const double allowed = distance_allowed(reference.tolerance, std::atof(reference.text.c_str()));
  return fmt::format("±{:.1g} {}", allowed, reference.source);
}

// With the reference's digits: as many after the point, or in its scientific form.
std::string show_as(double value, const std::string& reference) {
  const int digits = decimals(reference);
  if (digits < 0 || !std::isfinite(value)) return show(value);
  const bool scientific = reference.find_first_of("eE") != std::string::npos;
  return scientific ? fmt::format("{:.{}e}", value, digits) : fmt::format("{:.{}f}", value, digits);
}

}  // namespace

Figures::Figures(std::string_view csv, std::string_view made_with) : made_with_(made_with) {
  if (csv.empty()) return;
  const auto lines = parse_csv(csv);
  for (size_t i = 1; i < lines.size(); ++i) {
    const auto& cells = lines[i];
    if (cells.size() != 6) {
      throw ValueError(fmt::format("figures: line {} has {} cells, not 6", i + 1, cells.size()));
    }
    distance_allowed(cells[5], 0);
    order_.emplace_back(sorted_setup(cells[0]), cells[1]);
    if (!rows_.emplace(order_.back(), Row{cells[2], cells[3], cells[4], cells[5]}).second) {
      throw ValueError(fmt::format("figures: '{}' of '{}' stands there twice", cells[1], cells[0]));
    }
  }
}

Reference Figures::find(const std::string& setup, const std::string& name, DataKind data) const {
  const auto found = rows_.find({setup, name});
  if (found == rows_.end() || data == DataKind::other) return {};
  const Row& row = found->second;
  if (data == DataKind::embedded) return {row.embedded, made_with_, row.tolerance};
  if (!row.notebook.empty()) return {row.notebook, "notebook", row.tolerance};
  return {row.lecture, made_with_, row.tolerance};
}

// Where the notebook shows fewer digits than PyTorch's value has, ours agrees with both.
Comparison Figures::compare(const std::string& setup, const std::string& name, double ours,
                            DataKind data) const {
  const Reference reference = find(setup, name, data);
  if (reference.text.empty()) return {.ours = show(ours), .reference = "", .mark = ""};
  const std::string text = show_as(ours, reference.text);
  bool ok = text == reference.text || agrees(ours, reference.text, reference.tolerance);
  if (ok && reference.source == "notebook") {
    const std::string& exact = rows_.at({setup, name}).lecture;
    ok = exact.empty() || agrees(ours, exact, reference.tolerance);
  }
  return {text, reference.text, mark_of(text == reference.text, ok, reference), ok};
}

Comparison Figures::compare(const std::string& setup, const std::string& name, const std::string& ours,
                            DataKind data) const {
  const Reference reference = find(setup, name, data);
  if (reference.text.empty()) return {.ours = ours, .reference = "", .mark = ""};
  const bool ok = ours == reference.text;
  return {ours, reference.text, mark_of(ok, ok, reference), ok};
}

bool Figures::has(const std::string& setup) const {
  return std::any_of(order_.begin(), order_.end(), [&](const auto& key) { return key.first == setup; });
}

std::vector<std::string> Figures::setups() const {
  std::vector<std::string> all;
  for (const auto& [setup, name] : order_) {
    if (std::find(all.begin(), all.end(), setup) == all.end()) all.push_back(setup);
  }
  return all;
}

std::vector<std::string> Figures::names(const std::string& setup, DataKind data) const {
  std::vector<std::string> all;
  for (const auto& [its_setup, name] : order_) {
    if (its_setup == setup && !find(setup, name, data).text.empty()) all.push_back(name);
  }
  return all;
}

}  // namespace lt::apps
