#pragma once

// Byte-pair encoding on ids (Sennrich, Haddow and Birch, "Neural machine translation of rare words with
// subword units", 2016): which merges a text teaches, and what they make of another. Knows nothing of bytes
// and files.

#include <cstdint>
#include <span>
#include <vector>

namespace lt::apps::tokenizer {

using Id = int32_t;
using Ids = std::vector<Id>;

// Two neighbours that become one token.
struct Merge {
  Id left = 0;
  Id right = 0;
  bool operator==(const Merge&) const = default;
};

// From a pair of ids to a number that is not negative. Open addressing: no list is followed.
class PairMap {
 public:
  // -1 where the pair is not there.
  int32_t find(Id left, Id right) const;
  // What is there for the pair, or `value`, which then is.
  int32_t insert(Id left, Id right, int32_t value);

 private:
  struct Slot {
    Merge pair;
    int32_t value = -1;
  };
  size_t slot_of(Id left, Id right) const;
  void grow();

  std::vector<Slot> slots_;  // a power of two of them, at most half in use
  size_t used_ = 0;
};

// A piece of the text, beyond whose ends nothing is merged, and how often the text has it.
struct Chunk {
  Ids ids;
  int64_t count = 1;
};

// A merge, how many such pairs the text had then ("aaa" has two), and how many of them became one token.
struct Learned {
  Merge merge;
  int64_t count = 0;
  int64_t made = 0;
};

// Up to `most` times: takes the pair that occurs most often, of several the one met first, and makes each of
// its occurrences, from left to right, the next new id: first_new, first_new + 1, ... Fewer where there is no
// pair left. Chunks stand in the order in which the text has them first. Time: the text's length, and for
// each merge what it changes, times a logarithm.
//   throws: ValueError for 2^31 ids or more
std::vector<Learned> learn(std::span<const Chunk> chunks, Id first_new, int64_t most);

// The rank of each merge by its pair, which an encoder asks for at every step.
PairMap ranks_of(std::span<const Merge> merges);

// Merges, as long as there is any, the pair of the lowest rank, of several the first; rank r makes the id
// first_new + r. Time: n log n for n ids.
void merge_all(const PairMap& ranks, Id first_new, Ids& ids);

}  // namespace lt::apps::tokenizer
