#include <libtensor/apps/tokenizer/bpe.h>

#include <algorithm>
#include <limits>
#include <queue>

#include <libtensor/tensor/error.h>

// Both keep the text as a list whose links are places in arrays, so that a merge costs what it changes, and
// pairs in a priority queue. A place that a merge took away is not looked for in the queue or in the lists of
// occurrences: it is found stale when it is met, for an id that has changed never comes back.

namespace lt::apps::tokenizer {

size_t PairMap::slot_of(Id left, Id right) const {
  const uint64_t key =
      static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
  // Fibonacci hashing: the golden ratio spreads keys that are near each other. Both ids count in the upper
  // half.
  size_t at = static_cast<size_t>(key * 0x9e3779b97f4a7c15u >> 32) & (slots_.size() - 1);
  while (slots_[at].value >= 0 && slots_[at].pair != Merge{left, right}) at = (at + 1) & (slots_.size() - 1);
  return at;
}

int32_t PairMap::find(Id left, Id right) const {
  return slots_.empty() ? -1 : slots_[slot_of(left, right)].value;
}

int32_t PairMap::insert(Id left, Id right, int32_t value) {
  if (2 * used_ >= slots_.size()) grow();
  Slot& slot = slots_[slot_of(left, right)];
  if (slot.value < 0) {
    slot = {{left, right}, value};
    ++used_;
  }
  return slot.value;
}

void PairMap::grow() {
  std::vector<Slot> old(std::max<size_t>(1024, 2 * slots_.size()));
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.value >= 0) slots_[slot_of(slot.pair.left, slot.pair.right)] = slot;
  }
}

namespace {

using Place = int32_t;  // of an id in the text
constexpr Place kNone = -1;

// Links of a list in arrays.
struct Links {
  std::vector<Place> before, after;

  void append(Place at, bool starts, bool ends) {
    before.push_back(starts ? kNone : at - 1);
    after.push_back(ends ? kNone : at + 1);
  }
  // Takes away what follows `at`.
  void join(Place at) {
    const Place far = after[static_cast<size_t>(after[static_cast<size_t>(at)])];
    after[static_cast<size_t>(at)] = far;
    if (far != kNone) before[static_cast<size_t>(far)] = at;
  }
};

class Learner {
 public:
  Learner(std::span<const Chunk> chunks, Id first_new) : next_(first_new) {
    for (const Chunk& chunk : chunks) append(chunk);
    for (Place at = 0; at < static_cast<Place>(ids_.size()); ++at) {
      if (const Place right = after(at); right != kNone) add({id(at), id(right)}, at);
    }
    queue_from(0);
  }

  // The most frequent pair; kNone where there is none.
  int32_t choose() {
    while (!queue_.empty()) {
      const Candidate best = queue_.top();
      queue_.pop();
      const Candidate now = candidate(best.pair);
      if (now.count == 0) continue;
      if (now.count == best.count && now.first == best.first) return best.pair;
      queue_.push(now);  // it was better once: a count only falls, a first place only moves to the right
    }
    return kNone;
  }

  Learned merge(int32_t chosen) {
    const size_t known = pairs_.size();
    Learned learned{pairs_[static_cast<size_t>(chosen)].ids, pairs_[static_cast<size_t>(chosen)].count, 0};
    const auto [left, right] = learned.merge;
    const std::vector<Place> places = std::move(pairs_[static_cast<size_t>(chosen)].places);
    for (const Place at : places) {
      if (!stands(learned.merge, at)) continue;
      const Place taken = after(at), far = after(taken), near = links_.before[static_cast<size_t>(at)];
      if (near != kNone) replace({id(near), left}, near, {id(near), next_}, near);
      if (far != kNone) replace({right, id(far)}, taken, {next_, id(far)}, at);
      learned.made += weights_[static_cast<size_t>(at)];
      id(at) = next_;
      id(taken) = kNone;
      links_.join(at);
    }
    pairs_[static_cast<size_t>(chosen)].count = 0;
    queue_from(known);
    ++next_;
    return learned;
  }

 private:
  struct Pair {
    Merge ids;
    int64_t count = 0;
    std::vector<Place> places;  // from left to right; some are stale
    size_t first = 0;           // the first that may not be
  };
  struct Candidate {
    int64_t count;
    Place first;
    int32_t pair;
    bool operator<(const Candidate& other) const {
      return count != other.count ? count < other.count : first > other.first;
    }
  };

  Id& id(Place at) { return ids_[static_cast<size_t>(at)]; }
  Place after(Place at) const { return links_.after[static_cast<size_t>(at)]; }

  void append(const Chunk& chunk) {
    if (chunk.ids.size() > static_cast<size_t>(std::numeric_limits<Place>::max()) - ids_.size())
      throw ValueError("tokenizer: a text to learn merges from has fewer than 2147483648 ids");
    for (size_t i = 0; i < chunk.ids.size(); ++i) {
      links_.append(static_cast<Place>(ids_.size()), i == 0, i + 1 == chunk.ids.size());
      ids_.push_back(chunk.ids[i]);
      weights_.push_back(chunk.count);
    }
  }

  bool stands(Merge pair, Place at) {
    return id(at) == pair.left && after(at) != kNone && id(after(at)) == pair.right;
  }

  void add(Merge ids, Place at) {
    const auto fresh = static_cast<int32_t>(pairs_.size());
    const int32_t pair = index_.insert(ids.left, ids.right, fresh);
    if (pair == fresh) pairs_.push_back({.ids = ids, .places = {}});
    pairs_[static_cast<size_t>(pair)].count += weights_[static_cast<size_t>(at)];
    pairs_[static_cast<size_t>(pair)].places.push_back(at);
  }

  void replace(Merge old, Place old_at, Merge now, Place at) {
    const int32_t pair = index_.find(old.left, old.right);
    pairs_[static_cast<size_t>(pair)].count -= weights_[static_cast<size_t>(old_at)];
    add(now, at);
  }

  Candidate candidate(int32_t index) {
    Pair& pair = pairs_[static_cast<size_t>(index)];
    if (pair.count == 0) return {0, 0, index};
    while (!stands(pair.ids, pair.places[pair.first])) ++pair.first;
    return {pair.count, pair.places[pair.first], index};
  }

  void queue_from(size_t first) {
    for (size_t i = first; i < pairs_.size(); ++i) {
      const Candidate made = candidate(static_cast<int32_t>(i));
      if (made.count > 0) queue_.push(made);
    }
  }

  Id next_;
  Ids ids_;
  Links links_;
  std::vector<int64_t> weights_;  // of each place: its chunk's count
  std::vector<Pair> pairs_;
  PairMap index_;
  std::priority_queue<Candidate> queue_;
};

// A few ids: looking at all of them for each merge is quicker than a queue.
void merge_short(const PairMap& ranks, Id first_new, Ids& ids) {
  constexpr int32_t kNever = std::numeric_limits<int32_t>::max();
  const auto rank_at = [&](size_t i) {
    const int32_t rank = i + 1 < ids.size() ? ranks.find(ids[i], ids[i + 1]) : kNone;
    return rank == kNone ? kNever : rank;
  };
  std::vector<int32_t> rank(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) rank[i] = rank_at(i);
  while (!ids.empty()) {
    const auto best = std::min_element(rank.begin(), rank.end());
    if (*best == kNever) return;
    const auto at = best - rank.begin();
    ids[static_cast<size_t>(at)] = first_new + *best;
    ids.erase(ids.begin() + at + 1);
    rank.erase(best + 1);
    rank[static_cast<size_t>(at)] = rank_at(static_cast<size_t>(at));
    if (at > 0) rank[static_cast<size_t>(at) - 1] = rank_at(static_cast<size_t>(at) - 1);
  }
}

void merge_long(const PairMap& ranks, Id first_new, Ids& ids) {
  Links links;
  std::priority_queue<uint64_t, std::vector<uint64_t>, std::greater<>> queue;  // rank, and place below it
  const auto look = [&](Place at) {
    const Place right = at == kNone ? kNone : links.after[static_cast<size_t>(at)];
    if (right == kNone) return;
    const int32_t rank = ranks.find(ids[static_cast<size_t>(at)], ids[static_cast<size_t>(right)]);
    if (rank != kNone) queue.push(static_cast<uint64_t>(rank) << 32 | static_cast<uint32_t>(at));
  };
  const auto count = static_cast<Place>(ids.size());
  for (Place at = 0; at < count; ++at) links.append(at, at == 0, at + 1 == count);
  for (Place at = 0; at < count; ++at) look(at);
  while (!queue.empty()) {
    const auto rank = static_cast<int32_t>(queue.top() >> 32);
    const auto at = static_cast<Place>(queue.top() & 0xffffffffu);
    queue.pop();
    const Place right = links.after[static_cast<size_t>(at)];
    if (right == kNone || ids[static_cast<size_t>(at)] == kNone ||
        ranks.find(ids[static_cast<size_t>(at)], ids[static_cast<size_t>(right)]) != rank)
      continue;
    ids[static_cast<size_t>(at)] = first_new + rank;
    ids[static_cast<size_t>(right)] = kNone;
    links.join(at);
    look(at);
    look(links.before[static_cast<size_t>(at)]);
  }
  std::erase(ids, kNone);
}

}  // namespace

std::vector<Learned> learn(std::span<const Chunk> chunks, Id first_new, int64_t most) {
  Learner learner(chunks, first_new);
  std::vector<Learned> all;
  while (std::ssize(all) < most) {
    const int32_t chosen = learner.choose();
    if (chosen == kNone) break;
    all.push_back(learner.merge(chosen));
  }
  return all;
}

PairMap ranks_of(std::span<const Merge> merges) {
  PairMap ranks;
  for (size_t i = 0; i < merges.size(); ++i)
    ranks.insert(merges[i].left, merges[i].right, static_cast<int32_t>(i));
  return ranks;
}

void merge_all(const PairMap& ranks, Id first_new, Ids& ids) {
  constexpr size_t kShort = 64;
  ids.size() <= kShort ? merge_short(ranks, first_new, ids) : merge_long(ranks, first_new, ids);
}

}  // namespace lt::apps::tokenizer
