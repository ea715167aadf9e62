#include <libtensor/apps/plot/chart.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include <libtensor/tensor/error.h>
#include <libtensor/tests/apps/plot/xml.h>
#include <libtensor/tests/expect.h>

namespace lt::plot {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Charts, ShowJustTheAskedRangeOfX) {
  const std::string svg = Chart("").line({-100, 0, 100}, {0, 1, 0}).x_range(-2, 2).svg();
  EXPECT_THAT(svg, HasSubstr(">-1</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("100</text>")));
}

TEST(Charts, ShowJustTheAskedRangeOfY) {
  const std::string svg = Chart("").line({0, 1}, {0, 1000}).y_range(0, 1).svg();
  EXPECT_THAT(svg, HasSubstr(">0.2</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("1000</text>")));
}

TEST(Charts, AreWellFormedWithEveryKindOfLayer) {
  Chart chart("a < b & \"c\"", "x", "y");
  chart.grid().line({0, 1, 2}, {1, NAN, 3}, "<one>").faint_line({0, 1}, {1, 1}).vertical(1, "decay & more");
  chart.horizontal(2, "goal")
      .scatter({0, 1}, {1, 2}, "dots", "", {"a", "<"})
      .regions(0, 0, 1, 2, {1, -1, -1, 1});
  chart.histogram({1, 2, 2, INFINITY}, 3, "h").density({1, 2, 2}, 3, "d");
  const std::string svg = chart.svg();
  expect_well_formed(svg);
  EXPECT_THAT(svg, HasSubstr("a &lt; b &amp; &quot;c&quot;"));
  EXPECT_THAT(svg, HasSubstr("&lt;one&gt;"));
  EXPECT_THAT(svg, HasSubstr("decay &amp; more"));
}

TEST(Charts, SurviveNoDataAndNothingFinite) {
  expect_well_formed(Chart("empty").svg());
  expect_well_formed(Chart("nothing finite").line({0, 1}, {NAN, INFINITY}).svg());
  expect_well_formed(Chart("one").log_x().log_y().line({0}, {-1}, "x").svg());
  expect_well_formed(Chart("none").histogram({}, 10).svg());
}

TEST(Charts, ThinLongCurvesAndKeepTheirPeaks) {
  std::vector<double> x(200000);
  std::iota(x.begin(), x.end(), 0);
  std::vector<double> y(x.size(), 0.0);
  y[123457] = 1;
  const std::string svg = Chart("").line(x, y).svg();
  EXPECT_LT(svg.size(), 60000U);
  const Chart flat = Chart("").line(x, std::vector<double>(x.size(), 0.0));
  EXPECT_NE(svg, flat.svg());
}

TEST(Charts, NameListsOfDifferentLength) {
  EXPECT_EQ(error_text<ShapeError>([] { Chart("").line({1, 2}, {1}); }), "chart: 2 x values for 1 y values");
}

TEST(Charts, LeaveOutOfTheLegendWhatHasNoName) {
  EXPECT_EQ(count_of(Chart("").line({0, 1}, {0, 1}, "train").line({0, 1}, {1, 0}).svg(), "train"), 1);
}

TEST(Bins, CountEveryFiniteValueOnce) {
  const Bins bins = bin({0, 0.1, 0.9, 1, NAN, INFINITY}, 2);
  EXPECT_EQ(bins.counts, (std::vector<double>{2, 2}));
  EXPECT_EQ(bins.centres, (std::vector<double>{0.25, 0.75}));
}

TEST(SideBySide, AddsWidthsAndTakesTheGreatestHeight) {
  const std::string both = side_by_side({Chart("a").size(300, 200).svg(), Chart("b").size(400, 250).svg()});
  expect_well_formed(both);
  EXPECT_THAT(both, HasSubstr("width=\"700\" height=\"250\""));
  EXPECT_THAT(both, HasSubstr("<svg x=\"300\" y=\"0\""));
}

TEST(Charts, SayThatAnAxisIsLogarithmic) {
  const std::string svg = Chart("", "rate", "").log_x().log_y().line({0.1, 1}, {1, 2}).svg();
  EXPECT_THAT(svg, HasSubstr(">rate, logarithmic scale</text>"));
  EXPECT_THAT(svg, HasSubstr(">logarithmic scale</text>"));
}

TEST(Charts, MarkASeriesInTheLegendAsItIsDrawn) {
  const std::string dots = Chart("").scatter({0, 1}, {0, 1}, "dots").svg();
  EXPECT_EQ(count_of(dots, "<circle"), 3);  // two points and the legend's
  const std::string line = Chart("").line({0, 1}, {0, 1}, "line").svg();
  EXPECT_EQ(count_of(line, "<circle"), 0);
  EXPECT_EQ(count_of(line, "height=\"2\""), 1);
}

TEST(Charts, MoveTextsInDotsApartAndPointToTheirPlaces) {
  const std::string svg = Chart("").scatter({0, 0, 5}, {0, 0, 5}, "", "", {"a", "b", "c"}).svg();
  EXPECT_EQ(count_of(svg, "r=\"9\""), 3);
  EXPECT_EQ(count_of(svg, "r=\"2\""), 2);
  EXPECT_THAT(svg, HasSubstr(">c</text>"));
}

TEST(Charts, AreTitledForThoseWhoDoNotSeeThem) {
  EXPECT_EQ(title_of(Chart("a < b").svg()), "a < b");
  const std::string untitled = Chart("").svg();
  EXPECT_EQ(title_of(untitled), "");
  const std::string titled = with_title(untitled, "\"c\"");
  EXPECT_THAT(titled, HasSubstr("role=\"img\" aria-label=\"&quot;c&quot;\""));
  EXPECT_EQ(title_of(titled), "\"c\"");
  EXPECT_EQ(title_of(with_title(titled, "d")), "\"c\"");
  expect_well_formed(titled);
}

TEST(Charts, ComeWithoutTheStyleSheetForAPageThatHasIt) {
  const std::string svg = side_by_side({Chart("a").svg(), Chart("b").svg()});
  EXPECT_EQ(count_of(svg, "<style>"), 1);
  EXPECT_EQ(title_of(svg), "a; b");
  const std::string bare = without_style(svg);
  EXPECT_EQ(count_of(bare, "<style>"), 0);
  expect_well_formed(bare);
  EXPECT_THAT(style_sheet(), HasSubstr("prefers-color-scheme:dark"));
}

}  // namespace
}  // namespace lt::plot
