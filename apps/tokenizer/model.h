#pragma once

// A tokenizer as it is trained, saved and loaded: bytes, characters, merges and special tokens by their ids.
// Text becomes ids by an Encoder (encoder.h).

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <libtensor/apps/tokenizer/bpe.h>
#include <libtensor/apps/tokenizer/pattern.h>

namespace lt::apps::tokenizer {

// A name that stands for one id, and comes from no merge: <|endoftext|>.
struct Special {
  std::string name;
  Id id = 0;
};

// What makes a tokenizer.
struct Parts {
  std::string pattern = {};           // of the chunks; empty: the text is one
  std::array<Id, 256> byte_ids = {};  // 0 to 255, in some order: GPT-2 and GPT-4 have orders of their own
  std::vector<std::string> characters = {};  // of the code-point kind: 256, 257, ...
  std::vector<Merge> merges = {};            // the ids after these
  std::vector<Special> specials = {};        // any ids after these

  Parts();  // every byte is its own id
  Id first_merge() const { return 256 + static_cast<Id>(characters.size()); }
};

class Tokenizer {
 public:
  //   throws: ValueError naming the merge, the character or the special token that cannot be, and why
  explicit Tokenizer(Parts parts);

  const Parts& parts() const { return parts_; }
  // One more than the largest id.
  Id size() const { return size_; }
  //   throws: IndexError for an id that is no token
  const std::string& bytes(Id id) const;
  std::string bytes(const Ids& ids) const;
  // The same as text: what is not UTF-8 becomes U+FFFD.
  std::string decode(const Ids& ids) const;
  // The ids of a text without special tokens.
  Ids encode(std::string_view text) const;

  // For encoders: null where there is no pattern.
  const Pattern* pattern() const { return pattern_.get(); }
  // May a token have the one byte right before the other? Where none has, a text may be cut.
  bool joins(char before, char after) const {
    return joins_[static_cast<unsigned char>(before) * 256u + static_cast<unsigned char>(after)];
  }
  // The ids of a chunk before any merge, and after all.
  Ids base_ids(std::string_view chunk) const;
  Ids chunk_ids(std::string_view chunk) const;

 private:
  void add_merge(size_t rank);
  void add_special(const Special& special);

  Parts parts_;
  Id size_ = 0;
  std::vector<std::string> bytes_;  // of all tokens but the special ones
  std::map<Id, std::string> special_names_;
  std::map<std::string, Id, std::less<>> character_ids_;
  std::vector<bool> joins_;
  PairMap ranks_;
  std::unique_ptr<Pattern> pattern_;
};

// What a tokenizer shall be.
struct Plan {
  std::string pattern = {};                // empty: the text is one chunk
  bool by_code_points = false;             // characters are tokens, but for rare ones, which are their bytes
  int64_t size = 512;                      // of the vocabulary, special tokens among it
  std::vector<std::string> specials = {};  // their names; they take the last ids
};
struct Trained {
  Tokenizer tokenizer;
  std::vector<Learned> log;  // a merge each
};
// Fewer tokens than the plan has where the text runs out of pairs.
//   throws: ValueError for a size under 256 plus the special tokens
Trained train(std::string_view text, const Plan& plan);

// Text whose bytes may be no UTF-8: each part that cannot be becomes U+FFFD, as with Python's
// errors="replace".
std::string repaired(std::string_view bytes);

}  // namespace lt::apps::tokenizer
