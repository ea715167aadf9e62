#include <libtensor/apps/plot/chart_frame.h>

#include <fmt/format.h>

#include <algorithm>

#include <libtensor/apps/plot/svg.h>

// Axes are fitted to the layers; margins leave room for the labels that will stand there.

namespace lt::plot {
namespace {

std::string axis_name(const std::string& label, bool log) {
  if (!log) return label;
  return label.empty() ? "logarithmic scale" : label + ", logarithmic scale";
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
  if (y_range_) frame.y.low = y_range_->first, frame.y.high = y_range_->second;
  if (!groups_.empty()) frame.x.low = -0.6, frame.x.high = static_cast<double>(groups_.size()) - 0.4;

  frame.y_ticks = ticks(frame.y, height_ / 55);
  double widest = 0;
  for (const Tick& tick : frame.y_ticks) widest = std::max(widest, text_width(tick.label));
  frame.x.from = widest + (axis_name(y_label_, log_y_).empty() ? 18 : 36);
  frame.x.to = width_ - 18;
  frame.y.from = height_ - (axis_name(x_label_, log_x_).empty() ? 30 : 48);
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
    if (tick.label.empty()) {
      svg.line({frame.left() - 3, y}, {frame.left(), y}, "class=\"lt-axis\"");
    } else {
      svg.line({frame.left(), y}, {frame.right(), y}, "class=\"lt-grid\"");
      svg.text({frame.left() - 8, y + 4}, tick.label, Anchor::kEnd, "class=\"lt-dim\"");
    }
  }
  for (const Tick& tick : frame.x_ticks) {
    const double x = frame.x(tick.value);
    if (grid_ && !tick.label.empty()) svg.line({x, frame.top()}, {x, frame.bottom()}, "class=\"lt-grid\"");
    svg.line({x, frame.bottom()}, {x, frame.bottom() + (tick.label.empty() ? 3 : 5)}, "class=\"lt-axis\"");
    if (tick.label.empty()) continue;
    svg.text({x, frame.bottom() + 18}, tick.label, Anchor::kMiddle, "class=\"lt-dim\"");
  }
  svg.line({frame.left(), frame.bottom()}, {frame.right(), frame.bottom()}, "class=\"lt-axis\"");
  const double middle = (frame.left() + frame.right()) / 2;
  svg.text({middle, frame.bottom() + 38}, axis_name(x_label_, log_x_), Anchor::kMiddle);
  svg.upright_text({16, (frame.top() + frame.bottom()) / 2}, axis_name(y_label_, log_y_));
  // At the left, so that it is seen where a narrow page shows just a part.
  svg.text({frame.left(), 24}, title_, Anchor::kStart, "class=\"lt-title\"");
}

void Chart::draw_legend(Svg& svg, const Frame& frame) const {
  const std::vector<Point> places = legend_places(frame.right() - frame.left());
  const double top = title_.empty() ? 16 : 44;
  for (size_t i = 0; i < layers_.size(); ++i) {
    if (layers_[i].label.empty()) continue;
    const Point at = {frame.left() + places[i].x, top + places[i].y};
    const std::string fill = fmt::format("fill=\"{}\"", layers_[i].colour);
    switch (layers_[i].kind) {
      case Kind::kDots:
        svg.circle({at.x + 10, at.y - 4}, 4, fill);
        break;
      case Kind::kFilled:
      case Kind::kBar:
        svg.rect(at.x + 4, at.y - 10, 12, 12, fill);
        break;
      default:
        svg.rect(at.x, at.y - 5, 18, 2, fill);
    }
    svg.text({at.x + 22, at.y}, layers_[i].label, Anchor::kStart);
  }
}

}  // namespace lt::plot
