#pragma once

// Charts with two axes: curves, dots, bars, histograms, marks and filled regions, layered in the order they
// are added.
//
//   Chart chart("Loss", "step", "loss");
//   chart.log_y().line(steps, losses, "train").vertical(100000, "decay");
//   write(chart.svg());

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <libtensor/apps/plot/svg.h>

namespace lt::plot {

class Chart {
 public:
  explicit Chart(std::string title, std::string x_label = "", std::string y_label = "");

  // Axes. A log axis says so in its name and leaves out what is not positive.
  Chart& log_x();
  Chart& log_y();
  Chart& grid();                            // lines at x ticks too (y ticks always have them)
  Chart& equal();                           // one unit is as long on x as on y
  Chart& x_range(double low, double high);  // shows just these x; what lies outside is cut off
  Chart& y_range(double low, double high);
  Chart& size(int width, int height);  // pixels, of the whole figure; 640 x 400 unless set

  // A curve through (x[i], y[i]); long ones are thinned to what the picture can show, extremes kept. An empty
  // label is left out of the legend; `colour` is a CSS colour, by default the next of the series.
  Chart& line(std::vector<double> x, std::vector<double> y, std::string label = "",
              const std::string& colour = "");
  Chart& faint_line(std::vector<double> x, std::vector<double> y);
  // Dots; with texts, large dots with each text in white inside, moved apart where they would
  // cover each other.
  Chart& scatter(std::vector<double> x, std::vector<double> y, std::string label = "",
                 const std::string& colour = "", std::vector<std::string> texts = {});
  // How often values fall in each of `bins` equal bins over their range: filled, or as a density curve of
  // area 1.
  Chart& histogram(const std::vector<double>& values, int bins, std::string label = "");
  Chart& density(const std::vector<double>& values, int bins, std::string label = "");
  // Bars in groups, one group a name; values[series][group].
  Chart& bars(std::vector<std::string> groups, const std::vector<std::vector<double>>& values,
              const std::vector<std::string>& series);
  // Dashed lines across the chart with a note where the fewest curves run: a decay, a goal, a minimum.
  Chart& vertical(double x, std::string note = "");
  Chart& horizontal(double y, std::string note = "");
  // Cells of a grid that starts at (x0, y0) and runs rows x columns in steps, filled in one
  // of two colours by sign.
  Chart& regions(double x0, double y0, double step, int64_t columns, const std::vector<double>& values);

  // throws: ShapeError from the adders above where lists that belong together differ in length
  std::string svg() const;

 private:
  enum class Kind { kLine, kFaint, kDots, kFilled, kBar, kVertical, kHorizontal, kRegions };
  struct Layer {
    Kind kind;
    std::vector<double> x;
    std::vector<double> y;
    std::string label;
    std::string colour;
    std::vector<std::string> texts;
    double step = 0;  // a bar's width, a region's cell
  };
  struct Frame;

  Chart& add(Layer layer);
  std::string next_colour(const std::string& colour);
  Frame frame() const;
  std::vector<Point> legend_places(double width) const;
  void draw_axes(Svg& svg, const Frame& frame) const;
  void draw(Svg& svg, const Frame& frame, const Layer& layer) const;
  void draw_dots(Svg& svg, const Frame& frame, const Layer& layer, const std::vector<Point>& points) const;
  void draw_mark(Svg& svg, const Frame& frame, const Layer& layer) const;
  void draw_legend(Svg& svg, const Frame& frame) const;

  std::string title_;
  std::string x_label_;
  std::string y_label_;
  bool log_x_ = false;
  bool log_y_ = false;
  bool grid_ = false;
  bool equal_ = false;
  std::optional<std::pair<double, double>> x_range_;
  std::optional<std::pair<double, double>> y_range_;
  int width_ = 640;
  int height_ = 400;
  size_t colours_ = 0;
  std::vector<std::string> groups_;  // of bars: names in place of x ticks
  std::vector<Layer> layers_;
};

// How often values fall in each of `bins` equal bins from the smallest to the largest finite one.
struct Bins {
  std::vector<double> centres;
  std::vector<double> counts;
  double width = 0;
};
Bins bin(const std::vector<double>& values, int bins);

}  // namespace lt::plot
