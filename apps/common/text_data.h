#pragma once

// Training text: a list of names, one a line, or one long text; its alphabet; the
// lectures' split and windows.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <libtensor/apps/common/options.h>
#include <libtensor/tensor/tensor.h>

namespace lt::apps {

inline constexpr const char* kLectureNamesSha256 =
    "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d";
inline constexpr const char* kLectureShakespeareSha256 =
    "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed";

// The names compiled into the program (data/names.txt).
std::string_view embedded_names();

// Everything in a file, byte for byte.
//   throws: IoError naming the file: missing, a folder, unreadable, or empty
std::string read_file(const std::string& path);

struct Words {
  std::string source;    // the file, or "the embedded names"
  std::string sha256;    // of all of it, whatever range was taken
  std::string alphabet;  // every character of the file, once, whatever range was taken
  std::vector<std::string> words;
};

// The lines of a file as words ("" takes the embedded names): spaces, tabs and carriage returns at either end
// of a line are dropped, then empty lines; then the range is taken. UTF-8 letters beyond ASCII are letters
// like any other.
//   throws: IoError naming file and line: a byte that is not printable UTF-8, a '.' (it marks a word's start
//   and end),
//           no usable line, or none in the range
Words load_words(const std::string& path, const WordRange& range = {});

// A whole text, line ends kept ("\r\n" becomes "\n"); the range counts lines.
//   throws: IoError as above ('.' is welcome, and so are tabs)
struct Text {
  std::string source;
  std::string sha256;
  std::string text;
};
Text load_text(const std::string& path, const WordRange& range = {});

// Symbols, each a UTF-8 character, numbered in code order. For words, symbol 0 is "." and the letters follow.
class Vocabulary {
 public:
  // Of the whole file, so that a part of it is numbered alike.
  static Vocabulary of(const Words& data) { return of_words({data.alphabet}); }
  static Vocabulary of_words(const std::vector<std::string>& words);
  static Vocabulary of_text(std::string_view text);

  int64_t size() const { return static_cast<int64_t>(symbols_.size()); }
  const std::string& symbol(int64_t id) const { return symbols_[static_cast<size_t>(id)]; }
  // throws: IndexError naming a character that is not in the vocabulary
  std::vector<int64_t> encode(std::string_view text) const;
  std::string decode(const std::vector<int64_t>& ids) const;

 private:
  explicit Vocabulary(std::map<std::string, int64_t, std::less<>> ids, bool has_mark);

  std::map<std::string, int64_t, std::less<>> ids_;
  std::vector<std::string> symbols_;
};

// Windows over words: x (examples, block) holds the `block` symbols before y (examples), 0 before a word's
// start; every letter and every word's end is one example.
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

// Characters, not bytes, of UTF-8 text.
int64_t length(std::string_view text);
// At most `characters` of a text, and "..." in place of the rest.
std::string brief(std::string_view text, int64_t characters = 160);
// The UTF-8 character that starts at `at`, as text. The text must be valid UTF-8.
std::string_view character_at(std::string_view text, size_t at);

}  // namespace lt::apps
