// Joins the rows of several runs, each a file written by a bench's --json, and prints one table.
//   bench_report FILE... [--json FILE] [--readme FILE]

#include <fmt/format.h>

#include <stdexcept>
#include <string_view>

#include <libtensor/bench/readme.h>
#include <libtensor/bench/report.h>
#include <libtensor/bench/rows.h>
#include <libtensor/tensor/file.h>

namespace lt::bench {
namespace {

constexpr const char* kUsage =
    "usage: bench_report FILE... [flags]     join the rows that benches wrote with --json, print them as a "
    "table\n"
    "  --json FILE      write the joined rows to FILE too\n"
    "  --readme FILE    no table: put the rows' ratios between FILE's lines \"<!-- performance: begin -->\" "
    "and\n"
    "                   \"<!-- performance: end -->\"\n";

struct Arguments {
  std::vector<std::string> files;
  std::string json, readme;
};

void update_readme(const std::string& path, const std::vector<Row>& rows) {
  const std::string old = read_file(path);
  const std::string section = readme_table(rows);
  std::string text;
  try {
    text = with_section(old, section);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(fmt::format("{}: {}", path, error.what()));
  }
  write_file_atomically(path, text);
}

void report(const Arguments& arguments) {
  std::vector<Row> rows;
  for (const auto& file : arguments.files) {
    const auto more = read_rows(file);
    rows.insert(rows.end(), more.begin(), more.end());
  }
  if (rows.empty()) throw std::runtime_error("no rows: no work fits --filter and --threads");
  if (!arguments.json.empty()) write_rows(arguments.json, rows);
  if (arguments.readme.empty()) {
    fmt::print("{}", table(rows));
  } else {
    update_readme(arguments.readme, rows);
  }
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
    if ((argument == "--json" || argument == "--readme") && i + 1 < argc) {
      (argument == "--json" ? arguments.json : arguments.readme) = argv[++i];
    } else if (argument.starts_with('-')) {
      understood = false;
    } else {
      arguments.files.emplace_back(argument);
    }
  }
  if (!understood || arguments.files.empty()) {
    fmt::print(stderr, "{}", kUsage);
    return 2;
  }
  try {
    report(arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace lt::bench

int main(int argc, char** argv) { return lt::bench::run(argc, argv); }
