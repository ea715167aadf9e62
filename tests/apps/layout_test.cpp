#include <libtensor/apps/common/layout.h>

#include <gtest/gtest.h>

#include <cmath>

namespace lt::apps {
namespace {

TEST(Layout, ShowsNumbersForPeople) {
  EXPECT_EQ(show(32033), "32033");
  EXPECT_EQ(show(2.4540141), "2.454014");
  EXPECT_EQ(show(3.8e-44), "3.8e-44");
  EXPECT_EQ(show(-INFINITY), "-inf");
  EXPECT_EQ(show(NAN), "nan");
}

TEST(Layout, WrapsProseAtTheWidthAndBreaksLongerWords) {
  EXPECT_EQ(wrapped("one two three", 7), "one two\nthree");
  EXPECT_EQ(wrapped("one twothreefour five", 8), "one\ntwothree\nfour\nfive");
  EXPECT_EQ(wrapped("日本日本 é é", 8), "日本日本\né é");
  EXPECT_EQ(wrapped(std::string(80, 'w') + " x"), std::string(80, 'w') + "\nx");
}

TEST(Layout, FitsTheLongerLinesOfATextKeepingTheirIndentation) {
  EXPECT_EQ(wrapped("a  b\n  one two three\nc\n", 9), "a  b\n  one two\n  three\nc\n");
}

TEST(Layout, ShowsABacktickOfTheDataInTablesAndResults) {
  EXPECT_EQ(columns({"`"}, {{"`"}, {"a`b`"}}), "  `\n  `\n  a`b`\n");
  EXPECT_EQ(result_line("a`b`", "1", "", "").substr(0, 6), "  a`b`");
}

TEST(Layout, CountsCharactersNotBytes) {
  EXPECT_EQ(columns({"name", "n"}, {{"é", "1"}, {"ab`cde", "22"}}),
            "  name     n\n  é        1\n  ab`cde  22\n");
}

TEST(Layout, WrapsTheFirstColumnOfATableThatIsTooWide) {
  const std::string first(30, 'a');
  EXPECT_EQ(columns({"name", "n"}, {{"an " + first + " " + first, "1"}}, 40),
            "  name" + std::string(33, ' ') + "n\n  an " + first + "    1\n  " + first + "\n");
}

TEST(Layout, SetsATableOfMoreColumnsThanFitAsSeveral) {
  EXPECT_EQ(columns({"step", "train", "val", "test"}, {{"0", "1.5", "2.5", "3.5"}}, 20),
            "  step  train  val\n  0       1.5  2.5\n\n  step  test\n  0      3.5\n");
}

TEST(Layout, SetsAResultInEightyColumns) {
  EXPECT_EQ(result_line("loss", "2.5", "", ""), "  loss" + std::string(25 + 13, ' ') + "2.5\n");
  EXPECT_EQ(result_line("loss at step 1", "27.8817", "27.8817", "±0.02 PyTorch"),
            "  loss at step 1" + std::string(15 + 9, ' ') + "27.8817" + std::string(9, ' ') +
                "27.8817  ±0.02 PyTorch\n");
  EXPECT_EQ(result_line("the view equals the concatenation of its slices", "yes", "yes", "="),
            "  the view equals the          " + std::string(13, ' ') + "yes" + std::string(13, ' ') +
                "yes  =\n  concatenation of its slices\n");
}

TEST(Layout, GivesWideValuesLinesOfTheirOwn) {
  EXPECT_EQ(result_line("names", "mor. axx. minaymoryles.", "mor. axx.", "differs"),
            "  names  differs\n    ours       mor. axx. minaymoryles.\n    reference  mor. axx.\n");
  EXPECT_EQ(result_line("names", "mor. axx. minaymoryles.", "mor. axx. minaymoryles.", "= PyTorch"),
            "  names  = PyTorch\n    mor. axx. minaymoryles.\n");
  EXPECT_EQ(result_line("names", std::string(80, 'a'), "", ""),
            "  names\n    " + std::string(76, 'a') + "\n    aaaa\n");
}

}  // namespace
}  // namespace lt::apps
