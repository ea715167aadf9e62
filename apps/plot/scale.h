#pragma once

// From numbers to places along an axis, and where its ticks stand.

#include <string>
#include <vector>

namespace lt::plot {

// A linear or logarithmic axis from low to high, laid over pixels from..to (which may
// run backward: y axes do).
struct Scale {
  double low = 0;
  double high = 1;
  double from = 0;
  double to = 1;
  bool log = false;

  // NaN for what the axis cannot show: a number that is not finite, or not positive on a logarithmic axis.
  double operator()(double value) const;
};

// Low and high that hold all finite values (positive ones, for log), with a margin (a part of the range) at
// both ends; 0 to 1 where there are none, and room around a single value.
Scale fit(const std::vector<double>& values, bool log, double margin);

struct Tick {
  double value;
  std::string label;  // empty on a logarithmic axis's minor ticks
};

// About `count` ticks at 1, 2 or 5 times a power of ten; on a logarithmic axis at powers of ten, with minor
// ticks, and at more places where fewer than three powers are in sight.
std::vector<Tick> ticks(const Scale& scale, int count);

}  // namespace lt::plot
