#include <libtensor/bench/options.h>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string_view>

#include <libtensor/bench/rows.h>

namespace lt::bench {
namespace {

[[noreturn]] void usage(const char* program, std::FILE* to, int status) {
  fmt::print(to,
             "usage: {} [flags]\n"
             "  --quick        shorter, with medians of fewer turns\n"
             "  --threads N    on N threads (default: on 1, then on 2)\n"
             "  --filter TEXT  only works whose name contains TEXT\n"
             "  --idle         only times around which no other hardware thread shared the cores; others\n"
             "                 are taken again for up to a minute (train_step, micrograd: all times)\n"
             "  --json FILE    write the rows of the table to FILE too\n",
             std::filesystem::path(program).filename().string());
  std::exit(status);
}

// A number of threads, or 0.
int read_threads(std::string_view text) {
  int count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  return error == std::errc() && end == text.data() + text.size() ? std::max(count, 0) : 0;
}

}  // namespace

bool Options::wants_threads(int count) const {
  return std::find(threads.begin(), threads.end(), count) != threads.end();
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    const bool has_value = i + 1 < argc;
    if (flag == "--help" || flag == "-h") {
      usage(argv[0], stdout, 0);
    } else if (flag == "--quick") {
      options.quick = true;
    } else if (flag == "--idle") {
      options.idle = true;
    } else if (flag == "--json" && has_value) {
      options.json = argv[++i];
    } else if (flag == "--filter" && has_value) {
      options.filter = argv[++i];
    } else if (flag == "--threads" && has_value && read_threads(argv[i + 1]) > 0) {
      options.threads = {read_threads(argv[++i])};
    } else {
      usage(argv[0], stderr, 2);
    }
  }
  if (options.json.empty()) return options;
  try {
    require_writable(options.json);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    std::exit(1);
  }
  return options;
}

}  // namespace lt::bench
