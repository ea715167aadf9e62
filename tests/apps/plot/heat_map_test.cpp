#include <libtensor/apps/plot/heat_map.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include <libtensor/apps/plot/svg.h>
#include <libtensor/tensor/error.h>
#include <libtensor/tests/apps/plot/xml.h>
#include <libtensor/tests/expect.h>

namespace lt::plot {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(HeatMaps, ShowBothTextsInEachCell) {
  const std::string picture =
      svg(HeatMap{.rows = 1, .columns = 2, .values = {0, 5}, .above = {"a<", "b"}, .below = {"0", "5"}});
  expect_well_formed(picture);
  EXPECT_THAT(picture, HasSubstr(">a&lt;</text>"));
  EXPECT_THAT(picture, HasSubstr(">5</text>"));
  EXPECT_THAT(picture, HasSubstr("class=\"lt-b0\""));
  EXPECT_THAT(picture, HasSubstr("class=\"lt-b32\""));
}

TEST(HeatMaps, HaveBluesForLightAndForDark) {
  EXPECT_THAT(style_sheet(), HasSubstr(".lt-b0{fill:#f7fbff}"));
  EXPECT_THAT(style_sheet(), HasSubstr(".lt-b32{fill:#08306b}"));
  EXPECT_THAT(style_sheet(), HasSubstr(".lt-b0{fill:#1c222b}"));
  EXPECT_THAT(style_sheet(), HasSubstr(".lt-b32{fill:#e6f2fc}"));
}

TEST(HeatMaps, MergeRunsOfOneColour) {
  HeatMap map{
      .rows = 1, .columns = 100, .values = std::vector<double>(100, 1.0), .palette = Palette::kBlackWhite};
  EXPECT_EQ(count_of(svg(map), "<rect"), 3);  // the paper, one run and the border
  map.notes.assign(100, "note");
  EXPECT_EQ(count_of(svg(map), "<rect"), 102);
}

TEST(HeatMaps, LeaveNanWhiteAndSurviveOneValue) {
  const std::string picture = svg(HeatMap{.rows = 1, .columns = 2, .values = {NAN, 3}});
  expect_well_formed(picture);
  EXPECT_THAT(picture, HasSubstr("fill=\"#fff\" shape-rendering"));
  EXPECT_THAT(svg(HeatMap{.rows = 1, .columns = 2, .values = {0, 1}, .palette = Palette::kGreys}),
              HasSubstr("fill=\"#000000\""));
}

TEST(HeatMaps, ShareARangeWhereTheyAreCompared) {
  const HeatMap map{.rows = 1, .columns = 2, .values = {0.25, 7}, .range = std::pair(0.0, 0.5)};
  EXPECT_THAT(svg(map), HasSubstr("class=\"lt-b16\""));
  EXPECT_THAT(svg(map), HasSubstr("class=\"lt-b32\""));
}

TEST(HeatMaps, SayTheNotesOfTheirCells) {
  const std::string picture =
      svg(HeatMap{.rows = 1, .columns = 2, .values = {0, 1}, .notes = {"a < b", "c"}});
  expect_well_formed(picture);
  EXPECT_THAT(picture, HasSubstr("><title>a &lt; b</title></rect>"));
  EXPECT_THAT(picture, HasSubstr("data-columns=\"2\""));
}

TEST(HeatMaps, NameTheirAxesAndLabelWhatHasRoom) {
  HeatMap map{.rows = 1, .columns = 2, .values = {0, 1}, .column_labels = {"p", "q"}, .x_label = "next"};
  map.y_label = "this";
  EXPECT_THAT(svg(map), HasSubstr(">next</text>"));
  EXPECT_THAT(svg(map), HasSubstr(">this</text>"));
  EXPECT_THAT(svg(map), HasSubstr(">q</text>"));
  map.cell = 4;
  EXPECT_THAT(svg(map), Not(HasSubstr(">q</text>")));
}

TEST(HeatMaps, NameACountThatDoesNotFit) {
  EXPECT_EQ(error_text<ShapeError>([] {
              svg(HeatMap{.rows = 2, .columns = 2, .values = {1, 2, 3}});
            }),
            "heat map: 3 entries for 4 cells");
}

}  // namespace
}  // namespace lt::plot
