#pragma once

// Tables as pictures: a coloured cell for each number, with or without texts in it; also plain grey and
// black-and-white images.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
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
  std::string x_label = {};
  std::string y_label = {};
  // Nothing to all: in blues from the paper's colour to its opposite, light or dark as the reader has it; in
  // greys from black to white; in black-and-white what is not 0 is white.
  Palette palette = Palette::kBlues;
  // The values that are nothing and all; by default the smallest and the largest. Maps that are compared
  // share one range.
  std::optional<std::pair<double, double>> range = {};
  double cell = 32;  // pixels
};

// throws: ShapeError where a list's length is not rows * columns
std::string svg(const HeatMap& map);

}  // namespace lt::plot
