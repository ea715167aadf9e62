#pragma once

// Where labels stand so that they do not lie over curves or each other.

#include <cstddef>
#include <vector>

#include <libtensor/apps/plot/svg.h>

namespace lt::plot {

struct Box {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
};

// The first of the places that the fewest pixels of the curves run through; 0 where there are none.
size_t least_covered(const std::vector<Box>& places, const std::vector<std::vector<Point>>& curves);

// The dots, moved as little as it takes until no two centres are closer than `distance`, as far as there is
// room inside the box.
std::vector<Point> spread(std::vector<Point> dots, double distance, const Box& within);

}  // namespace lt::plot
