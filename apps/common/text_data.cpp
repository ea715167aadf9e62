#include <libtensor/apps/common/text_data.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <libtensor/apps/common/memory.h>
#include <libtensor/apps/common/python_random.h>
#include <libtensor/apps/common/sha256.h>
#include <libtensor/apps/common/utf8.h>
#include <libtensor/tensor/error.h>
#include <libtensor/tensor/file.h>
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

std::string_view text_of(const unsigned char* bytes, unsigned long size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

// What a lecture's text is known by, and the one that stands for it.
struct LectureText {
  const char* file;
  const char* sha256;
  std::string_view embedded;
  const char* embedded_name;
  const char* remark;
};
const LectureText kNames{"names.txt", "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d",
                         text_of(kNamesTxt, kNamesTxtSize), "the embedded names",
                         " (a later release; ./run data fetches the lecture's)"};
const LectureText kPlay{"tinyshakespeare.txt",
                        "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
                        text_of(kPlayTxt, kPlayTxtSize), "the embedded play",
                        ", As You Like It (./run data fetches the lecture's text)"};

void check_line(std::string_view line, const std::string& source, int64_t number, std::string_view also) {
  for (size_t at = 0; at < line.size(); at += character_at(line, at).size()) {
    const int64_t code = code_point(line.substr(at));
    if (is_printable(code) || also.find(line[at]) != std::string::npos) continue;
    const std::string_view character = line.substr(at, code < 0 ? 1 : character_at(line, at).size());
    throw IoError(fmt::format("{}:{}: byte {} of the line, {}, is not printable UTF-8", source, number,
                              at + 1, character == "\t" ? "\\t" : printable(character)));
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

std::string read_limited(const std::string& path) {
  std::string bytes = read_file(path);
  if (bytes.empty()) throw IoError(fmt::format("{}: the file is empty", path));
  if (bytes.size() <= kMostBytes) return bytes;
  throw IoError(fmt::format("{}: {} bytes, and at most {} are read", path, bytes.size(), kMostBytes));
}

// A file of the lecture's name that is not the lecture's to the byte is none: the lecture has no other.
std::string read_data(const std::string& path, const LectureText& lecture, DataSource& out) {
  std::string bytes;
  for (const std::string& folder : path.empty() ? lecture_folders() : std::vector<std::string>{}) {
    out.source = fmt::format("{}/{}", folder, lecture.file);
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(out.source, ignored)) continue;
    try {
      bytes = read_limited(out.source);
    } catch (const IoError&) {
      continue;
    }
    if (sha256(bytes) == lecture.sha256) break;
    bytes.clear();
  }
  if (bytes.empty()) {
    const bool is_embedded = path.empty() || path == kEmbedded;
    out.source = is_embedded ? lecture.embedded_name : path;
    bytes = is_embedded ? lecture.embedded : read_limited(path);
  }
  out.sha256 = sha256(bytes);
  out.kind = out.sha256 == lecture.sha256 ? DataKind::lecture
             : bytes == lecture.embedded  ? DataKind::embedded
                                          : DataKind::other;
  out.description = out.kind == DataKind::lecture ? fmt::format("the lecture's {}", lecture.file)
                    : out.kind == DataKind::embedded
                        ? fmt::format("{}{}", lecture.embedded_name, lecture.remark)
                        : out.source;
  return bytes;
}

}  // namespace

Words load_words(const std::string& path, const WordRange& range) {
  Words out;
  const std::string bytes = read_data(path, kNames, out);
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
  const size_t all = out.words.size();
  out.words = take(out.words, range, out.source);
  const std::string part = out.words.size() == all ? "" : fmt::format("{} of ", out.words.size());
  out.description += fmt::format(", {}{} {}", part, all, all == 1 ? "name" : "names");
  return out;
}

Text load_text(const std::string& path, const WordRange& range) {
  Text out;
  const std::string bytes = read_data(path, kPlay, out);
  const std::vector<std::string_view> lines = lines_of(bytes);
  for (size_t i = 0; i < lines.size(); ++i)
    check_line(lines[i], out.source, static_cast<int64_t>(i) + 1, "\t\r");
  for (std::string_view line : take(lines, range, out.source)) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    out.text.append(line).append("\n");
  }
  if (!bytes.ends_with('\n') && range.last >= static_cast<int64_t>(lines.size())) out.text.pop_back();
  out.description += fmt::format(", {} characters", length(out.text));
  return out;
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
