#include <libtensor/apps/tokenizer/model_files.h>

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include <libtensor/apps/common/text_data.h>
#include <libtensor/apps/common/utf8.h>
#include <libtensor/tensor/error.h>
#include <libtensor/tensor/file.h>

namespace lt::apps::tokenizer {
namespace {

constexpr std::string_view kVersion = "libtensor bpe v1", kMinbpe = "minbpe v1";

// A file's lines, and where one is in it.
class Lines {
 public:
  explicit Lines(std::string file) : file_(std::move(file)), text_(read_file(file_)) {}

  bool at_end() const { return at_ >= text_.size(); }
  // The next line; the file must have one, and it must be whole.
  std::string_view next(std::string_view expected) {
    ++number_;
    if (at_end()) fail(expected, "the end of the file");
    const size_t end = text_.find('\n', at_);
    line_ = std::string_view(text_).substr(at_, end == std::string::npos ? end : end - at_);
    if (end == std::string::npos) fail(expected, fmt::format("'{}' and no line's end", brief(line_, 60)));
    at_ = end + 1;
    if (line_.ends_with('\r')) line_.remove_suffix(1);
    return line_;
  }
  // The next line, numbers with one space between.
  template <size_t N>
  std::array<Id, N> numbers(std::string_view expected) {
    std::array<Id, N> all = {};
    std::string_view rest = next(expected);
    for (size_t i = 0; i < N; ++i) {
      if (i > 0 && !rest.starts_with(' ')) fail(expected);
      if (i > 0) rest.remove_prefix(1);
      rest = number(rest, all[i], expected);
    }
    if (!rest.empty()) fail(expected);
    return all;
  }
  std::string_view number(std::string_view text, Id& value, std::string_view expected) const {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || value < 0) fail(expected);
    return text.substr(static_cast<size_t>(end - text.data()));
  }
  [[noreturn]] void fail(std::string_view expected) const {
    fail(expected, fmt::format("'{}'", brief(printable(line_), 60)));
  }
  [[noreturn]] void fail(std::string_view expected, std::string_view found) const {
    throw IoError(fmt::format("{}:{}: expected {}, found {}", file_, number_, expected, found));
  }

 private:
  std::string file_, text_;
  std::string_view line_;
  size_t at_ = 0;
  int64_t number_ = 0;
};

void read_specials(Lines& lines, Parts& parts) {
  const auto [count] = lines.numbers<1>("how many special tokens there are");
  for (Id i = 0; i < count; ++i) {
    constexpr std::string_view kExpected = "a special token's name, a space and its id";
    const std::string_view line = lines.next(kExpected);
    const size_t space = line.rfind(' ');
    Special special;
    if (space == std::string::npos || !lines.number(line.substr(space + 1), special.id, kExpected).empty())
      lines.fail(kExpected);
    special.name = line.substr(0, space);
    parts.specials.push_back(special);
  }
}

// The characters of GPT-2's files that stand for bytes: printable ones for themselves, the others by U+0100
// and on.
std::map<std::string, Id, std::less<>> byte_characters() {
  std::map<std::string, Id, std::less<>> bytes;
  int next = 0x100;
  for (int byte = 0; byte < 256; ++byte) {
    const bool is_itself = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte != 0xad);
    const int code = is_itself ? byte : next++;
    const char two[] = {static_cast<char>(0xc0 | code >> 6), static_cast<char>(0x80 | (code & 0x3f))};
    bytes[code < 0x80 ? std::string(1, static_cast<char>(code)) : std::string(two, 2)] = byte;
  }
  return bytes;
}

}  // namespace

Tokenizer load_model(const std::string& file) {
  Lines lines(file);
  const std::string expected = fmt::format("'{}' or '{}'", kVersion, kMinbpe);
  const std::string_view version = lines.next(expected);
  if (version != kVersion && version != kMinbpe) lines.fail(expected);
  const bool is_ours = version == kVersion;
  Parts parts;
  parts.pattern = lines.next("the pattern");
  try {
    if (!parts.pattern.empty()) Pattern{parts.pattern};
  } catch (const ValueError& error) {
    lines.fail("a regular expression", error.what());
  }
  read_specials(lines, parts);
  const Id characters = is_ours ? lines.numbers<1>("how many characters there are")[0] : 0;
  for (Id i = 0; i < characters; ++i) {
    const std::string_view character = lines.next("a character beyond ASCII");
    if (character.empty() || code_point(character) < 0x80 || character_at(character, 0) != character)
      lines.fail("a character beyond ASCII");
    parts.characters.emplace_back(character);
  }
  const std::optional<Id> merges =
      is_ours ? std::optional(lines.numbers<1>("how many merges there are")[0]) : std::nullopt;
  for (Id i = 0; merges ? i < *merges : !lines.at_end(); ++i) {
    const std::string wanted =
        fmt::format("the two ids, below {}, of the merge that makes it", parts.first_merge() + i);
    const auto [left, right] = lines.numbers<2>(wanted);
    if (std::max(left, right) >= parts.first_merge() + i) lines.fail(wanted);
    parts.merges.push_back({left, right});
  }
  if (!lines.at_end()) {
    lines.next("the end of the file");
    lines.fail("the end of the file");
  }
  try {
    return Tokenizer(std::move(parts));
  } catch (const ValueError& error) {
    throw IoError(fmt::format("{}: {}", file, error.what()));
  }
}

std::string model_text(const Tokenizer& tokenizer) {
  const Parts& parts = tokenizer.parts();
  if (parts.byte_ids != Parts().byte_ids)
    throw ValueError("tokenizer: a model file has no place for an order of bytes");
  std::string text = fmt::format("{}\n{}\n{}\n", kVersion, parts.pattern, parts.specials.size());
  for (const auto& [name, id] : parts.specials) {
    if (name.find('\n') != std::string::npos)
      throw ValueError("tokenizer: a model file has no place for a special token of two lines");
    text += fmt::format("{} {}\n", name, id);
  }
  text += fmt::format("{}\n", parts.characters.size());
  for (const std::string& character : parts.characters) text += character + "\n";
  text += fmt::format("{}\n", parts.merges.size());
  for (const auto& [left, right] : parts.merges) text += fmt::format("{} {}\n", left, right);
  return text;
}

Tokenizer load_gpt2(const std::string& vocab_json, const std::string& merges_txt) {
  const auto parsed = nlohmann::json::parse(read_file(vocab_json), nullptr, false);
  if (!parsed.is_object())
    throw IoError(fmt::format("{}: expected a JSON object of tokens and ids", vocab_json));
  const auto id_of = [&](const std::string& token, Id expected) {
    const auto found = parsed.find(token);
    const bool is_id = found != parsed.end() && found->is_number_integer();
    const Id id = is_id ? found->get<Id>() : -1;
    if (!is_id || (expected >= 0 && id != expected))
      throw IoError(fmt::format("{}: '{}': expected {}, found {}", vocab_json, token,
                                expected < 0 ? "an id" : fmt::format("the id {}", expected),
                                found == parsed.end() ? "none" : found->dump()));
    return id;
  };
  Parts parts;
  parts.pattern = kGpt2Pattern;
  for (const auto& [character, byte] : byte_characters())
    parts.byte_ids[static_cast<size_t>(byte)] = id_of(character, -1);
  Lines lines(merges_txt);
  while (!lines.at_end()) {
    constexpr std::string_view kExpected = "two tokens with a space between";
    const std::string_view line = lines.next(kExpected);
    if (line.empty() || (parts.merges.empty() && line.starts_with("#version"))) continue;
    const size_t space = line.find(' ');
    if (space == std::string::npos) lines.fail(kExpected);
    const std::string left(line.substr(0, space)), right(line.substr(space + 1));
    id_of(left + right, parts.first_merge() + static_cast<Id>(parts.merges.size()));
    parts.merges.push_back({id_of(left, -1), id_of(right, -1)});
  }
  const size_t tokens = 256 + parts.merges.size();
  for (const auto& [token, id] : parsed.items()) {
    if (id.is_number_integer() && id.get<int64_t>() >= static_cast<int64_t>(tokens))
      parts.specials.push_back({token, id.get<Id>()});
  }
  if (parsed.size() != tokens + parts.specials.size())
    throw IoError(fmt::format("{}: expected {} tokens, for {} bytes and {} merges of {}, found {}",
                              vocab_json, tokens, 256, parts.merges.size(), merges_txt,
                              parsed.size() - parts.specials.size()));
  try {
    return Tokenizer(std::move(parts));
  } catch (const ValueError& error) {
    throw IoError(fmt::format("{}: {}", vocab_json, error.what()));
  }
}

std::string rendered(std::string_view bytes) {
  std::string text;
  const std::string whole = repaired(bytes);
  for (size_t at = 0; at < whole.size(); at += character_at(whole, at).size()) {
    const std::string_view character = character_at(whole, at);
    const int64_t code = code_point(character);
    text += is_printable(code) ? std::string(character) : fmt::format("\\u{:04x}", code);
  }
  return text;
}

std::string listing(const Tokenizer& tokenizer) {
  const Parts& parts = tokenizer.parts();
  const Id first = parts.first_merge();
  const auto token = [&](Id id) { return fmt::format("[{}]", rendered(tokenizer.bytes(id))); };
  std::string text;
  for (Id id = 0; id < first + std::ssize(parts.merges); ++id) {
    const Merge* merge = id < first ? nullptr : &parts.merges[static_cast<size_t>(id - first)];
    if (merge != nullptr) text += fmt::format("{}{} -> ", token(merge->left), token(merge->right));
    text += fmt::format("{} {}\n", token(id), id);
  }
  for (const auto& [name, id] : parts.specials) text += fmt::format("{} {}\n", token(id), id);
  return text;
}

}  // namespace lt::apps::tokenizer
