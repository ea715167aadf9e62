#pragma once

// Tables as pictures: a coloured cell for each number, with or without texts in it; also plain grey and
// black-and-white images.

#include <cstdint>
#include <string>
#include <vector>

namespace lt::plot {

enum class Palette { kBlues, kGreys, kBlackWhite };

struct HeatMap {
  std::string title = {};
  int64_t rows = 0;
  int64_t columns = 0;
  std::vector<double> values = {};      // row by row; NaN leaves a cell white
  std::vector<std::string> above = {};  // small text in each cell's upper half, or none
  std::vector<std::string> below = {};  // and in its lower half
  std::vector<std::string> notes = {};  // what a cell says when it is pointed at, or none
  std::vector<std::string> row_labels = {};
  std::vector<std::string> column_labels = {};
  Palette palette = Palette::kBlues;  // light to dark; greys dark to light; black-and-white: not 0 is white
  double cell = 36;                   // pixels
};

// throws: ShapeError where a list's length is not rows * columns
std::string svg(const HeatMap& map);

// "#rrggbb" for a value from 0 to 1; outside is clipped.
std::string colour(Palette palette, double value);

}  // namespace lt::plot
