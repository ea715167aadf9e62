#include <libtensor/apps/plot/labels.h>

#include <algorithm>
#include <cmath>

// Curves are walked pixel by pixel. Dots that are too close push each other apart by half of what is missing,
// again and again; two in one place part along a direction that their numbers choose.

namespace lt::plot {
namespace {

bool is_inside(Point p, const Box& box) {
  return p.x >= box.left && p.x <= box.right && p.y >= box.top && p.y <= box.bottom;
}

int pixels_inside(const std::vector<Point>& curve, const Box& box) {
  int count = 0;
  for (size_t i = 1; i < curve.size(); ++i) {
    const double dx = curve[i].x - curve[i - 1].x, dy = curve[i].y - curve[i - 1].y;
    const double length = std::max(std::abs(dx), std::abs(dy));
    if (!(length < 1e5)) continue;
    for (double at = 0; at <= length; at += 2) {
      const double part = length > 0 ? at / length : 0;
      count += is_inside({curve[i - 1].x + part * dx, curve[i - 1].y + part * dy}, box);
    }
  }
  return count;
}

}  // namespace

size_t least_covered(const std::vector<Box>& places, const std::vector<std::vector<Point>>& curves) {
  size_t best = 0;
  int fewest = -1;
  for (size_t i = 0; i < places.size(); ++i) {
    int count = 0;
    for (const auto& curve : curves) count += pixels_inside(curve, places[i]);
    if (fewest >= 0 && count >= fewest) continue;
    fewest = count;
    best = i;
  }
  return best;
}

std::vector<Point> spread(std::vector<Point> dots, double distance, const Box& within) {
  for (int round = 0; round < 200; ++round) {
    bool moved = false;
    for (size_t i = 0; i < dots.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        double dx = dots[i].x - dots[j].x, dy = dots[i].y - dots[j].y;
        double gap = std::hypot(dx, dy);
        if (!(gap < distance - 0.1)) continue;
        if (gap < 1e-6) dx = std::cos(static_cast<double>(i)), dy = std::sin(static_cast<double>(i)), gap = 1;
        const double push = (distance - std::hypot(dots[i].x - dots[j].x, dots[i].y - dots[j].y)) / 2 / gap;
        dots[i] = {dots[i].x + push * dx, dots[i].y + push * dy};
        dots[j] = {dots[j].x - push * dx, dots[j].y - push * dy};
        moved = true;
      }
    }
    for (Point& dot : dots) {
      dot.x = std::clamp(dot.x, within.left, within.right);
      dot.y = std::clamp(dot.y, within.top, within.bottom);
    }
    if (!moved) break;
  }
  return dots;
}

}  // namespace lt::plot
