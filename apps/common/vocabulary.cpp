#include <libtensor/apps/common/vocabulary.h>

#include <fmt/format.h>

#include <libtensor/apps/common/text_data.h>
#include <libtensor/apps/common/utf8.h>
#include <libtensor/tensor/error.h>

// A map from symbols to numbers, and a list back.

namespace lt::apps {
namespace {

using Ids = std::map<std::string, int64_t, std::less<>>;

// UTF-8 sorts as its code points do, so a map of texts is in code order.
void add_symbols(std::string_view text, Ids& ids) {
  for (size_t at = 0; at < text.size(); at += character_at(text, at).size()) {
    const std::string_view symbol = character_at(text, at);
    if (ids.find(symbol) == ids.end()) ids.emplace(symbol, 0);
  }
}

}  // namespace

Vocabulary::Vocabulary(Ids ids, bool has_mark) : ids_(std::move(ids)) {
  // cell: ids
  if (has_mark) symbols_.emplace_back(".");  // 0
  for (auto& [symbol, id] : ids_) {          // in the alphabet's order
    if (has_mark && symbol == ".") continue;
    id = size();
    symbols_.push_back(symbol);
  }
  // end
}

Vocabulary Vocabulary::of(const Words& data) { return of_words({data.alphabet}); }

Vocabulary Vocabulary::of_words(const std::vector<std::string>& words) {
  Ids ids{{".", 0}};
  for (const std::string& word : words) add_symbols(word, ids);
  return Vocabulary(std::move(ids), true);
}

Vocabulary Vocabulary::of_text(std::string_view text) {
  Ids ids;
  add_symbols(text, ids);
  return Vocabulary(std::move(ids), false);
}

std::vector<int64_t> Vocabulary::encode(std::string_view text) const {
  std::vector<int64_t> out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size(); at += character_at(text, at).size()) {
    const auto found = ids_.find(character_at(text, at));
    if (found == ids_.end()) {
      throw IndexError(fmt::format("'{}': the character '{}' does not occur in the data", brief(text, 40),
                                   character_at(text, at)));
    }
    out.push_back(found->second);
  }
  return out;
}

std::string Vocabulary::decode(const std::vector<int64_t>& ids) const {
  std::string out;
  for (const int64_t id : ids) out += symbol(id);
  return out;
}

}  // namespace lt::apps
