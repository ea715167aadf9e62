#pragma once

// Training text: a list of names, one a line, or one long text; the lectures' split and windows.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <libtensor/apps/common/options.h>
#include <libtensor/apps/common/utf8.h>
#include <libtensor/apps/common/vocabulary.h>
#include <libtensor/tensor/tensor.h>

namespace lt::apps {

// --data's word for the text in the program (data/names.txt, data/as_you_like_it.txt).
inline constexpr const char* kEmbedded = "embedded";

enum class DataKind { lecture, embedded, other };

struct DataSource {
  std::string source;  // the file, or "the embedded names"
  std::string sha256;  // of all of it, whatever range was taken
  DataKind kind = DataKind::other;
  std::string description;  // "the lecture's names.txt, 32033 names", "FILE, 5 of 100 names"
};

struct Words : DataSource {
  std::string alphabet;  // every character of the file, once, whatever range was taken
  std::vector<std::string> words;
};

// The lines of a file as words: spaces, tabs and carriage returns at either end of a line are dropped, then
// empty lines; then the range is taken. UTF-8 letters beyond ASCII are letters like any other. "embedded"
// takes the embedded names; "" the lecture's names.txt where `./run data` puts it (data/lecture/ of the
// source tree or of the working folder, or the folder $LIBTENSOR_DATA_DIR) if its sha256 is right, else the
// embedded names.
//   throws: IoError naming file and line: a byte that is not printable UTF-8, a '.' (it marks a word's start
//   and end), no usable line, or none in the range; naming the file: missing, unreadable, empty, or more than
//   64 MiB
Words load_words(const std::string& path, const WordRange& range = {});

// A whole text, line ends kept ("\r\n" becomes "\n"); the range counts lines. "embedded" takes the embedded
// play; "" the lecture's tinyshakespeare.txt where `./run data` puts it, else the embedded play.
//   throws: IoError as above ('.' is welcome, and so are tabs)
struct Text : DataSource {
  std::string text;
};
Text load_text(const std::string& path, const WordRange& range = {});

// Windows over words: x (examples, block) holds the `block` symbols before y (examples), 0 before a word's
// start; every letter and every word's end is one example.
//   throws: AppError where they do not fit in memory
struct Examples {
  IntTensor x;
  IntTensor y;
};
Examples windows(const std::vector<std::string>& words, const Vocabulary& vocabulary, int64_t block);

// The lectures' split: shuffled by Python's random.seed(42), cut at 0.8 and 0.9.
struct Split {
  std::vector<std::string> train;
  std::vector<std::string> val;
  std::vector<std::string> test;
};
Split split_words(std::vector<std::string> words);

}  // namespace lt::apps
