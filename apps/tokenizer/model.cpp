#include <libtensor/apps/tokenizer/model.h>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include <libtensor/apps/common/utf8.h>
#include <libtensor/apps/tokenizer/encoder.h>
#include <libtensor/tensor/error.h>

namespace lt::apps::tokenizer {
namespace {

// A file of a few lines could ask for tokens of any length: each merge may double the last.
constexpr size_t kMostBytes = size_t{1} << 28;

bool is_byte_order(const std::array<Id, 256>& ids) {
  std::array<bool, 256> seen = {};
  for (const Id id : ids) {
    if (id < 0 || id > 255) return false;
    seen[static_cast<size_t>(id)] = true;
  }
  return std::ranges::all_of(seen, [](bool is) { return is; });
}

// How many bytes from the start could be those of one character, and whether they are a whole one (the
// Unicode standard, table 3-7).
std::pair<size_t, bool> start_of_character(std::string_view text) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0; };
  const int lead = byte(0);
  if (lead < 0x80) return {1, true};
  if (lead < 0xc2 || lead > 0xf4) return {1, false};
  const size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  const int low = lead == 0xe0   ? 0xa0
                  : lead == 0xf0 ? 0x90
                                 : 0x80,
            high = lead == 0xed   ? 0x9f
                   : lead == 0xf4 ? 0x8f
                                  : 0xbf;
  if (byte(1) < low || byte(1) > high) return {1, false};
  size_t at = 2;
  while (at < length && (byte(at) & 0xc0) == 0x80) ++at;
  return {at, at == length};
}

}  // namespace

Parts::Parts() { std::iota(byte_ids.begin(), byte_ids.end(), 0); }

Tokenizer::Tokenizer(Parts parts) : parts_(std::move(parts)), bytes_(256), joins_(256 * 256) {
  if (!is_byte_order(parts_.byte_ids))
    throw ValueError("tokenizer: the ids of bytes are not 0 to 255 in some order");
  for (size_t byte = 0; byte < 256; ++byte)
    bytes_[static_cast<size_t>(parts_.byte_ids[byte])] = std::string(1, static_cast<char>(byte));
  for (const std::string& character : parts_.characters) {
    if (!character_ids_.emplace(character, static_cast<Id>(bytes_.size())).second)
      throw ValueError(fmt::format("tokenizer: character '{}' has two ids", character));
    bytes_.push_back(character);
  }
  for (size_t byte = 0; !parts_.characters.empty() && byte < 256 * 256; ++byte)
    if ((byte & 0xc0) == 0x80) joins_[byte] = true;  // inside of a character
  for (size_t rank = 0; rank < parts_.merges.size(); ++rank) add_merge(rank);
  size_ = static_cast<Id>(bytes_.size());
  for (const Special& special : parts_.specials) add_special(special);
  if (!parts_.pattern.empty()) pattern_ = std::make_unique<Pattern>(parts_.pattern);
}

void Tokenizer::add_merge(size_t rank) {
  const auto [left, right] = parts_.merges[rank];
  const auto id = static_cast<Id>(bytes_.size());
  if (std::min(left, right) < 0 || std::max(left, right) >= id)
    throw ValueError(
        fmt::format("merge {} {} makes id {}: it takes two of the ids below that", left, right, id));
  if (ranks_.insert(left, right, static_cast<int32_t>(rank)) != static_cast<int32_t>(rank))
    throw ValueError(fmt::format("merge {} {} is made twice", left, right));
  const std::string &head = bytes(left), &tail = bytes(right);
  joins_[static_cast<unsigned char>(head.back()) * 256u + static_cast<unsigned char>(tail.front())] = true;
  if (head.size() + tail.size() > kMostBytes)
    throw ValueError(fmt::format("merge {} {} makes a token of more than {} bytes", left, right, kMostBytes));
  bytes_.push_back(head + tail);
}

void Tokenizer::add_special(const Special& special) {
  const auto refuse = [&](const char* why) {
    throw ValueError(fmt::format("special token '{}' {}: {}", special.name, special.id, why));
  };
  if (special.name.empty()) refuse("it has no name");
  if (special.id < static_cast<Id>(bytes_.size())) refuse("the id is another token's");
  for (const auto& [id, name] : special_names_) {
    if (id == special.id) refuse("the id is another token's");
    if (name == special.name) refuse("the name has an id already");
  }
  special_names_[special.id] = special.name;
  size_ = std::max(size_, special.id + 1);
}

const std::string& Tokenizer::bytes(Id id) const {
  if (id >= 0 && id < static_cast<Id>(bytes_.size())) return bytes_[static_cast<size_t>(id)];
  const auto special = special_names_.find(id);
  if (special == special_names_.end())
    throw IndexError(
        fmt::format("id {} is no token: the vocabulary has {}", id, bytes_.size() + special_names_.size()));
  return special->second;
}

std::string Tokenizer::bytes(const Ids& ids) const {
  std::string all;
  for (const Id id : ids) all += bytes(id);
  return all;
}

std::string Tokenizer::decode(const Ids& ids) const { return repaired(bytes(ids)); }

Ids Tokenizer::encode(std::string_view text) const {
  Encoder encoder(*this, {.mode = AllowedSpecial::Mode::none});
  Ids ids;
  encoder.push(text, ids);
  encoder.finish(ids);
  return ids;
}

Ids Tokenizer::base_ids(std::string_view chunk) const {
  Ids ids;
  ids.reserve(chunk.size());
  while (!chunk.empty()) {
    const size_t length =
        parts_.characters.empty() || code_point(chunk) < 0x80 ? 1 : character_at(chunk, 0).size();
    const auto found = length == 1 ? character_ids_.end() : character_ids_.find(chunk.substr(0, length));
    if (found != character_ids_.end()) ids.push_back(found->second);
    for (size_t i = 0; i < length && found == character_ids_.end(); ++i)
      ids.push_back(parts_.byte_ids[static_cast<unsigned char>(chunk[i])]);
    chunk.remove_prefix(length);
  }
  return ids;
}

Ids Tokenizer::chunk_ids(std::string_view chunk) const {
  Ids ids = base_ids(chunk);
  merge_all(ranks_, parts_.first_merge(), ids);
  return ids;
}

std::string repaired(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const auto [length, is_whole] = start_of_character(bytes);
    text += is_whole ? bytes.substr(0, length) : "\uFFFD";
    bytes.remove_prefix(length);
  }
  return text;
}

}  // namespace lt::apps::tokenizer
