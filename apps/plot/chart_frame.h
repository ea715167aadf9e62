#pragma once

// A chart's plot: its box in pixels, its two scales, and their ticks.

#include <vector>

#include <libtensor/apps/plot/chart.h>
#include <libtensor/apps/plot/scale.h>

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

}  // namespace lt::plot
