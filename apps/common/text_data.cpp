#include <libtensor/apps/common/text_data.h>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <set>

#include <libtensor/apps/common/python_random.h>
#include <libtensor/apps/common/sha256.h>
#include <libtensor/tensor/error.h>
#include <libtensor/tensor/ops.h>

// A file is read whole, cut into lines, and each line checked byte by byte: every error names the file and
// the line. All of it takes time in proportion to the bytes, so one line of ten megabytes is as quick as a
// million short ones.

namespace lt::apps {

extern const unsigned char kNamesTxt[];
extern const unsigned long kNamesTxt_size;

namespace {

constexpr const char* kEmbedded = "the embedded names";

// Bytes in the UTF-8 character that a byte leads; 0 where none may start.
size_t character_length(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte < 0x80) return 1;
  if (byte < 0xc2 || byte > 0xf4) return 0;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

// The code point that starts `text`, and -1 where the bytes are not UTF-8 (RFC 3629:
// shortest form, no surrogates).
int64_t code_point(std::string_view text) {
  const size_t length = character_length(text[0]);
  if (length == 0 || length > text.size()) return -1;
  if (length == 1) return text[0];
  int64_t code = static_cast<unsigned char>(text[0]) & (0x7f >> length);
  for (size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0) != 0x80) return -1;
    code = code << 6 | (byte & 0x3f);
  }
  const int64_t shortest = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
  const bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
  return code < shortest || code > 0x10ffff || is_surrogate ? -1 : code;
}

bool is_printable(int64_t code) { return code >= 0x20 && code != 0x7f && !(code >= 0x80 && code < 0xa0); }

void check_line(std::string_view line, const std::string& source, int64_t number, std::string_view also) {
  for (size_t at = 0; at < line.size();) {
    const int64_t code = also.find(line[at]) != also.npos ? ' ' : code_point(line.substr(at));
    if (!is_printable(code)) {
      throw IoError(fmt::format("{}:{}: byte {} of the line, 0x{:02x}, is not printable UTF-8", source,
                                number, at + 1, static_cast<unsigned char>(line[at])));
    }
    at += character_length(line[at]);
  }
}

std::string_view stripped(std::string_view line) {
  constexpr std::string_view kSpace = " \t\r";
  const size_t first = line.find_first_not_of(kSpace);
  if (first == line.npos) return {};
  return line.substr(first, line.find_last_not_of(kSpace) - first + 1);
}

// Lines without their ends; a byte order mark before the first is dropped.
std::vector<std::string_view> lines_of(std::string_view bytes) {
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  std::vector<std::string_view> lines;
  while (!bytes.empty()) {
    const size_t end = std::min(bytes.find('\n'), bytes.size());
    lines.push_back(bytes.substr(0, end));
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  return lines;
}

template <typename T>
std::vector<T> take(const std::vector<T>& lines, const WordRange& range, const std::string& source) {
  const auto count = static_cast<int64_t>(lines.size());
  if (range.first >= count) {
    throw IoError(fmt::format("{}: --words starts at line {}, but there are only {} lines", source,
                              range.first, count));
  }
  return {lines.begin() + range.first, lines.begin() + std::min(range.last, count)};
}

}  // namespace

std::string_view embedded_names() { return {reinterpret_cast<const char*>(kNamesTxt), kNamesTxt_size}; }

std::string read_file(const std::string& path) {
  if (std::filesystem::is_directory(path)) throw IoError(fmt::format("{}: is a folder, not a file", path));
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) throw IoError(fmt::format("{}: cannot read: {}", path, std::strerror(errno)));
  std::string bytes;
  std::vector<char> buffer(1 << 16);
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    bytes.append(buffer.data(), count);
    if (std::memchr(buffer.data(), 0, count) != nullptr)
      break;  // binary: refused below, however long it goes on
  }
  if (std::ferror(file.get())) throw IoError(fmt::format("{}: cannot read: {}", path, std::strerror(errno)));
  if (bytes.empty()) throw IoError(fmt::format("{}: the file is empty", path));
  return bytes;
}

Words load_words(const std::string& path, const WordRange& range) {
  const std::string bytes = path.empty() ? std::string(embedded_names()) : read_file(path);
  Words out{.source = path.empty() ? kEmbedded : path, .sha256 = sha256(bytes), .alphabet = {}, .words = {}};
  int64_t number = 0;
  for (const std::string_view line : lines_of(bytes)) {
    ++number;
    const std::string_view word = stripped(line);
    check_line(word, out.source, number, "");
    if (word.find('.') != word.npos) {
      throw IoError(
          fmt::format("{}:{}: '.' inside a word: it marks a word's start and end", out.source, number));
    }
    if (!word.empty()) out.words.emplace_back(word);
  }
  if (out.words.empty())
    throw IoError(fmt::format("{}: no usable line: all {} are blank", out.source, number));
  const Vocabulary vocabulary = Vocabulary::of_words(out.words);
  for (int64_t id = 1; id < vocabulary.size(); ++id) out.alphabet += vocabulary.symbol(id);
  out.words = take(out.words, range, out.source);
  return out;
}

Text load_text(const std::string& path, const WordRange& range) {
  const std::string bytes = read_file(path);
  Text out{.source = path, .sha256 = sha256(bytes), .text = {}};
  const std::vector<std::string_view> lines = lines_of(bytes);
  for (size_t i = 0; i < lines.size(); ++i) check_line(lines[i], path, static_cast<int64_t>(i) + 1, "\t\r");
  for (std::string_view line : take(lines, range, path)) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    out.text.append(line).append("\n");
  }
  if (!bytes.ends_with('\n') && range.last >= static_cast<int64_t>(lines.size())) out.text.pop_back();
  return out;
}

int64_t length(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

std::string brief(std::string_view text, int64_t characters) {
  size_t end = 0;
  while (end < text.size() && characters-- > 0) end += character_at(text, end).size();
  return end < text.size() ? std::string(text.substr(0, end)) + "..." : std::string(text);
}

std::string_view character_at(std::string_view text, size_t at) {
  return text.substr(at, std::max<size_t>(character_length(text[at]), 1));
}

Vocabulary::Vocabulary(std::map<std::string, int64_t, std::less<>> ids, bool has_mark)
    : ids_(std::move(ids)) {
  if (has_mark) symbols_.emplace_back(".");
  for (auto& [symbol, id] : ids_) {
    if (has_mark && symbol == ".") continue;
    id = size();
    symbols_.push_back(symbol);
  }
}

// UTF-8 sorts as its code points do, so a map of texts is in code order.
Vocabulary Vocabulary::of_words(const std::vector<std::string>& words) {
  std::map<std::string, int64_t, std::less<>> ids{{".", 0}};
  for (const std::string& word : words) {
    for (size_t at = 0; at < word.size(); at += character_at(word, at).size()) {
      const std::string_view symbol = character_at(word, at);
      if (ids.find(symbol) == ids.end()) ids.emplace(symbol, 0);
    }
  }
  return Vocabulary(std::move(ids), true);
}

Vocabulary Vocabulary::of_text(std::string_view text) {
  std::map<std::string, int64_t, std::less<>> ids;
  for (size_t at = 0; at < text.size(); at += character_at(text, at).size()) {
    const std::string_view symbol = character_at(text, at);
    if (ids.find(symbol) == ids.end()) ids.emplace(symbol, 0);
  }
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

Examples windows(const std::vector<std::string>& words, const Vocabulary& vocabulary, int64_t block) {
  // cell: windows
  std::vector<int64_t> x;
  std::vector<int64_t> y;
  for (const std::string& word : words) {
    std::vector<int64_t> context(static_cast<size_t>(block), 0);
    std::vector<int64_t> targets = vocabulary.encode(word);
    targets.push_back(0);
    for (const int64_t target : targets) {
      x.insert(x.end(), context.begin(), context.end());
      y.push_back(target);
      context.push_back(target);
      context.erase(context.begin());
    }
  }
  // end
  const auto count = static_cast<int64_t>(y.size());
  return {from_vector<int64_t>(x, {count, block}), from_vector<int64_t>(y, {count})};
}

Split split_words(std::vector<std::string> words) {
  PythonRandom random(42);
  random.shuffle(words);
  const auto first = words.begin();
  const auto at = [&](double part) {
    return first + static_cast<int64_t>(part * static_cast<double>(words.size()));
  };
  return {{first, at(0.8)}, {at(0.8), at(0.9)}, {at(0.9), words.end()}};
}

}  // namespace lt::apps
