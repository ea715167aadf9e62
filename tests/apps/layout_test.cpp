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

TEST(Layout, WrapsProseAt88ColumnsAndLeavesLongWordsWhole) {
  const std::string word(60, 'w');
  const std::string longer(100, 'l');
  EXPECT_EQ(wrapped(word + " " + std::string(27, 'x') + " y " + longer),
            word + " " + std::string(27, 'x') + "\ny\n" + longer);
}

TEST(Layout, CountsCharactersNotBytes) {
  EXPECT_EQ(columns({"name", "n"}, {{"é", "1"}, {"`ab`cde", "22"}}),
            "  name    n\n  é       1\n  abcde  22\n");
}

TEST(Layout, GivesWideValuesLinesOfTheirOwn) {
  EXPECT_EQ(result_line("`loss`", "2.5", "", ""),
            "  loss" + std::string(32, ' ') + "  " + std::string(17, ' ') + "2.5\n");
  EXPECT_EQ(result_line("names", "mor. axx. minaymoryles.", "mor. axx.", "  differs"),
            "  names  differs\n    ours     mor. axx. minaymoryles.\n    lecture  mor. axx.\n");
}

}  // namespace
}  // namespace lt::apps
