#include <libtensor/apps/plot/svg.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

// A document is a header, a style sheet and the elements in drawing order. Ids and class names begin with
// "lt-" so that many figures can stand in one HTML page without meeting.

namespace lt::plot {
namespace {

constexpr std::string_view kSvgStyle = R"(<style>
.lt-fig{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-size:12px}
.lt-paper{fill:#fff}.lt-text{fill:#24292f}.lt-dim{fill:#6a737d;font-size:11px}.lt-title{fill:#24292f;font-size:14px;font-weight:600}
.lt-axis{stroke:#8c959f;fill:none}.lt-grid{stroke:#e4e7eb;fill:none}.lt-mark{stroke:#24292f;fill:none}
@media (prefers-color-scheme:dark){.lt-paper{fill:#161b22}.lt-text,.lt-title{fill:#e6edf3}.lt-dim{fill:#9da7b3}
.lt-axis{stroke:#6e7681}.lt-grid{stroke:#2a313a}.lt-mark{stroke:#e6edf3}}
</style>
)";

// Two decimals, and no "-0" or trailing zeros: a file that is small and the same on every machine.
std::string number(double value) {
  std::string text = fmt::format("{:.2f}", std::clamp(value, -1e6, 1e6));
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string_view name(Anchor anchor) {
  return anchor == Anchor::kStart ? "start" : anchor == Anchor::kMiddle ? "middle" : "end";
}

bool is_finite(Point p) { return std::isfinite(p.x) && std::isfinite(p.y); }

// width="..." or height="..." of a document's first tag.
double size_of(const std::string& figure, const std::string& attribute) {
  const size_t at = figure.find(attribute + "=\"");
  return at == figure.npos ? 0 : std::stod(figure.substr(at + attribute.size() + 2));
}

}  // namespace

std::string escape_xml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') out += c;
    }
  }
  return out;
}

Svg::Svg(double width, double height, std::string_view title)
    : width_(width), height_(height), title_(title) {}

void Svg::rect(double x, double y, double width, double height, std::string_view style) {
  body_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {}/>\n", number(x), number(y),
                       number(std::max(width, 0.0)), number(std::max(height, 0.0)), style);
}

void Svg::line(Point from, Point to, std::string_view style) {
  body_ += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" {}/>\n", number(from.x), number(from.y),
                       number(to.x), number(to.y), style);
}

void Svg::path(const std::vector<Point>& points, std::string_view style) {
  std::string commands;
  bool pen_down = false;
  for (const Point& point : points) {
    if (is_finite(point)) {
      commands += fmt::format("{}{} {}", pen_down ? "L" : "M", number(point.x), number(point.y));
    }
    pen_down = is_finite(point);
  }
  body_ += fmt::format("<path d=\"{}\" {}/>\n", commands, style);
}

void Svg::polygon(const std::vector<Point>& points, std::string_view style) {
  std::string list;
  for (const Point& point : points) list += fmt::format("{},{} ", number(point.x), number(point.y));
  body_ += fmt::format("<polygon points=\"{}\" {}/>\n", list, style);
}

void Svg::circle(Point centre, double radius, std::string_view style) {
  if (!is_finite(centre)) return;
  body_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {}/>\n", number(centre.x), number(centre.y),
                       number(radius), style);
}

void Svg::text(Point at, std::string_view text, Anchor anchor, std::string_view style) {
  body_ += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\" {}>{}</text>\n", number(at.x),
                       number(at.y), name(anchor), style, escape_xml(text));
}

void Svg::upright_text(Point at, std::string_view text) {
  body_ += fmt::format(
      "<text transform=\"translate({} {}) rotate(-90)\" text-anchor=\"middle\" class=\"lt-text\">{}</text>\n",
      number(at.x), number(at.y), escape_xml(text));
}

// A nested <svg> clips by itself, and needs no id that another figure in the page might share.
void Svg::begin_clip(double x, double y, double width, double height) {
  body_ += fmt::format("<svg x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"{3}\" viewBox=\"{0} {1} {2} {3}\">\n",
                       number(x), number(y), number(width), number(height));
}

void Svg::end_clip() { body_ += "</svg>\n"; }

std::string Svg::str() const {
  const std::string w = number(width_);
  const std::string h = number(height_);
  return fmt::format(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
             "class=\"lt-fig\" role=\"img\">\n<title>{2}</title>\n",
             w, h, escape_xml(title_)) +
         std::string(kSvgStyle) + body_ + "</svg>\n";
}

std::string side_by_side(const std::vector<std::string>& figures) {
  double width = 0;
  double height = 0;
  std::string body;
  for (const std::string& figure : figures) {
    body += fmt::format("<svg x=\"{}\" y=\"0\"{}", number(width), figure.substr(4));
    width += size_of(figure, "width");
    height = std::max(height, size_of(figure, "height"));
  }
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
      "{1}\">\n{2}</svg>\n",
      number(width), number(height), body);
}

std::string series_colour(size_t i) {
  static constexpr std::array<const char*, 8> kColours = {"#2f7ed8", "#e0652f", "#2a9d6e", "#b0519b",
                                                          "#c79a10", "#4fb3d9", "#d0393e", "#7d7f8a"};
  return kColours[i % kColours.size()];
}

}  // namespace lt::plot
