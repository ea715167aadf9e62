#pragma once

// Text to ids, all at once or as it comes.

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <libtensor/apps/tokenizer/model.h>

namespace lt::apps::tokenizer {

// Which special tokens' names in a text stand for their ids.
struct AllowedSpecial {
  // none_raise: none, and a name in the text is an error; some: those named, the others are text.
  enum class Mode { all, none, none_raise, some };
  Mode mode = Mode::none_raise;
  std::vector<std::string> names = {};
};

class Encoder {
 public:
  // The tokenizer must outlive it.
  //   throws: ValueError for a name that is no special token
  Encoder(const Tokenizer& tokenizer, const AllowedSpecial& allowed);

  // Takes the next bytes, and appends the ids that no later byte can change: in time n log n of all.
  //   throws: ValueError naming the special token, and its byte of the text, where that is an error
  void push(std::string_view bytes, Ids& ids);
  // The rest, at the text's end.
  void finish(Ids& ids);

 private:
  struct Found {
    size_t at;
    const Special* special;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  void drain(bool is_last, Ids& ids);
  Found next_special(size_t from) const;
  size_t chunk_length(std::string_view text, size_t from, bool is_last) const;
  void append(std::string_view chunk, Ids& ids);

  const Tokenizer& tokenizer_;
  std::vector<Special> looked_for_;
  bool raises_;
  size_t longest_ = 0;   // of the names looked for
  std::string pending_;  // what is not yet encoded
  size_t taken_ = 0;     // bytes before it
  size_t wait_for_ =
      0;  // so many pending bytes before another try: a long chunk is not searched over and over
  std::unordered_map<std::string, Ids, Hash, std::equal_to<>> known_;  // chunks met before
};

}  // namespace lt::apps::tokenizer
