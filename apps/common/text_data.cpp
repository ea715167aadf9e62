#include <libtensor/apps/common/text_data.h>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>

#include <libtensor/apps/common/memory.h>
#include <libtensor/apps/common/python_random.h>
#include <libtensor/apps/common/sha256.h>
#include <libtensor/apps/common/utf8.h>
#include <libtensor/tensor/error.h>
#include <libtensor/tensor/ops.h>

// A file is read whole, cut into lines, and each line checked byte by byte: every error names the file and
// the line. All of it takes time in proportion to the bytes, so one line of ten megabytes is as quick as a
// million short ones; what is endless ends at 64 MiB.

namespace lt::apps {

extern const unsigned char kNamesTxt[];
extern const unsigned long kNamesTxtSize;
extern const unsigned char kPlayTxt[];
extern const unsigned long kPlayTxtSize;

namespace {

constexpr size_t kMostBytes = size_t{64} << 20;

void check_line(std::string_view line, const std::string& source, int64_t number, std::string_view also) {
  for (size_t at = 0; at < line.size(); at += character_at(line, at).size()) {
    const int64_t code = code_point(line.substr(at));
    if (is_printable(code) || also.find(line[at]) != std::string::npos) continue;
    const size_t bytes = code < 0 ? 1 : character_at(line, at).size();
    throw IoError(fmt::format("{}:{}: byte {} of the line, {}, is not printable UTF-8", source, number,
                              at + 1, spelled_out(line.substr(at, bytes))));
  }
}

std::string_view stripped(std::string_view line) {
  constexpr std::string_view kSpace = " \t\r";
  const size_t first = line.find_first_not_of(kSpace);
  if (first == std::string::npos) return {};
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

// Where the lecture's files may lie: what the environment says, or the working folder's and the source
// tree's.
std::vector<std::string> lecture_folders() {
  if (const char* folder = std::getenv("LIBTENSOR_DATA_DIR")) return {folder};
  return {"data/lecture", LIBTENSOR_SOURCE_DIR "/data/lecture"};
}

// The file in `out`, if it is the lecture's to the byte. One that is not is none: the lecture has no other.
bool take_lecture(const std::string& name, const char* lecture_sha256, std::string& bytes, DataSource& out) {
  for (const std::string& folder : lecture_folders()) {
    const std::string path = fmt::format("{}/{}", folder, name);
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) continue;
    try {
      bytes = read_file(path);
    } catch (const IoError&) {
      continue;
    }
    if (sha256(bytes) != lecture_sha256) continue;
    out = {.source = path, .sha256 = lecture_sha256, .is_lecture = true, .is_embedded = false};
    return true;
  }
  return false;
}

}  // namespace

std::string_view embedded_names() { return {reinterpret_cast<const char*>(kNamesTxt), kNamesTxtSize}; }
std::string_view embedded_text() { return {reinterpret_cast<const char*>(kPlayTxt), kPlayTxtSize}; }

std::string read_file(const std::string& path) {
  if (std::filesystem::is_directory(path)) throw IoError(fmt::format("{}: is a folder, not a file", path));
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) throw IoError(fmt::format("{}: cannot read: {}", path, std::strerror(errno)));
  std::string bytes;
  std::vector<char> buffer(1 << 16);
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    bytes.append(buffer.data(), count);
    if (bytes.size() > kMostBytes) {
      throw IoError(fmt::format("{}:{}: goes on after {} bytes, the most that is read", path,
                                1 + std::count(bytes.begin(), bytes.begin() + kMostBytes, '\n'), kMostBytes));
    }
    if (std::memchr(buffer.data(), 0, count) != nullptr)
      break;  // binary: refused below, however long it goes on
  }
  if (std::ferror(file.get())) throw IoError(fmt::format("{}: cannot read: {}", path, std::strerror(errno)));
  if (bytes.empty()) throw IoError(fmt::format("{}: the file is empty", path));
  return bytes;
}

Words load_words(const std::string& path, const WordRange& range) {
  Words out;
  std::string bytes;
  if (path == kEmbedded || (path.empty() && !take_lecture("names.txt", kLectureNamesSha256, bytes, out))) {
    bytes = embedded_names();
    out.source = "the embedded names";
    out.is_embedded = true;
  } else if (!path.empty()) {
    bytes = read_file(path);
    out.source = path;
  }
  out.sha256 = sha256(bytes);
  out.is_lecture = out.sha256 == kLectureNamesSha256;
  int64_t number = 0;
  // cell: words
  for (const std::string_view line : lines_of(bytes)) {
    ++number;
    const std::string_view word = stripped(line);
    check_line(word, out.source, number, "");
    if (word.find('.') != std::string::npos) {
      throw IoError(
          fmt::format("{}:{}: '.' inside a word: it marks a word's start and end", out.source, number));
    }
    if (!word.empty()) out.words.emplace_back(word);
  }
  // end
  if (out.words.empty())
    throw IoError(fmt::format("{}: no usable line: all {} are blank", out.source, number));
  const Vocabulary vocabulary = Vocabulary::of_words(out.words);
  for (int64_t id = 1; id < vocabulary.size(); ++id) out.alphabet += vocabulary.symbol(id);
  out.count_in_file = std::ssize(out.words);
  out.words = take(out.words, range, out.source);
  return out;
}

std::string description(const Words& data) {
  const std::string file = data.is_lecture ? "the lecture's names.txt"
                           : data.is_embedded
                               ? "the embedded names (a later release; ./run data fetches the lecture's)"
                               : data.source;
  const int64_t count = std::ssize(data.words);
  const std::string part = count == data.count_in_file ? "" : fmt::format("{} of ", count);
  return fmt::format("{}, {}{} {}", file, part, data.count_in_file,
                     data.count_in_file == 1 ? "name" : "names");
}

Text load_text(const std::string& path, const WordRange& range) {
  Text out;
  std::string bytes;
  if (path == kEmbedded ||
      (path.empty() && !take_lecture("tinyshakespeare.txt", kLectureShakespeareSha256, bytes, out))) {
    bytes = embedded_text();
    out.source = "the embedded play";
    out.is_embedded = true;
  } else if (!path.empty()) {
    bytes = read_file(path);
    out.source = path;
  }
  out.sha256 = sha256(bytes);
  out.is_lecture = out.sha256 == kLectureShakespeareSha256;
  const std::vector<std::string_view> lines = lines_of(bytes);
  for (size_t i = 0; i < lines.size(); ++i)
    check_line(lines[i], out.source, static_cast<int64_t>(i) + 1, "\t\r");
  for (std::string_view line : take(lines, range, out.source)) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    out.text.append(line).append("\n");
  }
  if (!bytes.ends_with('\n') && range.last >= static_cast<int64_t>(lines.size())) out.text.pop_back();
  return out;
}

std::string description(const Text& data) {
  const std::string file = data.is_lecture ? "the lecture's tinyshakespeare.txt"
                           : data.is_embedded
                               ? "the embedded play, As You Like It (./run data fetches the lecture's text)"
                               : data.source;
  return fmt::format("{}, {} characters", file, length(data.text));
}

Examples windows(const std::vector<std::string>& words, const Vocabulary& vocabulary, int64_t block) {
  int64_t count = std::ssize(words);
  for (const std::string& word : words) count += length(word);
  // A list grows by doubling, and becomes a tensor.
  constexpr double kOfNumber = 3 * sizeof(int64_t);
  require_memory("the data and --block",
                 kOfNumber * static_cast<double>(count) * (static_cast<double>(block) + 1));
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
