// Draws a Chart: axes fitted to the layers, then grid, layers, legend.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/plot/chart.h>
#include <libtensor/apps/plot/scale.h>

// The frame is the plot's box in pixels and its two scales. Margins leave room for the labels that will stand
// there, by an estimate of 6.7 pixels a character, which the fonts of the style sheet stay under.

namespace lt::plot {

struct Chart::Frame {
  Scale x;
  Scale y;
  std::vector<Tick> x_ticks;
  std::vector<Tick> y_ticks;

  double left() const { return x.from; }
  double right() const { return x.to; }
  double top() const { return y.to; }
  double bottom() const { return y.from; }
};

namespace {

constexpr double kCharacter = 6.7;

double text_width(const std::string& text) {
  const auto is_lead = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
  return kCharacter * static_cast<double>(std::count_if(text.begin(), text.end(), is_lead));
}

std::vector<Point> placed(const std::vector<double>& x, const std::vector<double>& y, const Scale& to_x,
                          const Scale& to_y) {
  std::vector<Point> points;
  for (size_t i = 0; i < std::min(x.size(), y.size()); ++i) points.push_back({to_x(x[i]), to_y(y[i])});
  return points;
}

// Keeps the first, lowest, highest and last of each run of points that share a pixel column: what a screen
// would show.
std::vector<Point> thinned(const std::vector<Point>& points) {
  std::vector<Point> out;
  for (size_t i = 0; i < points.size();) {
    size_t end = i + 1;
    while (end < points.size() && std::floor(points[end].x) == std::floor(points[i].x)) ++end;
    const auto run = std::minmax_element(points.begin() + static_cast<std::ptrdiff_t>(i),
                                         points.begin() + static_cast<std::ptrdiff_t>(end),
                                         [](Point a, Point b) { return a.y < b.y; });
    std::vector<size_t> kept = {i, static_cast<size_t>(run.first - points.begin()),
                                static_cast<size_t>(run.second - points.begin()), end - 1};
    std::sort(kept.begin(), kept.end());
    kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
    for (const size_t k : kept) out.push_back(points[k]);
    i = end;
  }
  return out;
}

}  // namespace

// Where each layer's name stands: rows under the title, where no curve can run through them.
std::vector<Point> Chart::legend_places(double width) const {
  std::vector<Point> places;
  Point at;
  for (const Layer& layer : layers_) {
    const double needed = 22 + text_width(layer.label);
    if (at.x > 0 && at.x + needed > width) at = {0, at.y + 18};
    places.push_back(at);
    if (!layer.label.empty()) at.x += needed + 16;
  }
  return places;
}

Chart::Frame Chart::frame() const {
  std::vector<double> xs;
  std::vector<double> ys;
  bool from_zero = false;
  for (const Layer& layer : layers_) {
    const double half = layer.kind == Kind::kRegions || layer.kind == Kind::kFilled ? layer.step / 2 : 0;
    for (const double x : layer.x) xs.insert(xs.end(), {x - half, x + half});
    ys.insert(ys.end(), layer.y.begin(), layer.y.end());
    from_zero |= layer.kind == Kind::kFilled || layer.kind == Kind::kBar;
  }
  if (from_zero && !log_y_) ys.push_back(0);
  Frame frame{fit(xs, log_x_, 0.02), fit(ys, log_y_, 0.06), {}, {}};
  if (from_zero && !log_y_) frame.y.low = std::min(*std::min_element(ys.begin(), ys.end()), 0.0);
  if (x_range_) frame.x.low = x_range_->first, frame.x.high = x_range_->second;
  if (!groups_.empty()) frame.x.low = -0.6, frame.x.high = static_cast<double>(groups_.size()) - 0.4;

  frame.y_ticks = ticks(frame.y, height_ / 55);
  double widest = 0;
  for (const Tick& tick : frame.y_ticks) widest = std::max(widest, text_width(tick.label));
  frame.x.from = widest + (y_label_.empty() ? 18 : 36);
  frame.x.to = width_ - 18;
  frame.y.from = height_ - (x_label_.empty() ? 30 : 48);
  const bool has_legend =
      std::any_of(layers_.begin(), layers_.end(), [](const Layer& l) { return !l.label.empty(); });
  frame.y.to =
      (title_.empty() ? 14 : 38) + (has_legend ? 22 + legend_places(frame.x.to - frame.x.from).back().y : 0);
  if (equal_) {
    const double unit = std::min((frame.x.to - frame.x.from) / (frame.x.high - frame.x.low),
                                 (frame.y.from - frame.y.to) / (frame.y.high - frame.y.low));
    frame.x.to = frame.x.from + unit * (frame.x.high - frame.x.low);
    frame.y.to = frame.y.from - unit * (frame.y.high - frame.y.low);
  }
  frame.x_ticks = ticks(frame.x, static_cast<int>((frame.x.to - frame.x.from) / 80));
  if (!groups_.empty()) {
    frame.x_ticks.clear();
    for (size_t g = 0; g < groups_.size(); ++g) frame.x_ticks.push_back({static_cast<double>(g), groups_[g]});
  }
  return frame;
}

void Chart::draw_axes(Svg& svg, const Frame& frame) const {
  for (const Tick& tick : frame.y_ticks) {
    const double y = frame.y(tick.value);
    if (!tick.label.empty()) svg.line({frame.left(), y}, {frame.right(), y}, "class=\"lt-grid\"");
    svg.text({frame.left() - 8, y + 4}, tick.label, Anchor::kEnd, "class=\"lt-dim\"");
  }
  for (const Tick& tick : frame.x_ticks) {
    const double x = frame.x(tick.value);
    if (grid_ && !tick.label.empty()) svg.line({x, frame.top()}, {x, frame.bottom()}, "class=\"lt-grid\"");
    svg.line({x, frame.bottom()}, {x, frame.bottom() + (tick.label.empty() ? 3 : 5)}, "class=\"lt-axis\"");
    svg.text({x, frame.bottom() + 18}, tick.label, Anchor::kMiddle, "class=\"lt-dim\"");
  }
  svg.line({frame.left(), frame.bottom()}, {frame.right(), frame.bottom()}, "class=\"lt-axis\"");
  const double middle = (frame.left() + frame.right()) / 2;
  svg.text({middle, frame.bottom() + 38}, x_label_, Anchor::kMiddle);
  if (!y_label_.empty()) svg.upright_text({16, (frame.top() + frame.bottom()) / 2}, y_label_);
  svg.text({middle, 24}, title_, Anchor::kMiddle, "class=\"lt-title\"");
}

void Chart::draw(Svg& svg, const Frame& frame, const Layer& layer) const {
  const std::vector<Point> points = placed(layer.x, layer.y, frame.x, frame.y);
  const std::string fill = fmt::format("fill=\"{}\"", layer.colour);
  const std::string stroke =
      fmt::format("stroke=\"{}\" fill=\"none\" stroke-linejoin=\"round\"", layer.colour);
  const double unit = layer.step * (frame.right() - frame.left()) / (frame.x.high - frame.x.low);
  const double zero = log_y_ ? frame.bottom() : frame.y(0);
  switch (layer.kind) {
    case Kind::kLine:
      svg.path(thinned(points), stroke + " stroke-width=\"1.6\"");
      break;
    case Kind::kFaint:
      svg.path(thinned(points), stroke + " opacity=\"0.45\"");
      break;
    case Kind::kDots:
      for (size_t i = 0; i < points.size(); ++i) {
        svg.circle(points[i], layer.texts.empty() ? 4 : 11, fill + " class=\"lt-dot\"");
        if (layer.texts.empty()) continue;
        svg.text({points[i].x, points[i].y + 4}, layer.texts[i], Anchor::kMiddle,
                 "fill=\"#fff\" font-size=\"12\"");
      }
      break;
    case Kind::kFilled:
    case Kind::kBar:
      for (size_t i = 0; i < points.size(); ++i) {
        const Point p = points[i];
        svg.rect(p.x - unit / 2, std::min(p.y, zero), std::max(unit - 1, 0.5), std::abs(zero - p.y), fill);
        if (layer.kind != Kind::kBar || unit < 34) continue;
        svg.text({p.x, p.y - 4}, fmt::format("{:.4g}", layer.y[i]), Anchor::kMiddle, "class=\"lt-dim\"");
      }
      break;
    case Kind::kRegions:
      for (size_t i = 0; i < points.size(); ++i) {
        const bool positive = layer.texts[i] == "+";
        svg.rect(points[i].x - unit / 2, points[i].y - unit / 2, unit, unit,
                 fmt::format("fill=\"{}\" opacity=\"0.35\" shape-rendering=\"crispEdges\"",
                             series_colour(positive ? 1 : 0)));
      }
      break;
    case Kind::kVertical: {
      const double x = frame.x(layer.x[0]);
      svg.line({x, frame.top()}, {x, frame.bottom()}, "class=\"lt-mark\" stroke-dasharray=\"4 4\"");
      const bool is_right = x > (frame.left() + frame.right()) / 2;
      svg.text({x + (is_right ? -6 : 6), frame.top() + 12}, layer.texts[0],
               is_right ? Anchor::kEnd : Anchor::kStart);
      break;
    }
    case Kind::kHorizontal: {
      const double y = frame.y(layer.y[0]);
      svg.line({frame.left(), y}, {frame.right(), y}, "class=\"lt-mark\" stroke-dasharray=\"4 4\"");
      svg.text({frame.right() - 6, y - 5}, layer.texts[0], Anchor::kEnd);
      break;
    }
  }
}

void Chart::draw_legend(Svg& svg, const Frame& frame) const {
  const std::vector<Point> places = legend_places(frame.right() - frame.left());
  const double top = title_.empty() ? 16 : 44;
  for (size_t i = 0; i < layers_.size(); ++i) {
    if (layers_[i].label.empty()) continue;
    const Point at = {frame.left() + places[i].x, top + places[i].y};
    svg.rect(at.x, at.y - 7, 16, 5, fmt::format("fill=\"{}\" rx=\"2\"", layers_[i].colour));
    svg.text({at.x + 22, at.y}, layers_[i].label, Anchor::kStart);
  }
}

std::string Chart::svg() const {
  Svg svg(width_, height_, title_);
  const Frame box = frame();
  svg.rect(0, 0, width_, height_, "class=\"lt-paper\"");
  draw_axes(svg, box);
  svg.begin_clip(box.left(), box.top() - 6, box.right() - box.left() + 6, box.bottom() - box.top() + 6);
  for (const Layer& layer : layers_) draw(svg, box, layer);
  svg.end_clip();
  draw_legend(svg, box);
  return svg.str();
}

}  // namespace lt::plot
