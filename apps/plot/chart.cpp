#include <libtensor/apps/plot/chart.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/plot/scale.h>
#include <libtensor/tensor/error.h>

// The adders keep plain lists; svg() fits the axes to them, draws grid and axes, then the layers clipped to
// the plot, then the legend. What is drawn how stands in chart_draw.cpp.

namespace lt::plot {
namespace {

void require_same_length(size_t x, size_t y) {
  if (x != y) throw ShapeError(fmt::format("chart: {} x values for {} y values", x, y));
}

}  // namespace

Chart::Chart(std::string title, std::string x_label, std::string y_label)
    : title_(std::move(title)), x_label_(std::move(x_label)), y_label_(std::move(y_label)) {}

Chart& Chart::log_x() {
  log_x_ = true;
  return *this;
}

Chart& Chart::log_y() {
  log_y_ = true;
  return *this;
}

Chart& Chart::grid() {
  grid_ = true;
  return *this;
}

Chart& Chart::equal() {
  equal_ = true;
  return *this;
}

Chart& Chart::x_range(double low, double high) {
  x_range_ = {low, high};
  return *this;
}

Chart& Chart::y_range(double low, double high) {
  y_range_ = {low, high};
  return *this;
}

Chart& Chart::size(int width, int height) {
  width_ = width;
  height_ = height;
  return *this;
}

Chart& Chart::add(Layer layer) {
  layers_.push_back(std::move(layer));
  return *this;
}

std::string Chart::next_colour(const std::string& colour) {
  return colour.empty() ? series_colour(colours_++) : colour;
}

Chart& Chart::line(std::vector<double> x, std::vector<double> y, std::string label,
                   const std::string& colour) {
  require_same_length(x.size(), y.size());
  return add({Kind::kLine, std::move(x), std::move(y), std::move(label), next_colour(colour), {}});
}

Chart& Chart::faint_line(std::vector<double> x, std::vector<double> y) {
  require_same_length(x.size(), y.size());
  return add({Kind::kFaint, std::move(x), std::move(y), "", "#888888", {}});
}

Chart& Chart::scatter(std::vector<double> x, std::vector<double> y, std::string label,
                      const std::string& colour, std::vector<std::string> texts) {
  require_same_length(x.size(), y.size());
  if (!texts.empty()) require_same_length(x.size(), texts.size());
  return add(
      {Kind::kDots, std::move(x), std::move(y), std::move(label), next_colour(colour), std::move(texts)});
}

Chart& Chart::histogram(const std::vector<double>& values, int bins, std::string label) {
  Bins binned = bin(values, bins);
  return add(
      {Kind::kFilled, binned.centres, binned.counts, std::move(label), next_colour(""), {}, binned.width});
}

Chart& Chart::density(const std::vector<double>& values, int bins, std::string label) {
  Bins binned = bin(values, bins);
  double area = 0;
  for (const double count : binned.counts) area += count * binned.width;
  for (double& count : binned.counts) count /= area;
  return line(binned.centres, binned.counts, std::move(label));
}

Chart& Chart::bars(std::vector<std::string> groups, const std::vector<std::vector<double>>& values,
                   const std::vector<std::string>& series) {
  require_same_length(values.size(), series.size());
  const double width = 0.8 / static_cast<double>(std::max<size_t>(values.size(), 1));
  for (size_t s = 0; s < values.size(); ++s) {
    require_same_length(values[s].size(), groups.size());
    std::vector<double> x;
    for (size_t g = 0; g < groups.size(); ++g) {
      x.push_back(static_cast<double>(g) - 0.4 + (static_cast<double>(s) + 0.5) * width);
    }
    add({Kind::kBar, std::move(x), values[s], series[s], next_colour(""), {}, width});
  }
  groups_ = std::move(groups);
  return *this;
}

Chart& Chart::vertical(double x, std::string note) {
  return add({Kind::kVertical, {x}, {}, "", "", {std::move(note)}});
}

Chart& Chart::horizontal(double y, std::string note) {
  return add({Kind::kHorizontal, {}, {y}, "", "", {std::move(note)}});
}

Chart& Chart::regions(double x0, double y0, double step, int64_t columns, const std::vector<double>& values) {
  Layer layer{Kind::kRegions, {}, {}, "", "", {}, step};
  for (size_t i = 0; i < values.size(); ++i) {
    const auto at = static_cast<int64_t>(i);
    layer.x.push_back(x0 + static_cast<double>(at % columns) * step);
    const int64_t row = at / columns;
    layer.y.push_back(y0 + static_cast<double>(row) * step);
    layer.texts.emplace_back(values[i] > 0 ? "+" : "-");
  }
  return add(std::move(layer));
}

Bins bin(const std::vector<double>& values, int bins) {
  double low = INFINITY;
  double high = -INFINITY;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (low > high) return {};
  if (low == high) low -= 0.5, high += 0.5;
  const double width = (high - low) / bins;
  Bins out{.centres = {}, .counts = std::vector<double>(static_cast<size_t>(bins), 0.0), .width = width};
  for (int i = 0; i < bins; ++i) out.centres.push_back(low + (i + 0.5) * width);
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    ++out.counts[static_cast<size_t>(std::clamp(static_cast<int>((value - low) / width), 0, bins - 1))];
  }
  return out;
}

}  // namespace lt::plot
