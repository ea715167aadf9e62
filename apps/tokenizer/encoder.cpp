#include <libtensor/apps/tokenizer/encoder.h>

#include <fmt/format.h>

#include <algorithm>

#include <libtensor/tensor/error.h>

// A text is cut at special tokens, then into chunks; each chunk is merged by itself, and remembered, for most
// chunks come again.

namespace lt::apps::tokenizer {

Encoder::Encoder(const Tokenizer& tokenizer, const AllowedSpecial& allowed)
    : tokenizer_(tokenizer), raises_(allowed.mode == AllowedSpecial::Mode::none_raise) {
  const std::vector<Special>& specials = tokenizer.parts().specials;
  for (const std::string& name : allowed.names) {
    if (std::ranges::none_of(specials, [&](const Special& special) { return special.name == name; }))
      throw ValueError(fmt::format("'{}' is no special token of this tokenizer", name));
  }
  for (const Special& special : specials) {
    const bool is_named = std::ranges::count(allowed.names, special.name) > 0;
    const bool is_some = allowed.mode == AllowedSpecial::Mode::some;
    if (allowed.mode == AllowedSpecial::Mode::none || (is_some && !is_named)) continue;
    looked_for_.push_back(special);
    longest_ = std::max(longest_, special.name.size());
  }
}

void Encoder::push(std::string_view bytes, Ids& ids) {
  pending_ += bytes;
  if (pending_.size() >= wait_for_) drain(false, ids);
}

void Encoder::finish(Ids& ids) { drain(true, ids); }

Encoder::Found Encoder::next_special(size_t from) const {
  Found first{std::string::npos, nullptr};
  for (const Special& special : looked_for_) {
    const size_t at = std::string_view(pending_)
                          .substr(0, first.special ? first.at + special.name.size() - 1 : pending_.size())
                          .find(special.name, from);
    if (at < first.at) first = {at, &special};
  }
  return first;
}

void Encoder::drain(bool is_last, Ids& ids) {
  size_t at = 0;
  for (Found next{0, nullptr};;) {
    next = next_special(at);
    if (next.special != nullptr && raises_) {
      throw ValueError(
          fmt::format("byte {} of the text begins the special token {}, which is not allowed in it",
                      taken_ + next.at + 1, next.special->name));
    }
    // A name may have begun at the end.
    const size_t kept = is_last || longest_ == 0 ? 0 : std::min(longest_ - 1, pending_.size() - at);
    const size_t end = next.special != nullptr ? next.at : pending_.size() - kept;
    const std::string_view text = std::string_view(pending_).substr(0, end);
    while (at < end) {
      const size_t length = chunk_length(text, at, is_last || next.special != nullptr);
      if (length == 0) break;
      append(text.substr(at, length), ids);
      at += length;
    }
    if (next.special == nullptr) break;
    ids.push_back(next.special->id);
    at = next.at + next.special->name.size();
  }
  pending_.erase(0, at);
  taken_ += at;
  wait_for_ = 2 * pending_.size();
}

size_t Encoder::chunk_length(std::string_view text, size_t from, bool is_last) const {
  if (tokenizer_.pattern() != nullptr) return tokenizer_.pattern()->chunk_at(text, from, is_last);
  size_t end = from + 1;
  while (end < text.size() && tokenizer_.joins(text[end - 1], text[end])) ++end;
  return end < text.size() || is_last ? end - from : 0;
}

void Encoder::append(std::string_view chunk, Ids& ids) {
  constexpr size_t kLongest = 64, kMost = 1 << 16;
  const auto known = known_.find(chunk);
  if (known != known_.end()) {
    ids.insert(ids.end(), known->second.begin(), known->second.end());
    return;
  }
  const Ids made = tokenizer_.chunk_ids(chunk);
  ids.insert(ids.end(), made.begin(), made.end());
  if (chunk.size() <= kLongest && known_.size() < kMost) known_.emplace(chunk, made);
}

}  // namespace lt::apps::tokenizer
