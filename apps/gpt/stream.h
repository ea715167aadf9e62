#pragma once

// Text as it comes, on a terminal of 80 columns, whatever lines the model makes.

#include <string_view>

#include <libtensor/apps/common/run.h>
#include <libtensor/apps/common/utf8.h>

namespace lt::apps::gpt {

class Stream {
 public:
  explicit Stream(Run& run) : run_(run) {}
  // One character or more, of valid UTF-8.
  void write(std::string_view text) {
    while (!text.empty()) {
      const std::string_view symbol = character_at(text, 0);
      write_symbol(symbol);
      text.remove_prefix(symbol.size());
    }
  }

 private:
  void write_symbol(std::string_view symbol) {
    if (symbol == "\n") {
      column_ = 0;
    } else if (const auto width = display_width(symbol); column_ + width > 80) {
      run_.stream("\n");
      column_ = width;
    } else {
      column_ += width;
    }
    run_.stream(symbol);
  }

  Run& run_;
  int64_t column_ = 0;
};

}  // namespace lt::apps::gpt
