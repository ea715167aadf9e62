#include <libtensor/apps/plot/heat_map.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/plot/svg.h>
#include <libtensor/tensor/error.h>

// Values are stretched linearly over the range. Runs of one colour in a row become one rectangle where cells
// carry nothing of their own, so that a large image stays a small file.

namespace lt::plot {
namespace {

void require_cells(size_t count, size_t cells, bool may_be_empty) {
  if (count == cells || (may_be_empty && count == 0)) return;
  throw ShapeError(fmt::format("heat map: {} entries for {} cells", count, cells));
}

std::vector<double> stretched(const HeatMap& map) {
  double low = INFINITY;
  double high = -INFINITY;
  for (const double value : map.values) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (map.range) low = map.range->first, high = map.range->second;
  std::vector<double> out;
  for (const double value : map.values) {
    const double part = high > low ? (value - low) / (high - low) : value != 0 ? 1.0 : 0.0;
    out.push_back(std::isnan(value) ? value : std::clamp(part, 0.0, 1.0));
  }
  return out;
}

// The attributes that colour a cell.
std::string fill(Palette palette, double part) {
  if (std::isnan(part)) return "fill=\"#fff\"";
  if (palette == Palette::kBlackWhite) return part > 0 ? "fill=\"#fff\"" : "fill=\"#000\"";
  if (palette == Palette::kBlues) return fmt::format("class=\"{}\"", heat_class(part));
  return fmt::format("fill=\"#{0:02x}{0:02x}{0:02x}\"", static_cast<int>(std::lround(255 * part)));
}

size_t longest(const std::vector<std::string>& texts) {
  size_t most = 0;
  for (const std::string& text : texts) most = std::max(most, text.size());
  return most;
}

// Room for the labels, and a font in which the longest text fits its cell.
struct Frame {
  explicit Frame(const HeatMap& map) {
    double labels = 0;
    for (const std::string& label : map.row_labels) labels = std::max(labels, text_width(label));
    left = 10 + (labels > 0 ? labels + 8 : 0) + (map.y_label.empty() ? 0 : 20);
    top =
        (map.title.empty() ? 10 : 36) + (map.column_labels.empty() ? 0 : 18) + (map.x_label.empty() ? 0 : 20);
    const double most = static_cast<double>(std::max({longest(map.above), longest(map.below), size_t{1}}));
    font = std::clamp(0.88 * map.cell / (0.6 * most), 5.0, 12.0);
  }
  double left, top, font;
};

void draw_cells(Svg& out, const HeatMap& map, const Frame& frame) {
  const auto rows = static_cast<size_t>(map.rows), columns = static_cast<size_t>(map.columns);
  const std::vector<double> values = stretched(map);
  const bool is_plain = map.above.empty() && map.below.empty() && map.notes.empty();
  for (size_t r = 0; r < rows; ++r) {
    const double y = frame.top + map.cell * static_cast<double>(r);
    for (size_t c = 0; c < columns;) {
      const size_t at = r * columns + c;
      const std::string style = fill(map.palette, values[at]);
      size_t end = c + 1;
      while (is_plain && end < columns && fill(map.palette, values[r * columns + end]) == style) ++end;
      const double x = frame.left + map.cell * static_cast<double>(c);
      out.rect(x, y, map.cell * static_cast<double>(end - c), map.cell,
               style + " shape-rendering=\"crispEdges\"", map.notes.empty() ? "" : map.notes[at]);
      const char* grey = values[at] > 0.55 ? "lt-high" : values[at] > 0.25 ? "lt-middle" : "lt-low";
      const std::string text = fmt::format(R"(class="{}" font-size="{:.3g}")", grey, frame.font);
      const double middle = x + map.cell / 2;
      if (!map.above.empty()) out.text({middle, y + 0.44 * map.cell}, map.above[at], Anchor::kMiddle, text);
      if (!map.below.empty()) out.text({middle, y + 0.84 * map.cell}, map.below[at], Anchor::kMiddle, text);
      c = end;
    }
  }
}

// A label where there is room for it: all of them, or every second, third, ...
void draw_labels(Svg& out, const HeatMap& map, const Frame& frame) {
  const auto stride = [&](double needed) { return static_cast<size_t>(std::ceil(needed / map.cell)); };
  for (size_t r = 0; r < map.row_labels.size(); r += stride(12)) {
    const double y = frame.top + map.cell * (static_cast<double>(r) + 0.5) + 4;
    out.text({frame.left - 8, y}, map.row_labels[r], Anchor::kEnd, "class=\"lt-dim\"");
  }
  double widest = 0;
  for (const std::string& label : map.column_labels) widest = std::max(widest, text_width(label));
  for (size_t c = 0; c < map.column_labels.size(); c += stride(std::max(widest, 1.0))) {
    const double x = frame.left + map.cell * (static_cast<double>(c) + 0.5);
    out.text({x, frame.top - 7}, map.column_labels[c], Anchor::kMiddle, "class=\"lt-dim\"");
  }
}

}  // namespace

std::string svg(const HeatMap& map) {
  const auto cells = static_cast<size_t>(map.rows * map.columns);
  require_cells(map.values.size(), cells, false);
  require_cells(map.above.size(), cells, true);
  require_cells(map.below.size(), cells, true);
  require_cells(map.notes.size(), cells, true);
  const Frame frame(map);
  const double across = map.cell * static_cast<double>(map.columns);
  const double down = map.cell * static_cast<double>(map.rows);
  const double width = std::max(frame.left + across + 10, frame.left + 1.2 * text_width(map.title) + 10);
  Svg out(width, frame.top + down + 10, map.title);
  out.rect(0, 0, width, frame.top + down + 10, "class=\"lt-paper\"");
  out.text({frame.left, 23}, map.title, Anchor::kStart, "class=\"lt-title\"");
  out.text({frame.left + across / 2, frame.top - (map.column_labels.empty() ? 8 : 26)}, map.x_label,
           Anchor::kMiddle);
  out.upright_text({16, frame.top + down / 2}, map.y_label);
  draw_cells(out, map, frame);
  out.rect(frame.left - 0.5, frame.top - 0.5, across + 1, down + 1, "class=\"lt-axis\"");
  draw_labels(out, map, frame);
  if (!map.notes.empty()) out.mark("data-columns", std::to_string(map.columns));
  return out.str();
}

}  // namespace lt::plot
