#include <libtensor/apps/plot/chart.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <regex>

#include <libtensor/apps/plot/heat_map.h>
#include <libtensor/tensor/error.h>
#include <libtensor/tests/expect.h>

namespace lt::plot {
namespace {

using testing::HasSubstr;
using testing::Not;

int64_t count_of(const std::string& text, const std::string& part) {
  int64_t count = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// Every element that opens closes, in order; attributes are quoted; no number is NaN or infinite.
void expect_well_formed(const std::string& xml) {
  std::vector<std::string> open;
  const std::regex tag(R"(<(/?)([a-zA-Z]+)((?: [a-zA-Z0-9:-]+="[^"<]*")*) ?(/?)>)");
  std::string between;
  auto last = xml.begin();
  for (std::sregex_iterator it(xml.begin(), xml.end(), tag), end; it != end; ++it) {
    between.append(last, xml.begin() + it->position());
    last = xml.begin() + it->position() + it->length();
    if ((*it)[1].length() > 0) {
      ASSERT_FALSE(open.empty());
      ASSERT_EQ(open.back(), (*it)[2].str());
      open.pop_back();
    } else if ((*it)[4].length() == 0) {
      open.push_back((*it)[2].str());
    }
  }
  between.append(last, xml.end());
  EXPECT_TRUE(open.empty());
  EXPECT_THAT(between, Not(HasSubstr("<")));
  EXPECT_FALSE(std::regex_search(xml, std::regex("[\"ML, ]-?(nan|inf)[\"L, ]")));
}

TEST(Charts, ShowJustTheAskedRangeOfX) {
  const std::string svg = Chart("").line({-100, 0, 100}, {0, 1, 0}).x_range(-2, 2).svg();
  EXPECT_THAT(svg, HasSubstr(">-1</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("100</text>")));
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
  expect_well_formed(Chart("nan").line({0, 1}, {NAN, INFINITY}).svg());
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

TEST(HeatMaps, ShowBothTextsInEachCell) {
  const std::string picture =
      svg(HeatMap{.rows = 1, .columns = 2, .values = {0, 5}, .above = {"a<", "b"}, .below = {"0", "5"}});
  expect_well_formed(picture);
  EXPECT_THAT(picture, HasSubstr(">a&lt;</text>"));
  EXPECT_THAT(picture, HasSubstr(">5</text>"));
  EXPECT_THAT(picture, HasSubstr("#f7fbff"));
  EXPECT_THAT(picture, HasSubstr("#08306b"));
}

TEST(HeatMaps, MergeRunsOfOneColour) {
  const HeatMap map{
      .rows = 1, .columns = 100, .values = std::vector<double>(100, 1.0), .palette = Palette::kBlackWhite};
  EXPECT_EQ(count_of(svg(map), "<rect"), 2);  // the paper and one run
}

TEST(HeatMaps, LeaveNanWhiteAndSurviveOneValue) {
  expect_well_formed(svg(HeatMap{.rows = 1, .columns = 2, .values = {NAN, 3}}));
  EXPECT_EQ(colour(Palette::kBlues, NAN), "#ffffff");
  EXPECT_EQ(colour(Palette::kGreys, 2), "#ffffff");
  EXPECT_EQ(colour(Palette::kBlackWhite, 0), "#000000");
}

TEST(HeatMaps, NameACountThatDoesNotFit) {
  EXPECT_EQ(error_text<ShapeError>([] {
              svg(HeatMap{.rows = 2, .columns = 2, .values = {1, 2, 3}});
            }),
            "heat map: 3 entries for 4 cells");
}

}  // namespace
}  // namespace lt::plot
