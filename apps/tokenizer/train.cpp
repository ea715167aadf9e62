#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include <libtensor/apps/common/utf8.h>
#include <libtensor/apps/tokenizer/model.h>
#include <libtensor/tensor/error.h>

// A chunk that the text has a thousand times is merged once, and counts a thousandfold.

namespace lt::apps::tokenizer {
namespace {

// The characters beyond ASCII that make up 99.95 % of them, most frequent first, as SentencePiece has it.
std::vector<std::string> frequent_characters(std::string_view text, int64_t most) {
  std::map<std::string, int64_t, std::less<>> counts;
  int64_t all = 0;
  while (!text.empty()) {
    const size_t length = code_point(text) < 0x80 ? 1 : character_at(text, 0).size();
    if (length > 1) {
      ++counts[std::string(text.substr(0, length))];
      ++all;
    }
    text.remove_prefix(length);
  }
  std::vector<std::pair<std::string, int64_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::greater<>(), [](const auto& entry) { return entry.second; });
  std::vector<std::string> frequent;
  int64_t covered = 0;
  for (const auto& [character, count] : sorted) {
    if (std::ssize(frequent) == most || static_cast<double>(covered) >= 0.9995 * static_cast<double>(all))
      break;
    frequent.push_back(character);
    covered += count;
  }
  return frequent;
}

// The text's different chunks, in the order in which it has them first.
std::vector<Chunk> chunks_of(std::string_view text, const Tokenizer& tokenizer) {
  std::vector<Chunk> chunks;
  std::unordered_map<std::string_view, size_t> places;
  for (size_t at = 0; at < text.size();) {
    const size_t length =
        tokenizer.pattern() == nullptr ? text.size() : tokenizer.pattern()->chunk_at(text, at, true);
    const std::string_view chunk = text.substr(at, length);
    const auto [place, is_new] = places.emplace(chunk, chunks.size());
    if (is_new) chunks.push_back({tokenizer.base_ids(chunk), 0});
    ++chunks[place->second].count;
    at += length;
  }
  return chunks;
}

// The same cut where a character is no token: its bytes are not merged.
std::vector<Chunk> cut_at_bytes(const std::vector<Chunk>& chunks) {
  std::vector<Chunk> pieces;
  for (const Chunk& chunk : chunks) {
    pieces.push_back({{}, chunk.count});
    for (const Id id : chunk.ids) {
      const bool is_byte = id >= 0x80 && id < 256;
      if (is_byte && !pieces.back().ids.empty()) pieces.push_back({{}, chunk.count});
      if (!is_byte) pieces.back().ids.push_back(id);
    }
  }
  return pieces;
}

}  // namespace

Trained train(std::string_view text, const Plan& plan) {
  const int64_t room = plan.size - 256 - std::ssize(plan.specials);
  if (room < 0)
    throw ValueError(fmt::format("a vocabulary of {}: 256 bytes and {} special tokens are more", plan.size,
                                 plan.specials.size()));
  Parts parts;
  parts.pattern = plan.pattern;
  if (plan.by_code_points) parts.characters = frequent_characters(text, room);
  std::vector<Chunk> chunks = chunks_of(text, Tokenizer(parts));
  if (plan.by_code_points) chunks = cut_at_bytes(chunks);
  std::vector<Learned> log = learn(chunks, parts.first_merge(), room - std::ssize(parts.characters));
  for (const Learned& learned : log) parts.merges.push_back(learned.merge);
  Id next = parts.first_merge() + static_cast<Id>(parts.merges.size());
  for (const std::string& name : plan.specials) parts.specials.push_back({name, next++});
  return {Tokenizer(std::move(parts)), std::move(log)};
}

}  // namespace lt::apps::tokenizer
