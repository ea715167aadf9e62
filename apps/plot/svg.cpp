#include <libtensor/apps/plot/svg.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

// A document is a header, a style sheet and the elements in drawing order. Ids and class names begin with
// "lt-" so that many figures can stand in one HTML page without meeting.

namespace lt::plot {
namespace {

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
  return at == std::string::npos ? 0 : std::stod(figure.substr(at + attribute.size() + 2));
}

std::string unescaped(std::string text) {
  constexpr std::pair<std::string_view, char> kNames[] = {
      {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}, {"&amp;", '&'}};
  for (const auto& [name, c] : kNames) {
    for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1))
      text.replace(at, name.size(), 1, c);
  }
  return text;
}

// A figure shrinks to the page, but to no less than nine tenths, where its smallest text is 11 pixels high:
// then its box in the page scrolls.
std::string document(double width, double height, const std::string& title, const std::string& marks,
                     const std::string& body) {
  const std::string w = number(width), h = number(height);
  const std::string all = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
      "style=\"min-width:{2:.0f}px\" class=\"lt-fig\" role=\"img\"{3}>\n<style>{4}</style>\n{5}</svg>\n",
      w, h, 0.9 * width, marks, style_sheet(), body);
  return with_title(all, title);
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

void Svg::rect(double x, double y, double width, double height, std::string_view style,
               std::string_view note) {
  const std::string end = note.empty() ? "/>" : fmt::format("><title>{}</title></rect>", escape_xml(note));
  body_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {}{}\n", number(x), number(y),
                       number(std::max(width, 0.0)), number(std::max(height, 0.0)), style, end);
}

void Svg::mark(std::string_view name, std::string_view value) {
  marks_ += fmt::format(" {}=\"{}\"", name, escape_xml(value));
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
  if (text.empty()) return;
  body_ += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\" {}>{}</text>\n", number(at.x),
                       number(at.y), name(anchor), style, escape_xml(text));
}

void Svg::upright_text(Point at, std::string_view text) {
  if (text.empty()) return;
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

void Svg::curve(const std::vector<Point>& points, std::string_view style) {
  if (points.empty()) return;
  std::string commands = fmt::format("M{} {}", number(points[0].x), number(points[0].y));
  for (size_t i = 1; i < points.size(); ++i) {
    const Point from = points[i - 1], to = points[i];
    const double middle = (from.x + to.x) / 2;
    if (from.y == to.y) {
      commands += fmt::format("H{}", number(to.x));
    } else {
      commands += fmt::format("C{} {} {} {} {} {}", number(middle), number(from.y), number(middle),
                              number(to.y), number(to.x), number(to.y));
    }
  }
  body_ += fmt::format("<path d=\"{}\" {}/>\n", commands, style);
}

std::string Svg::str() const { return document(width_, height_, title_, marks_, body_); }

std::string side_by_side(const std::vector<std::string>& figures) {
  double width = 0;
  double height = 0;
  std::string body, titles;
  for (const std::string& figure : figures) {
    body += fmt::format(R"(<svg x="{}" y="0"{})", number(width), without_style(figure).substr(4));
    width += size_of(figure, "width");
    height = std::max(height, size_of(figure, "height"));
    const std::string title = title_of(figure);
    titles += titles.empty() || title.empty() ? title : "; " + title;
  }
  return document(width, height, titles, "", body);
}

std::string without_style(const std::string& figure) {
  const size_t start = figure.find("<style>");
  if (start == std::string::npos) return figure;
  const size_t end = figure.find("</style>\n", start);
  return figure.substr(0, start) + figure.substr(end + 9);
}

std::string title_of(const std::string& figure) {
  const size_t tag = figure.find('>');
  constexpr std::string_view kOpen = "\n<title>";
  if (tag == std::string::npos || figure.compare(tag + 1, kOpen.size(), kOpen) != 0) return "";
  const size_t start = tag + 1 + kOpen.size();
  return unescaped(figure.substr(start, figure.find("</title>", start) - start));
}

std::string with_title(const std::string& figure, std::string_view title) {
  const size_t tag = figure.find('>');
  if (title.empty() || tag == std::string::npos || !title_of(figure).empty()) return figure;
  const std::string text = escape_xml(title);
  return fmt::format("{} aria-label=\"{}\">\n<title>{}</title>{}", figure.substr(0, tag), text, text,
                     figure.substr(tag + 1));
}

double text_width(std::string_view text) {
  const auto is_lead = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
  return 6.7 * static_cast<double>(std::count_if(text.begin(), text.end(), is_lead));
}

}  // namespace lt::plot
