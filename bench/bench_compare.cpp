// Sets the rows of two commits against each other, as ./run bench --against measures them.
//   bench_compare FOLDER OURS THEIRS [--json FILE]
//   bench_compare FOLDER --works

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string_view>

#include <libtensor/bench/comparison.h>
#include <libtensor/bench/report.h>
#include <libtensor/bench/rows.h>

namespace lt::bench {
namespace {

constexpr const char* kUsage =
    "usage: bench_compare FOLDER OURS THEIRS [--json FILE]\n"
    "         one table of what FOLDER/ours/*.json and FOLDER/theirs/*.json have, files of rows that "
    "benches\n"
    "         wrote with --json, a file a turn, in the order of their names; OURS and THEIRS name the two\n"
    "         commits. --json writes its lines to FILE too, theirs as a peer's\n"
    "       bench_compare FOLDER --works\n"
    "         the works that both have: bench, threads, work, with tabs between\n";

std::vector<Row> rows_in(const std::filesystem::path& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<Row> rows;
  for (const auto& file : files) {
    const auto more = read_rows(file);
    rows.insert(rows.end(), more.begin(), more.end());
  }
  return rows;
}

struct Arguments {
  std::vector<std::string> words;  // FOLDER OURS THEIRS
  std::string json;
  bool works = false;

  bool fit() const { return words.size() == (works ? 1 : 3) && !(works && !json.empty()); }
};

void run(const Arguments& arguments) {
  const std::filesystem::path folder = arguments.words[0];
  const auto ours = rows_in(folder / "ours");
  const auto works = compare(ours, rows_in(folder / "theirs"));
  if (arguments.works) {
    for (const Comparison& work : works) {
      if (work.in_both()) fmt::print("{}\t{}\t{}\n", work.bench, work.threads, work.work);
    }
    return;
  }
  const std::string table = comparison_table(works);
  const std::string& theirs = arguments.words[2];
  if (!arguments.json.empty()) write_rows(arguments.json, comparison_rows(works, ours, theirs));
  fmt::print("ours: {}; theirs: {}\n{}\n\n", arguments.words[1], theirs, machines_of(ours));
  fmt::print(
      "Medians in microseconds. ratio: theirs / ours, above 1 ours is faster; least: the\n"
      "same of the least times; spread: half of what the middle half of the turns'\n"
      "ratios spans.\n\n{}",
      table);
}

int run(int argc, char** argv) {
  Arguments arguments;
  bool understood = true;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--help" || argument == "-h") {
      fmt::print("{}", kUsage);
      return 0;
    }
    if (argument == "--json" && i + 1 < argc) {
      arguments.json = argv[++i];
    } else if (argument == "--works") {
      arguments.works = true;
    } else if (argument.starts_with('-')) {
      understood = false;
    } else {
      arguments.words.emplace_back(argument);
    }
  }
  if (!understood || !arguments.fit()) {
    fmt::print(stderr, "{}", kUsage);
    return 2;
  }
  try {
    run(arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace lt::bench

int main(int argc, char** argv) { return lt::bench::run(argc, argv); }
