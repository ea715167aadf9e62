#include <libtensor/apps/common/run.h>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <utility>

#include <libtensor/apps/common/stop.h>
#include <libtensor/tensor/error.h>
#include <libtensor/tensor/file.h>
#include <libtensor/tensor/parallel.h>

// Results are lines of three columns on the terminal and rows of one table in the report; the table is closed
// by whatever comes after it. Colours only where a person reads.

namespace lt::apps {
namespace {

// The folder and those above it that are not there, innermost first.
std::vector<std::filesystem::path> missing_folders(std::filesystem::path folder) {
  std::vector<std::filesystem::path> missing;
  std::error_code ignored;
  for (; !folder.empty() && symlink_status(folder, ignored).type() == std::filesystem::file_type::not_found;
       folder = folder.parent_path()) {
    missing.push_back(folder);
  }
  return missing;
}

void make_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw IoError(fmt::format("--out {}: cannot make the folder: {}", folder, error.message()));
}

}  // namespace

Run::Run(const Options& options)
    : options_(options),
      report_(options.app(), options.title()),
      is_terminal_(isatty(STDOUT_FILENO) != 0),
      start_(std::chrono::steady_clock::now()) {
  if (flags().threads > 0) set_num_threads(static_cast<int>(flags().threads));
}

Generator Run::generator(uint64_t seed) const {
  const Profile profile = flags().profile == "avx2" ? Profile::avx2 : Profile::scalar;
  const Sampling sampling = flags().sampling == "race"  ? Sampling::race
                            : flags().sampling == "mkl" ? Sampling::mkl
                                                        : Sampling::classic;
  return Generator(seed, profile, sampling);
}

Words Run::load_words(const char* lecture_sha256) {
  Words data = lt::apps::load_words(flags().data, flags().words);
  open(data.sha256, lecture_sha256, data.source);
  log_.write("data", {{"words", data.words.size()}, {"vocab", Vocabulary::of(data).size()}});
  return data;
}

Text Run::load_text(const char* lecture_sha256) {
  Text data = lt::apps::load_text(flags().data, flags().words);
  open(data.sha256, lecture_sha256, data.source);
  log_.write("data", {{"characters", data.text.size()}, {"vocab", Vocabulary::of_text(data.text).size()}});
  return data;
}

void Run::start() {
  if (given("--data") || given("--words")) lt::apps::load_words(flags().data, flags().words);
  open("", "", "");
}

void Run::open(const std::string& data_sha256, const char* lecture_sha256, const std::string& source) {
  const bool is_whole = flags().words.first == 0 && flags().words.last == WordRange::kEnd;
  is_lecture_data_ = is_whole && data_sha256 == lecture_sha256;
  if (flags().check && !is_lecture_data_) {
    throw AppError(
        fmt::format("--check needs --data with the lecture's own file (sha256 {}), but {} has sha256 {}",
                    lecture_sha256, source, data_sha256));
  }
  open_outputs();
  log_.write("config", options_.config());
}

// The folder comes first: --save may name a file in it.
void Run::open_outputs() {
  const std::vector<std::filesystem::path> made = missing_folders(flags().no_out ? "" : flags().out);
  try {
    if (!flags().no_out) make_folder(flags().out);
    for (const std::string& file : options_.files_to_write()) check_writable(file);
    if (flags().no_out) return;
    check_writable(path_of("report.html"));
    log_ = Log(path_of("log.jsonl"));
  } catch (const IoError&) {
    std::error_code ignored;
    for (const auto& folder : made) std::filesystem::remove(folder, ignored);
    throw;
  }
}

std::string Run::names_id(const Words& words) const {
  return fmt::format("{} from {}, {}", words.words.size(), flags().words.first, words.sha256.substr(0, 16));
}

std::string Run::path_of(const std::string& file) const {
  return flags().no_out ? "" : (std::filesystem::path(flags().out) / file).string();
}

void Run::heading(std::string_view text) {
  end_rows();
  report_.heading(text);
  const std::string plain = without_ticks(text);
  std::cout << (is_terminal_ ? fmt::format("\n\033[1m{}\033[0m\n", plain) : fmt::format("\n{}\n", plain));
}

void Run::say(std::string_view text) {
  end_rows();
  report_.prose(text);
  std::cout << wrapped(without_ticks(text)) << '\n';
}

void Run::print(std::string_view text) {
  end_rows();
  while (text.ends_with('\n')) text.remove_suffix(1);
  report_.output(text);
  std::cout << text << '\n';
}

void Run::table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows) {
  end_rows();
  report_.table(head, rows);
  std::cout << columns(head, rows);
}

void Run::row(const std::string& name, const std::string& ours, const std::string& lecture, bool ok) {
  const std::string mark = lecture.empty() || !is_lecture_data_ ? "" : ok ? "  =" : "  differs";
  if (!lecture.empty() && !is_lecture_data_ && !std::exchange(told_of_other_data_, true)) {
    say("These are not all of the lecture's own names, so figures differ from its; `--data names.txt` reads "
        "those.");
  }
  const bool has_header =
      std::any_of(rows_.begin(), rows_.end(), [](const auto& cells) { return !cells[2].empty(); });
  if (!has_header && !lecture.empty()) std::cout << result_line("", "ours", "lecture", "");
  rows_.push_back({name, ours, lecture, mark});
  std::cout << result_line(name, ours, lecture, mark);
}

void Run::end_rows() {
  if (!rows_.empty()) report_.table({"", "ours", "lecture", ""}, rows_);
  rows_.clear();
}

void Run::result(const std::string& name, const std::string& ours) { row(name, ours, "", true); }

void Run::compare(const std::string& name, double ours, double lecture, Tolerance tolerance) {
  check(name, ours, lecture, tolerance);
  row(name, show(ours), show(lecture), agrees(ours, lecture, tolerance));
}

void Run::compare(const std::string& name, const std::string& ours, const std::string& lecture) {
  check(name, ours, lecture);
  row(name, ours, lecture, ours == lecture);
}

void Run::check(const std::string& name, double ours, double lecture, Tolerance tolerance) {
  if (flags().check) check_.add(name, ours, lecture, tolerance);
}

void Run::check(const std::string& name, const std::string& ours, const std::string& lecture) {
  if (flags().check) check_.add(name, ours, lecture);
}

void Run::samples(const std::vector<std::string>& texts) {
  end_rows();
  report_.samples(texts);
  for (const std::string& text : texts) {
    std::cout << "  " << text << '\n';
    log_.write("sample", {{"text", text}});
  }
}

void Run::figure(const std::string& file, const std::string& title, const std::string& svg) {
  end_rows();
  report_.figure(svg, title);
  if (flags().no_out) return;
  write_file_atomically(path_of(file), svg);
  log_.write("figure", {{"file", file}, {"title", title}});
}

int Run::finish() {
  end_rows();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  std::vector<Field> done{{"seconds", seconds}};
  if (steps_per_second_ > 0) done.push_back({"steps_per_second", steps_per_second_});
  log_.write("done", done);
  if (!flags().no_out) {
    write_file_atomically(path_of("report.html"), report_.html());
    std::cout << fmt::format("\nreport: {}\n", path_of("report.html"));
  }
  if (flags().check) {
    for (const std::string& miss : check_.misses()) std::cout << "check: " << miss << '\n';
    std::cout << fmt::format("check: {} of {} figures agree with the lecture\n",
                             check_.count() - static_cast<int>(check_.misses().size()), check_.count());
  }
  if (stop_requested()) return 130;
  return check_.misses().empty() ? 0 : 1;
}

int run_app(Options& options, int argc, char** argv, const std::function<void(Run&)>& body) {
  const auto fail = [&](const std::exception& error, int code) {
    std::cout.flush();
    std::cerr << options.app() << ": " << error.what() << (code == 2 ? " (--help lists the flags)\n" : "\n");
    return code;
  };
  try {
    int code = 0;
    if (options.parse(argc, argv)) {
      Run run(options);
      body(run);
      code = run.finish();
    }
    if (!std::cout.flush()) throw IoError(fmt::format("standard output: {}", std::strerror(errno)));
    return code;
  } catch (const UsageError& error) {
    return fail(error, 2);
  } catch (const std::bad_alloc&) {
    return fail(std::runtime_error("not enough memory"), 1);
  } catch (const std::exception& error) {
    return fail(error, 1);
  }
}

}  // namespace lt::apps
