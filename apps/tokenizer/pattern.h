#pragma once

// A regular expression that cuts a text into chunks, by PCRE2: words, numbers, punctuation, white space.

#include <memory>
#include <string>
#include <string_view>

namespace lt::apps::tokenizer {

// As published with GPT-2 (2019) and, by tiktoken, GPT-4.
extern const char* const kGpt2Pattern;
extern const char* const kGpt4Pattern;

// For one thread at a time.
class Pattern {
 public:
  //   throws: ValueError naming the place in the expression and what is wrong with it
  explicit Pattern(const std::string& expression);
  ~Pattern();

  // How long the chunk is that starts at `from`; 0 where it may change if the text goes on, which it does not
  // if it `is_last`. Bytes that are in no match, such as those that are not UTF-8, are chunks too.
  //   throws: ValueError where PCRE2 gives up: an expression may ask for more steps than anyone can wait for
  size_t chunk_at(std::string_view text, size_t from, bool is_last) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace lt::apps::tokenizer
