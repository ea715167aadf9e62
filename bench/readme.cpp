// Which rows stand for what: a list of kinds, each a bench and a pattern of its works. A row belongs to the
// first kind that it fits, so a kind may say "the rest".

#include <libtensor/bench/readme.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <regex>
#include <stdexcept>

#include <libtensor/bench/report.h>

namespace lt::bench {
namespace {

struct Kind {
  const char* text;
  const char* bench;
  const char* works;  // a regular expression that the whole name matches
  bool both = false;  // on two threads as well
};

constexpr Kind kKinds[] = {
    {"matmul, 512³ to 2048³ and 1024×3072×768, plain and transposed", "matmul", "(512|1024|2048)t?,.*", true},
    {"matmul, 64³ to 256³", "matmul", "(64|128|256),\\1,\\1"},
    {"matmul, few rows or columns", "matmul", "[1-9],.*|\\d+,[1-9],.*"},
    {"matmul, the lectures' layers and their gradients", "matmul", ".*", true},
    {"softmax, rows of 27", "softmax", "softmax .*x27"},
    {"log_softmax, rows of 27", "softmax", "log_softmax .*x27"},
    {"cross_entropy forward and backward, rows of 27", "softmax", "cross_entropy .*x27"},
    {"softmax, rows of 1,024 and 50,257", "softmax", "softmax .*"},
    {"log_softmax, rows of 1,024 and 50,257", "softmax", "log_softmax .*"},
    {"cross_entropy forward and backward, rows of 1,024 and 50,257", "softmax", "cross_entropy .*"},
    {"exp, log, tanh of 6,400 numbers", "softmax", "(exp|log|tanh) .*"},
    {"exp, tanh of a million numbers", "elementwise", "(exp|log|tanh)\\(.*"},
    {"sums, maxima, variances of a million numbers", "elementwise", "(sum|mean|amax|var)\\(.*", true},
    {"a transposed operand, a million numbers", "elementwise", ".*t\\(\\)", true},
    {"elementwise with broadcasting, a million numbers", "elementwise", ".*", true},
    {"gather and scatter_add of rows", "gather", ".*"},
    {"training step, {}", "train_step", "lecture.*"},  // each a line of its own
    {"{}", "train_step", ".*"},
};

const Kind* kind_of(const Row& row) {
  const auto fits = [&row](const Kind& kind) {
    return row.bench == kind.bench && std::regex_match(row.work, std::regex(kind.works));
  };
  const Kind* kind = std::find_if(std::begin(kKinds), std::end(kKinds), fits);
  return kind != std::end(kKinds) && (row.threads == 1 || kind->both) ? kind : nullptr;
}

struct Line {
  std::string text;
  int threads;
  std::vector<Row> rows;
};

// The row with those peers alone that are libraries: not a loop that a bench has for comparison.
Row with_libraries(Row row) {
  std::erase_if(row.peers, [](const auto& peer) { return full_name(peer.first) == peer.first; });
  return row;
}

// In the order of kKinds, and of `rows` where a kind has several lines.
std::vector<Line> lines_of(const std::vector<Row>& rows) {
  std::vector<Line> lines;
  for (const Kind& kind : kKinds) {
    for (const Row& row : rows) {
      if (kind_of(row) != &kind) continue;
      const std::string text = fmt::format(fmt::runtime(kind.text), row.work);
      const auto same = [&](const Line& line) { return line.text == text && line.threads == row.threads; };
      auto line = std::find_if(lines.begin(), lines.end(), same);
      if (line == lines.end()) line = lines.insert(line, {text, row.threads, {}});
      line->rows.push_back(with_libraries(row));
    }
  }
  return lines;
}

// The geometric mean over the rows of `us(row)` against ours, with the least in brackets if `with_least`;
// rows for which `us` is 0 do not count.
template <typename Us>
std::string ratio(const std::vector<Row>& rows, Us us, bool with_least = false) {
  double logarithms = 0;
  double least = HUGE_VAL;
  int count = 0;
  for (const Row& row : rows) {
    const double value = us(row) / row.ours_us;
    if (!(value > 0)) continue;
    logarithms += std::log(value);
    least = std::min(least, value);
    ++count;
  }
  if (count == 0) return "-";
  const std::string mean = fmt::format("{:.2f}", std::exp(logarithms / count));
  return with_least && count > 1 ? fmt::format("{} ({:.2f})", mean, least) : mean;
}

double peer_us(const Row& row, const std::string& name) {
  for (const auto& [peer, us] : row.peers) {
    if (peer == name) return us;
  }
  return 0;
}

std::string markdown(const Line& line, const std::vector<std::string>& peers) {
  const size_t count = line.rows.size();
  std::string text =
      fmt::format("| {}{} | {} |", line.text, count > 1 ? fmt::format(" ({})", count) : "", line.threads);
  for (const auto& name : peers) {
    text += fmt::format(" {} |", ratio(line.rows, [&name](const Row& row) { return peer_us(row, name); }));
  }
  return text + fmt::format(" {} | {} |\n", ratio(line.rows, best_peer_us, true),
                            ratio(line.rows, [](const Row& row) { return row.limit_us; }));
}

constexpr std::string_view kBegin = "<!-- performance: begin -->\n";
constexpr std::string_view kEnd = "<!-- performance: end -->\n";

}  // namespace

std::string readme_table(const std::vector<Row>& rows) {
  const auto lines = lines_of(rows);
  if (lines.empty()) throw std::runtime_error("no row is of a kind that the README shows");
  std::vector<Row> shown;
  for (const Line& line : lines) shown.insert(shown.end(), line.rows.begin(), line.rows.end());
  const auto peers = peers_of(shown);
  std::string text = "| work | threads |";
  std::string rule = "| --- | ---: |";
  for (const auto& name : peers) {
    text += fmt::format(" {} |", full_name(name));
    rule += " ---: |";
  }
  text += " the fastest of them | of the limit |\n" + rule + " ---: | ---: |\n";
  for (const Line& line : lines) text += markdown(line, peers);
  const std::string machines = machines_of(shown), versions = versions_of(shown);
  if (!machines.empty())
    text += fmt::format("\nMeasured on {}{}{}.\n", machines, versions.empty() ? "" : ", with ", versions);
  return text;
}

std::string with_section(const std::string& text, const std::string& section) {
  const size_t begin = text.find(kBegin);
  const size_t end = text.find(kEnd);
  if (begin == std::string::npos || end == std::string::npos || end < begin || text.rfind(kBegin) != begin ||
      text.rfind(kEnd) != end) {
    throw std::runtime_error(fmt::format("should have one line {}, and below it one line {}",
                                         kBegin.substr(0, kBegin.size() - 1),
                                         kEnd.substr(0, kEnd.size() - 1)));
  }
  return text.substr(0, begin + kBegin.size()) + '\n' + section + '\n' + text.substr(end);
}

}  // namespace lt::bench
