#include <libtensor/apps/plot/heat_map.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include <libtensor/apps/plot/svg.h>
#include <libtensor/tensor/error.h>

// Values are stretched linearly from the smallest to the largest. The paper stays white in dark mode too: the
// light end of the scale is near white, and the scale is the message. Runs of one colour in a row become one
// rectangle where cells carry no text, so that a large image stays a small file.

namespace lt::plot {
namespace {

using Rgb = std::array<double, 3>;

// Nine steps of ColorBrewer's "Blues" (Brewer and Harrower).
constexpr std::array<Rgb, 9> kBlues = {{{247, 251, 255},
                                        {222, 235, 247},
                                        {198, 219, 239},
                                        {158, 202, 225},
                                        {107, 174, 214},
                                        {66, 146, 198},
                                        {33, 113, 181},
                                        {8, 81, 156},
                                        {8, 48, 107}}};

void require_cells(size_t count, size_t cells, bool may_be_empty) {
  if (count == cells || (may_be_empty && count == 0)) return;
  throw ShapeError(fmt::format("heat map: {} entries for {} cells", count, cells));
}

std::vector<double> stretched(const std::vector<double>& values) {
  double low = INFINITY;
  double high = -INFINITY;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  std::vector<double> out;
  for (const double value : values)
    out.push_back(high > low ? (value - low) / (high - low) : value != 0 ? 1.0 : 0.0);
  return out;
}

}  // namespace

std::string colour(Palette palette, double value) {
  if (std::isnan(value)) return "#ffffff";
  const double part = std::clamp(value, 0.0, 1.0);
  if (palette == Palette::kBlackWhite) return part > 0 ? "#ffffff" : "#000000";
  if (palette == Palette::kGreys) {
    const int level = static_cast<int>(std::lround(255 * part));
    return fmt::format("#{0:02x}{0:02x}{0:02x}", level);
  }
  const size_t step = std::min<size_t>(static_cast<size_t>(part * 8), 7);
  const double within = part * 8 - static_cast<double>(step);
  std::array<int, 3> rgb{};
  for (size_t c = 0; c < 3; ++c) {
    rgb[c] =
        static_cast<int>(std::lround(kBlues[step][c] + within * (kBlues[step + 1][c] - kBlues[step][c])));
  }
  return fmt::format("#{:02x}{:02x}{:02x}", rgb[0], rgb[1], rgb[2]);
}

std::string svg(const HeatMap& map) {
  const auto rows = static_cast<size_t>(map.rows);
  const auto columns = static_cast<size_t>(map.columns);
  require_cells(map.values.size(), rows * columns, false);
  require_cells(map.above.size(), rows * columns, true);
  require_cells(map.below.size(), rows * columns, true);
  const std::vector<double> values = stretched(map.values);
  const double left = map.row_labels.empty() ? 10 : 34;
  const double top = (map.title.empty() ? 10 : 36) + (map.column_labels.empty() ? 0 : 18);
  const double width = left + map.cell * static_cast<double>(columns) + 10;
  const double height = top + map.cell * static_cast<double>(rows) + 10;

  Svg out(width, height, map.title);
  out.rect(0, 0, width, height, "fill=\"#fff\"");
  if (!map.title.empty()) {
    out.text({width / 2, 23}, map.title, Anchor::kMiddle,
             "fill=\"#24292f\" font-size=\"14\" font-weight=\"600\"");
  }
  const bool has_text = !map.above.empty() || !map.below.empty();
  const double font = std::clamp(map.cell * 0.3, 5.0, 13.0);
  for (size_t r = 0; r < rows; ++r) {
    const double y = top + map.cell * static_cast<double>(r);
    for (size_t c = 0; c < columns;) {
      const std::string fill = colour(map.palette, values[r * columns + c]);
      size_t end = c + 1;
      while (!has_text && end < columns && colour(map.palette, values[r * columns + end]) == fill) ++end;
      const double x = left + map.cell * static_cast<double>(c);
      out.rect(x, y, map.cell * static_cast<double>(end - c), map.cell,
               fmt::format("fill=\"{}\" shape-rendering=\"crispEdges\"", fill));
      const double value = values[r * columns + c];
      const char* grey = value > 0.55 ? "#e3e7ec" : value > 0.25 ? "#454c54" : "#6f757c";
      const std::string style = fmt::format("fill=\"{}\" font-size=\"{:.3g}\"", grey, font);
      const double middle = x + map.cell / 2;
      if (!map.above.empty())
        out.text({middle, y + 0.42 * map.cell}, map.above[r * columns + c], Anchor::kMiddle, style);
      if (!map.below.empty())
        out.text({middle, y + 0.82 * map.cell}, map.below[r * columns + c], Anchor::kMiddle, style);
      c = end;
    }
  }
  const std::string label = "fill=\"#57606a\" font-size=\"12\"";
  for (size_t r = 0; r < map.row_labels.size(); ++r) {
    const double y = top + map.cell * (static_cast<double>(r) + 0.5) + 4;
    out.text({left - 8, y}, map.row_labels[r], Anchor::kEnd, label);
  }
  for (size_t c = 0; c < map.column_labels.size(); ++c) {
    const double x = left + map.cell * (static_cast<double>(c) + 0.5);
    out.text({x, top - 7}, map.column_labels[c], Anchor::kMiddle, label);
  }
  return out.str();
}

}  // namespace lt::plot
