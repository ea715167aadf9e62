#include <libtensor/apps/common/utf8.h>

#include <gtest/gtest.h>

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

TEST(Utf8, NamesWhatATerminalMustNotBeGiven) {
  EXPECT_EQ(spelled_out("zoë 日"), "zoë 日");
  EXPECT_EQ(spelled_out("a\u202eb\x1b[31mc"), "aU+202Eb0x1b[31mc");
  EXPECT_EQ(spelled_out("ren\xe9"), "ren0xe9");
}

}  // namespace
}  // namespace lt::apps
