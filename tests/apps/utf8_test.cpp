#include <libtensor/apps/common/utf8.h>

#include <gtest/gtest.h>

#include <string>

namespace lt::apps {
namespace {

TEST(Utf8, CountsCharactersAndColumnsNotBytes) {
  EXPECT_EQ(length("zoë"), 3);
  EXPECT_EQ(display_width("zoë"), 3);
  EXPECT_EQ(length("日本"), 2);
  EXPECT_EQ(display_width("日本"), 4);
  EXPECT_EQ(length("e\u0301"), 2);
  EXPECT_EQ(display_width("e\u0301"), 1);
  EXPECT_EQ(display_width("±0.02 → ×"), 9);
}

TEST(Utf8, CutsTextsBetweenCharacters) {
  EXPECT_EQ(brief("zoë", 3), "zoë");
  EXPECT_EQ(brief("renée", 4), "rené...");
}

TEST(Utf8, KnowsTheShortestFormAlone) {
  EXPECT_EQ(code_point("ë"), 0xeb);
  EXPECT_EQ(code_point("\U0001f600"), 0x1f600);
  for (const char* bad : {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"}) {
    EXPECT_EQ(code_point(bad), -1);
  }
}

TEST(Utf8, PrintsNoControlsAndNothingUnseen) {
  for (const int64_t code : {0x00, 0x1b, 0x7f, 0x9f, 0x202e, 0x2066, 0x200b, 0xfeff, -1}) {
    EXPECT_FALSE(is_printable(code)) << code;
  }
  for (const int64_t code : {0x20, 0x7e, 0xa0, 0xeb, 0x200d, 0x2192, 0x65e5}) {
    EXPECT_TRUE(is_printable(code)) << code;
  }
}

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

TEST(Utf8, EndsBeforeACharacterThatMayGoOn) {
  EXPECT_EQ(whole_characters(""), 0U);
  EXPECT_EQ(whole_characters("ab"), 2U);
  EXPECT_EQ(whole_characters("a\xe2\x82\xac"), 4U);
  EXPECT_EQ(whole_characters("a\xe2\x82"), 1U);
  EXPECT_EQ(whole_characters("a\xf0\x9f\x98"), 1U);
  EXPECT_EQ(whole_characters("a\xc3"), 1U);
  EXPECT_EQ(whole_characters("\x80\x80\x80\x80"), 4U);  // never one
}

}  // namespace
}  // namespace lt::apps
