#pragma once

// The symbols of a text, and their numbers.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lt::apps {

struct Words;

// Symbols, each a UTF-8 character, numbered in code order. For words, symbol 0 is "." and the letters follow.
class Vocabulary {
 public:
  // Of the whole file, so that a part of it is numbered alike.
  static Vocabulary of(const Words& data);
  static Vocabulary of_words(const std::vector<std::string>& words);
  static Vocabulary of_text(std::string_view text);

  int64_t size() const { return static_cast<int64_t>(symbols_.size()); }
  const std::string& symbol(int64_t id) const { return symbols_[static_cast<size_t>(id)]; }
  const std::vector<std::string>& symbols() const { return symbols_; }
  // throws: IndexError naming a character that is not in the vocabulary
  std::vector<int64_t> encode(std::string_view text) const;
  std::string decode(const std::vector<int64_t>& ids) const;

 private:
  explicit Vocabulary(std::map<std::string, int64_t, std::less<>> ids, bool has_mark);

  std::map<std::string, int64_t, std::less<>> ids_;
  std::vector<std::string> symbols_;
};

}  // namespace lt::apps
