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

  // note: what it says when it is pointed at
  void rect(double x, double y, double width, double height, std::string_view style,
            std::string_view note = "");
  void line(Point from, Point to, std::string_view style);
  // Breaks at points that are not finite.
  void path(const std::vector<Point>& points, std::string_view style);
  void polygon(const std::vector<Point>& points, std::string_view style);
  void circle(Point centre, double radius, std::string_view style);
  // An empty text is no element.
  void text(Point at, std::string_view text, Anchor anchor, std::string_view style = "class=\"lt-text\"");
  // Turned a quarter to the left: a y axis's label.
  void upright_text(Point at, std::string_view text);
  // All that follows is drawn only inside this box, until end_clip().
  void begin_clip(double x, double y, double width, double height);
  void end_clip();

  // Cubic Bezier curves from point to point, level where they start and end.
  void curve(const std::vector<Point>& points, std::string_view style);

  // An attribute of the whole document, for scripts.
  void mark(std::string_view name, std::string_view value);

  // The whole document, with the style sheet that it needs to stand alone.
  std::string str() const;

 private:
  double width_;
  double height_;
  std::string title_;
  std::string marks_;
  std::string body_;
};

// Figures beside each other, as one document. throws: nothing; an empty list gives an empty figure
std::string side_by_side(const std::vector<std::string>& figures);

// The colours of all figures, light and dark: a page has them once, and its figures come without.
const std::string& style_sheet();
std::string without_style(const std::string& figure);

// A document's title; and the document with this title, its text alternative too, if it had none.
std::string title_of(const std::string& figure);
std::string with_title(const std::string& figure, std::string_view title);

// How wide a text is, about: 6.7 pixels a character, which the fonts of the style sheet stay under.
double text_width(std::string_view text);

// The class of a heat map's cell from 0 to 1, in 33 steps: "lt-b0" is nothing, "lt-b32" all.
std::string heat_class(double value);

// The i-th colour of a series (repeats after eight), chosen to differ for the colour-blind too.
std::string series_colour(size_t i);

}  // namespace lt::plot
