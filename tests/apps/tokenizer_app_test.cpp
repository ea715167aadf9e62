// The program of lecture 8 as a user has it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <sstream>

#include <libtensor/apps/common/utf8.h>
#include <libtensor/tests/apps/app_run.h>

namespace lt::apps {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(TokenizerApp, ShowsTheFiguresOfPythonOnTheEmbeddedText) {
  const Scratch scratch;
  const Outcome run = run_in(scratch, "tokenizer --check --data embedded");
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("check: 59 of 59 figures agree: tokenizer \n"));
  EXPECT_THAT(run.out, HasSubstr("check: 7 of 7 figures agree: tokenizer --kind gpt4\n"));
}

// All of them in ./run test --all.
TEST(TokenizerApp, ShowsTheLecturesFigures) {
  const std::string text = LIBTENSOR_SOURCE_DIR "/../shared/data/tinyshakespeare.txt";
  if (!std::filesystem::exists(text)) GTEST_SKIP() << "needs ../shared/data/tinyshakespeare.txt";
  const Scratch scratch;
  const Outcome run = run_in(scratch, "tokenizer --check --kind gpt4 --data '" + text + "'");
  EXPECT_EQ(run.code, 0) << run.out << run.err;
}

TEST(TokenizerApp, FitsEightyColumnsAndLogsEveryMerge) {
  const Scratch scratch;
  for (const char* command :
       {"tokenizer --help", "tokenizer encode --help", "tokenizer decode --help", "tokenizer --chars :20000",
        "tokenizer train --kind codepoint --chars 100:20000 --encode 'a b' --out o"}) {
    const Outcome run = run_in(scratch, command);
    EXPECT_EQ(run.code, 0) << command << "\n" << run.err;
    std::istringstream lines(run.out);
    for (std::string line; std::getline(lines, line);)
      EXPECT_LE(display_width(line), 80) << command << "\n" << line;
  }
  EXPECT_EQ(events_of(scratch.path("o/log.jsonl"), "merge").size(), 256U);
  EXPECT_EQ(events_of(scratch.path("o/log.jsonl"), "tokens").at(0)["bytes"], 19900);
  EXPECT_EQ(events_of(scratch.path("o/log.jsonl"), "encoded").at(0)["text"], "a b");
  EXPECT_TRUE(std::filesystem::exists(scratch.path("o/tokenizer.vocab")));
}

TEST(TokenizerApp, AnyBytesComeBackThroughAPipe) {
  const Scratch scratch;
  std::mt19937 random(1);
  std::string bytes;
  while (bytes.size() < 200000) bytes += static_cast<char>(random() & 0xff);
  scratch.put("bytes", bytes);
  ASSERT_EQ(run_in(scratch, "tokenizer train --kind gpt2 --no-out --special '<|end|>' --save m.model").code,
            0);
  const std::string decode = " | $BIN/tokenizer decode --model m.model > ";
  const std::string encode = "$BIN/tokenizer encode --model m.model ";
  EXPECT_EQ(wait_for(start_in(scratch, encode + "bytes" + decode + "same")), 0);
  EXPECT_EQ(slurp(scratch.path("same")), bytes);
  EXPECT_EQ(
      wait_for(start_in(scratch, "echo 'a<|end|>' | " + encode + "--allowed-special all -" + decode + "two")),
      0);
  EXPECT_EQ(slurp(scratch.path("two")), "a<|end|>\n");
}

TEST(TokenizerApp, SaysInALineWhatIsWrong) {
  const Scratch scratch;
  scratch.put("m", "minbpe v1\n\n1\n<|end|> 256\n");
  scratch.put("text", "ab<|end|>");
  scratch.put("ids", "97 98\n999");
  const struct {
    const char *command, *error;
    int code;
  } cases[] = {
      {"tokenizer --vocab 255",
       "tokenizer: --vocab: '255' is not a whole number from 256 to 1048576 (--help lists the flags)", 2},
      {"tokenizer train --vocab 256 --special x",
       "tokenizer: --vocab 256: 256 bytes and 1 special tokens are more (--help lists the flags)", 2},
      {"tokenizer encode text",
       "tokenizer encode: --model: which tokenizer? `tokenizer train --save MODEL` makes one (--help lists "
       "the "
       "flags)",
       2},
      {"tokenizer encode --model none text",
       "tokenizer encode: cannot read 'none': No such file or directory", 1},
      {"tokenizer encode --model text text",
       "tokenizer encode: text:1: expected 'libtensor bpe v1' or 'minbpe v1', found 'ab<|end|>' and no "
       "line's end",
       1},
      {"tokenizer encode --model m text",
       "tokenizer encode: byte 3 of the text begins the special token <|end|>, which is not allowed in it",
       1},
      {"tokenizer encode --model m text ids",
       "tokenizer encode: one file at a time, not text and ids (--help lists the flags)", 2},
      {"tokenizer decode --model m ids",
       "tokenizer decode: id 3 of the stream: id 999 is no token: the vocabulary has 257", 1},
      {"tokenizer decode --model m text", "tokenizer decode: id 1 of the stream: 'ab<|end|>' is no id", 1},
      {"tokenizer --chars 900000:", "tokenizer: --chars: the text has 118765 characters", 1},
  };
  for (const auto& [command, error, code] : cases) {
    const Outcome run = run_in(scratch, command);
    EXPECT_EQ(run.code, code) << command;
    EXPECT_FALSE(code == 2 && std::filesystem::exists(scratch.path("out"))) << command;
    EXPECT_EQ(run.err, std::string(error) + "\n") << command;
  }
}

TEST(TokenizerApp, SaysHowManyMergesATextWasGoodFor) {
  const Scratch scratch;
  scratch.put("text", "ababab");
  const Outcome run = run_in(scratch, "tokenizer train --data text --quiet --no-out --save m");
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("The text ran out of pairs after 3 of 256 merges."));
  EXPECT_EQ(slurp(scratch.path("m")), "libtensor bpe v1\n\n0\n0\n3\n97 98\n256 256\n257 256\n");
}

}  // namespace
}  // namespace lt::apps
