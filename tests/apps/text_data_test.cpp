#include <libtensor/apps/common/text_data.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include <libtensor/apps/common/run.h>
#include <libtensor/apps/common/sha256.h>
#include <libtensor/tensor/error.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/scratch.h>

namespace lt::apps {
namespace {

const std::string kShared = LIBTENSOR_SOURCE_DIR "/../shared/data/";

std::string load_error(const std::string& path, const WordRange& range = {}) {
  return error_text<IoError>([&] { load_words(path, range); });
}

std::vector<int64_t> names_by_length(const std::vector<std::string>& words) {
  std::vector<int64_t> counts;
  for (const std::string& word : words) {
    counts.resize(std::max(counts.size(), word.size() + 1));
    ++counts[word.size()];
  }
  return counts;
}

TEST(Sha256, GivesTheStandardsExamples) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1000000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// The facts of data/names.txt, computed with Python from the file.
TEST(EmbeddedNames, AreThoseOf2018) {
  const Words data = load_words("embedded");
  EXPECT_EQ(data.sha256, "bd02dfd33179e23ec2dd093cbd4de619834f75d660ef1ae04d3127e7a0110053");
  EXPECT_EQ(data.source, "the embedded names");
  EXPECT_EQ(data.kind, DataKind::embedded);
  EXPECT_EQ(data.description,
            "the embedded names (a later release; ./run data fetches the lecture's), 32257 names");
  EXPECT_EQ(data.words.size(), 32257U);
  EXPECT_EQ(std::set<std::string>(data.words.begin(), data.words.end()).size(), 29693U);
  EXPECT_EQ(std::vector<std::string>(data.words.begin(), data.words.begin() + 8),
            (std::vector<std::string>{"emma", "olivia", "ava", "isabella", "sophia", "charlotte", "mia",
                                      "amelia"}));
  EXPECT_EQ(data.words.back(), "zzyzx");
  EXPECT_EQ(names_by_length(data.words), (std::vector<int64_t>{0, 0, 65, 581, 2998, 7168, 9731, 6869, 3129,
                                                               1134, 384, 130, 29, 31, 6, 2}));
}

TEST(EmbeddedNames, SplitAsPythonSplitsThem) {
  const Words data = load_words("embedded");
  const Split split = split_words(data.words);
  EXPECT_EQ(split.train.size(), 25805U);
  EXPECT_EQ(split.val.size(), 3226U);
  EXPECT_EQ(split.test.size(), 3226U);
  const Vocabulary vocabulary = Vocabulary::of_words(data.words);
  EXPECT_EQ(windows(split.train, vocabulary, 3).y.numel(), 183802);
  EXPECT_EQ(windows(split.val, vocabulary, 3).y.numel(), 22949);
  EXPECT_EQ(windows(split.test, vocabulary, 3).y.numel(), 23053);
  EXPECT_EQ(split.train[0], "anaiza");
  EXPECT_EQ(split.val[0], "karliah");
  EXPECT_EQ(split.test[0], "josiel");
}

TEST(LectureNames, HaveTheLecturesFacts) {
  if (!std::filesystem::exists(kShared + "names.txt")) GTEST_SKIP() << "no ../shared/data/names.txt";
  const Words data = load_words(kShared + "names.txt");
  EXPECT_EQ(data.kind, DataKind::lecture);
  EXPECT_EQ(data.description, "the lecture's names.txt, 32033 names");
  EXPECT_EQ(data.words.size(), 32033U);
  EXPECT_EQ(std::set<std::string>(data.words.begin(), data.words.end()).size(), 29494U);
  EXPECT_EQ(names_by_length(data.words), (std::vector<int64_t>{0, 0, 65, 575, 2983, 7133, 9657, 6819, 3108,
                                                               1118, 380, 128, 29, 30, 6, 2}));
  const Vocabulary vocabulary = Vocabulary::of_words(data.words);
  EXPECT_EQ(vocabulary.size(), 27);
  EXPECT_EQ(windows(data.words, vocabulary, 3).y.numel(), 228146);
  const Split split = split_words(data.words);
  EXPECT_EQ(windows(split.train, vocabulary, 3).y.numel(), 182625);
  EXPECT_EQ(windows(split.val, vocabulary, 8).y.numel(), 22655);
  EXPECT_EQ(windows(split.test, vocabulary, 1).y.numel(), 22866);
  EXPECT_EQ(std::vector<std::string>(split.train.begin(), split.train.begin() + 5),
            (std::vector<std::string>{"yuheng", "diondre", "xavien", "jori", "juanluis"}));
  EXPECT_EQ(split.val[0], "amay");
  EXPECT_EQ(split.test[0], "mustafa");
}

TEST(LectureShakespeare, HasTheLecturesFacts) {
  const std::string path = kShared + "tinyshakespeare.txt";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no ../shared/data/tinyshakespeare.txt";
  const Text data = load_text(path);
  EXPECT_EQ(data.kind, DataKind::lecture);
  EXPECT_EQ(data.text.size(), 1115394U);
  EXPECT_EQ(std::count(data.text.begin(), data.text.end(), '\n'), 40000);
  const Vocabulary vocabulary = Vocabulary::of_text(data.text);
  EXPECT_EQ(vocabulary.size(), 65);
  EXPECT_EQ(vocabulary.encode("hii there"), (std::vector<int64_t>{46, 47, 47, 1, 58, 46, 43, 56, 43}));
  EXPECT_EQ(vocabulary.decode(vocabulary.encode("hii there")), "hii there");
}

TEST(EmbeddedText, IsThePlayThatTheReadmeDescribes) {
  const Text data = load_text(kEmbedded);
  EXPECT_EQ(data.sha256, "c9108094f24721adca7927e64ef0d3c3f74705e697a73907ef2af6c7ee4f8b1c");
  EXPECT_EQ(data.text.size(), 118765U);
  EXPECT_EQ(std::count(data.text.begin(), data.text.end(), '\n'), 4288);
  EXPECT_EQ(Vocabulary::of_text(data.text).size(), 62);  // the lecture's, but for $, 3 and Z
  EXPECT_TRUE(data.text.starts_with("ORLANDO:\nAs I remember, Adam, it was upon this fashion\n"));
  EXPECT_EQ(data.text.find('['), std::string::npos);
}

// Stands for `./run data`: the folder that the programs look in.
struct LectureFolder {
  explicit LectureFolder(const std::string& folder) { setenv("LIBTENSOR_DATA_DIR", folder.c_str(), 1); }
  ~LectureFolder() { unsetenv("LIBTENSOR_DATA_DIR"); }
};

TEST(DefaultData, AreTheLecturesFilesWhereTheyAreRight) {
  if (!std::filesystem::exists(kShared + "names.txt")) GTEST_SKIP() << "no ../shared/data/names.txt";
  const LectureFolder folder(kShared);
  EXPECT_EQ(load_words("").kind, DataKind::lecture);
  EXPECT_EQ(load_words("").source, kShared + "/names.txt");
  EXPECT_EQ(load_words("", {0, 5}).description, "the lecture's names.txt, 5 of 32033 names");
  EXPECT_EQ(load_text("").kind, DataKind::lecture);
  EXPECT_EQ(load_words("embedded").kind, DataKind::embedded);
}

TEST(DefaultData, AreEmbeddedWhereTheLecturesAreMissingOrNotRight) {
  const Scratch scratch;
  const LectureFolder folder(scratch.folder());
  EXPECT_EQ(load_words("").kind, DataKind::embedded);
  scratch.put("names.txt", "emma\n");
  EXPECT_EQ(load_words("").kind, DataKind::embedded);
  EXPECT_EQ(load_words(scratch.path("names.txt")).words.size(), 1U);
  EXPECT_EQ(load_words(scratch.path("names.txt")).description, scratch.path("names.txt") + ", 1 name");
  scratch.put("tinyshakespeare.txt", "To be.\n");
  EXPECT_EQ(load_text("").kind, DataKind::embedded);
  EXPECT_EQ(load_text("embedded").kind, DataKind::embedded);
  EXPECT_EQ(load_text(scratch.path("tinyshakespeare.txt")).description,
            scratch.path("tinyshakespeare.txt") + ", 7 characters");
}

TEST(Words, DropBlankLinesAndWhatSurroundsAWord) {
  const Scratch scratch;
  const Words data = load_words(scratch.put("a",
                                            "\xef\xbb\xbf"
                                            "emma\r\n\r\n  ava \t\n\nmary ann"));
  EXPECT_EQ(data.words, (std::vector<std::string>{"emma", "ava", "mary ann"}));
}

TEST(Words, TakeARangeOfTheLines) {
  const Scratch scratch;
  const std::string path = scratch.put("a", "a\nb\nc\nd\n");
  EXPECT_EQ(load_words(path, {1, 3}).words, (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(load_words(path, {2, WordRange::kEnd}).words, (std::vector<std::string>{"c", "d"}));
  EXPECT_EQ(load_words(path, {2, 100}).words, (std::vector<std::string>{"c", "d"}));
  EXPECT_EQ(load_error(path, {4, 9}), path + ": --words starts at line 4, but there are only 4 lines");
}

TEST(Words, NameTheFileThatCannotBeRead) {
  const Scratch scratch;
  EXPECT_EQ(load_error("/no/such/names.txt"), "cannot read '/no/such/names.txt': No such file or directory");
  EXPECT_EQ(load_error(scratch.folder()), "cannot read '" + scratch.folder() + "': Is a directory");
  const std::string empty = scratch.put("empty", "");
  EXPECT_EQ(load_error(empty), empty + ": the file is empty");
  const std::string blank = scratch.put("blank", " \n\r\n\t");
  EXPECT_EQ(load_error(blank), blank + ": no usable line: all 3 are blank");
}

TEST(Words, NameTheLineAndByteThatIsNotPrintableUtf8) {
  const Scratch scratch;
  const auto text = [](const std::string& path, const char* place, const char* byte) {
    return path + ":" + place + " of the line, " + byte + ", is not printable UTF-8";
  };
  const std::string binary = scratch.put("binary", std::string("emma\nav\0a\n", 10));
  EXPECT_EQ(load_error(binary), text(binary, "2: byte 3", "\\u0000"));
  const std::string latin = scratch.put("latin", "emma\nren\xe9\n");
  EXPECT_EQ(load_error(latin), text(latin, "2: byte 4", "\\xe9"));
  const std::string tab = scratch.put("tab", "a\tb\n");
  EXPECT_EQ(load_error(tab), text(tab, "1: byte 2", "\\t"));
  for (const char* bad : {"\x7f", "\xc2\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
    EXPECT_NE(load_error(scratch.put("bad", bad)), "no error") << "first byte " << int(bad[0] & 0xff);
  }
  const std::string dot = scratch.put("dot", "em.ma\n");
  EXPECT_EQ(load_error(dot), dot + ":1: '.' inside a word: it marks a word's start and end");
}

TEST(Words, RefuseWhatIsNotSeenButMovesOrReordersWhatIs) {
  const Scratch scratch;
  const std::string path = scratch.put("a", "emma\nab\u202ecd\n");
  EXPECT_EQ(load_error(path), path + ":2: byte 3 of the line, \\u202e, is not printable UTF-8");
  for (const char* unseen : {"\u2066", "\u200f", "\u061c", "\u2028", "\u200b", "\ufeff", "\U000e0041"}) {
    EXPECT_NE(load_error(scratch.put("a", std::string("a") + unseen)), "no error") << unseen;
  }
  EXPECT_EQ(load_words(scratch.put("a", "नी\u200dता\n")).words.size(), 1U);
}

TEST(Words, HaveALimitThatTheErrorNames) {
  const Scratch scratch;
  std::string bytes;
  while (bytes.size() <= size_t{64} << 20) bytes += "emma\n";
  const std::string path = scratch.put("a", bytes);
  EXPECT_EQ(load_error(path), path + ": 67108865 bytes, and at most 67108864 are read");
}

TEST(Words, TakeLettersBeyondAscii) {
  const Scratch scratch;
  const Words data = load_words(scratch.put("a", "renée\nzoë\n"));
  const Vocabulary vocabulary = Vocabulary::of_words(data.words);
  EXPECT_EQ(vocabulary.size(), 8);  // . e n o r z é ë
  EXPECT_EQ(vocabulary.symbol(6), "é");
  EXPECT_EQ(vocabulary.encode("zoë"), (std::vector<int64_t>{5, 3, 7}));
}

TEST(Words, TakeALineOfTenMegabytes) {
  const Scratch scratch;
  std::string line;
  line.resize(10'000'000, 'a');
  const Words data = load_words(scratch.put("a", line));
  EXPECT_EQ(windows(data.words, Vocabulary::of_words(data.words), 1).y.numel(), 10'000'001);
}

TEST(Texts, KeepTheirLinesAndLoseCarriageReturns) {
  const Scratch scratch;
  EXPECT_EQ(load_text(scratch.put("a", "To be.\r\n\r\nOr\tnot\n")).text, "To be.\n\nOr\tnot\n");
  EXPECT_EQ(load_text(scratch.put("b", "one\ntwo")).text, "one\ntwo");
  EXPECT_EQ(load_text(scratch.put("b", "one\ntwo"), {0, 1}).text, "one\n");
}

TEST(Vocabularies, NameTheCharacterTheyLack) {
  const Vocabulary vocabulary = Vocabulary::of_words({"emma"});
  EXPECT_EQ(error_text<IndexError>([&] { vocabulary.encode("emmy"); }),
            "'emmy': the character 'y' does not occur in the data");
  EXPECT_EQ(printable(error_text<IndexError>([&] { vocabulary.encode("em\u202e"); })),
            "'em\\u202e': the character '\\u202e' does not occur in the data");
}

TEST(Windows, OfMoreThanTheMemoryAreRefused) {
  const std::vector<std::string> words = {"emma"};
  EXPECT_THAT(error_text<AppError>([&] { windows(words, Vocabulary::of_words(words), int64_t{1} << 48); }),
              testing::StartsWith("the data and --block: too much: that takes about "));
}

TEST(Windows, SlideFromZerosToTheEndOfTheWord) {
  const std::vector<std::string> words = {"emma"};
  const Examples examples = windows(words, Vocabulary::of_words(words), 2);
  EXPECT_EQ(examples.x.shape(), (Shape{5, 2}));
  EXPECT_EQ(examples.x.to_vector(), (std::vector<int64_t>{0, 0, 0, 2, 2, 3, 3, 3, 3, 1}));
  EXPECT_EQ(examples.y.to_vector(), (std::vector<int64_t>{2, 3, 3, 1, 0}));
}

}  // namespace
}  // namespace lt::apps
