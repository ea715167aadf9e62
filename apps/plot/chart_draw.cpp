// Draws a Chart: grid and axes, layers, legend.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/plot/chart_frame.h>
#include <libtensor/apps/plot/labels.h>
#include <libtensor/apps/plot/scale.h>

namespace lt::plot {

namespace {

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

void Chart::draw(Svg& svg, const Frame& frame, const Layer& layer) const {
  const std::vector<Point> points = placed(layer.x, layer.y, frame.x, frame.y);
  const std::string fill = fmt::format("fill=\"{}\"", layer.colour);
  const std::string stroke = fmt::format(R"(stroke="{}" fill="none" stroke-linejoin="round")", layer.colour);
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
      draw_dots(svg, frame, layer, points);
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
                 fmt::format(R"(fill="{}" opacity="0.35" shape-rendering="crispEdges")",
                             series_colour(positive ? 1 : 0)));
      }
      break;
    case Kind::kVertical:
    case Kind::kHorizontal:
      break;  // draw_mark()
  }
}

// Texts in dots that would cover each other are moved apart, each with a line to its place.
void Chart::draw_dots(Svg& svg, const Frame& frame, const Layer& layer,
                      const std::vector<Point>& points) const {
  const std::string fill = fmt::format("fill=\"{}\"", layer.colour);
  if (layer.texts.empty()) {
    for (const Point& point : points) svg.circle(point, 4, fill);
    return;
  }
  constexpr double kRadius = 9;
  const Box room{frame.left() + kRadius, frame.top() + kRadius, frame.right() - kRadius,
                 frame.bottom() - kRadius};
  const std::vector<Point> places = spread(points, 2 * kRadius + 1, room);
  for (size_t i = 0; i < points.size(); ++i) {
    if (std::hypot(places[i].x - points[i].x, places[i].y - points[i].y) < 3) continue;
    svg.line(points[i], places[i], "class=\"lt-mark\"");
    svg.circle(points[i], 2, fill);
  }
  for (size_t i = 0; i < points.size(); ++i) {
    svg.circle(places[i], kRadius, fill);
    svg.text({places[i].x, places[i].y + 4}, layer.texts[i], Anchor::kMiddle, "fill=\"#fff\"");
  }
}

// A dashed line, its note where the fewest curves run.
void Chart::draw_mark(Svg& svg, const Frame& frame, const Layer& layer) const {
  const bool is_upright = layer.kind == Kind::kVertical;
  const double x = is_upright ? frame.x(layer.x[0]) : 0, y = is_upright ? 0 : frame.y(layer.y[0]);
  const Point from = is_upright ? Point{x, frame.top()} : Point{frame.left(), y};
  const Point to = is_upright ? Point{x, frame.bottom()} : Point{frame.right(), y};
  svg.line(from, to, R"(class="lt-mark" stroke-dasharray="4 4")");
  if (layer.texts[0].empty()) return;
  const double width = text_width(layer.texts[0]), height = 16;
  std::vector<Box> places;
  const auto offer = [&](double left, double top) {
    if (left < frame.left() || left + width > frame.right() + 6) return;
    if (top < frame.top() - 2 || top + height > frame.bottom()) return;
    places.push_back({left, top, left + width, top + height});
  };
  for (const double part : {0.0, 0.3, 0.6, 1.0}) {
    const double along = is_upright ? frame.top() + part * (frame.bottom() - frame.top() - height)
                                    : frame.right() - width - part * (frame.right() - frame.left() - width);
    is_upright ? offer(x + 6, along) : offer(along, y - height - 3);
    is_upright ? offer(x - 6 - width, along) : offer(along, y + 3);
  }
  if (places.empty()) return;
  std::vector<std::vector<Point>> curves;
  for (const Layer& other : layers_) {
    if (other.kind == Kind::kLine) curves.push_back(placed(other.x, other.y, frame.x, frame.y));
  }
  const Box& place = places[least_covered(places, curves)];
  const bool ends = is_upright ? place.right < x : place.left > frame.left() + 1;
  svg.text({ends ? place.right : place.left, place.bottom - 4}, layer.texts[0],
           ends ? Anchor::kEnd : Anchor::kStart, "class=\"lt-note\"");
}

std::string Chart::svg() const {
  Svg svg(width_, height_, title_);
  const Frame box = frame();
  svg.rect(0, 0, width_, height_, "class=\"lt-paper\"");
  draw_axes(svg, box);
  svg.begin_clip(box.left(), box.top() - 6, box.right() - box.left() + 6, box.bottom() - box.top() + 6);
  for (const Layer& layer : layers_) draw(svg, box, layer);
  for (const Layer& layer : layers_) {
    if (layer.kind == Kind::kVertical || layer.kind == Kind::kHorizontal) draw_mark(svg, box, layer);
  }
  svg.end_clip();
  draw_legend(svg, box);
  return svg.str();
}

}  // namespace lt::plot
