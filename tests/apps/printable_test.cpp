#include <libtensor/apps/common/printable.h>

#include <gtest/gtest.h>

#include <string>

namespace lt::apps {
namespace {

TEST(Printable, LeavesTextAsItIs) {
  const std::string text = "emma\tzoë 名前 🙂\n\\ ` <b>";
  EXPECT_EQ(printable(text), text);
}

TEST(Printable, ShowsWhatWouldSteerATerminal) {
  EXPECT_EQ(printable("\x1b[31mred\r\a\x7f"), "\\u001b[31mred\\u000d\\u0007\\u007f");
  EXPECT_EQ(printable("\xc2\x9b"), "\\u009b");  // CSI in one character
  EXPECT_EQ(printable(std::string("a\0b", 3)), "a\\u0000b");
}

TEST(Printable, ShowsWhatWouldTurnTheReadingDirection) {
  EXPECT_EQ(printable("a\u202eb\u202a\u2066\u2069\u200f\u061c\u2028"),
            "a\\u202eb\\u202a\\u2066\\u2069\\u200f\\u061c\\u2028");
  EXPECT_EQ(printable("\U000e0041"), "\\udb40\\udc41");  // an unseen tag: two units, as in JSON
}

TEST(Printable, ShowsBytesThatAreNotUtf8) { EXPECT_EQ(printable("a\xff\xc3"), "a\\xff\\xc3"); }

}  // namespace
}  // namespace lt::apps
