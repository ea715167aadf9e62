#pragma once

// The bottom of the figures: SVG elements as text. Colours are classes, so that a figure follows the reader's
// light or dark setting, alone or inside a page.

#include <string>
#include <string_view>
#include <vector>

namespace lt::plot {

// Text for XML: & < > " ' replaced, control characters dropped.
std::string escape_xml(std::string_view text);

enum class Anchor { kStart, kMiddle, kEnd };

struct Point {
  double x = 0;
  double y = 0;
};

// An SVG document under construction; units are pixels, y grows downward. `style` is a list of attributes, as
// R"(class="lt-grid")" or R"(fill="#08f" opacity="0.5")".
class Svg {
 public:
  Svg(double width, double height, std::string_view title);

  void rect(double x, double y, double width, double height, std::string_view style);
  void line(Point from, Point to, std::string_view style);
  // Breaks at points that are not finite.
  void path(const std::vector<Point>& points, std::string_view style);
  void polygon(const std::vector<Point>& points, std::string_view style);
  void circle(Point centre, double radius, std::string_view style);
  void text(Point at, std::string_view text, Anchor anchor, std::string_view style = "class=\"lt-text\"");
  // Turned a quarter to the left: a y axis's label.
  void upright_text(Point at, std::string_view text);
  // All that follows is drawn only inside this box, until end_clip().
  void begin_clip(double x, double y, double width, double height);
  void end_clip();

  // The whole document.
  std::string str() const;

 private:
  double width_;
  double height_;
  std::string title_;
  std::string body_;
};

// Figures beside each other, as one document. throws: nothing; an empty list gives an empty figure
std::string side_by_side(const std::vector<std::string>& figures);

// The i-th colour of a series (repeats after eight), chosen to differ for the colour-blind too.
std::string series_colour(size_t i);

}  // namespace lt::plot
