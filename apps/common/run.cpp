#include <libtensor/apps/common/run.h>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <utility>

#include <libtensor/apps/common/index.h>
#include <libtensor/apps/common/save_file.h>
#include <libtensor/apps/common/stop.h>
#include <libtensor/apps/common/utf8.h>
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

Run::Run(const Options& options, const AppTexts& texts, bool silent)
    : options_(options),
      silent_(nullptr),
      out_(silent ? silent_ : std::cout),
      sources_(texts.sources),
      figures_(texts.figures, texts.made_with),
      report_(options.app(), options.title()),
      is_terminal_(!silent && isatty(STDOUT_FILENO) != 0),
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

Words Run::load_words() {
  Words data = lt::apps::load_words(flags().data, flags().words);
  take_data(data, "words", data.words.size(), Vocabulary::of(data).size());
  return data;
}

Text Run::load_text() {
  Text data = lt::apps::load_text(flags().data, flags().words);
  take_data(data, "characters", data.text.size(), Vocabulary::of_text(data.text).size());
  return data;
}

void Run::take_data(const DataSource& data, const char* what, size_t count, int64_t vocab) {
  if (flags().check && data.kind == DataKind::other) {
    throw AppError(
        fmt::format("--check: no figures are known for {} (sha256 {}), but for the lecture's own "
                    "file and the embedded one",
                    data.source, data.sha256));
  }
  data_kind_ = data.kind;
  data_source_ = data.source;
  data_id_ = fmt::format("{} {} from {}, {}", what, count, flags().words.first, data.sha256.substr(0, 16));
  open();
  log_.write("data", {{what, count}, {"vocab", vocab}, {"source", data.source}, {"sha256", data.sha256}});
  say(fmt::format("Data: {}.", data.description));
}

void Run::start() {
  data_kind_ = DataKind::lecture;  // the lecture has no data
  open();
}

// The folder comes first: --save may name a file in it.
void Run::open() {
  const std::vector<std::filesystem::path> made = missing_folders(flags().no_out ? "" : flags().out);
  try {
    if (!flags().no_out) make_folder(flags().out);
    const NeededFile data{"the data", data_source_}, report{"the report", path_of("report.html")},
        log{"the log", path_of("log.jsonl")};
    for (const std::string& file : options_.files_to_write()) check_save_file(file, {data, report, log});
    if (!options_.file_to_resume().empty()) check_resume_file(options_.file_to_resume());
    if (flags().no_out) return;
    for (const NeededFile& file : {report, log}) check_save_file(file.path, {data});
    log_ = Log(log.path);
    log_.write("config", options_.config());
  } catch (const IoError&) {
    std::error_code ignored;
    for (const auto& folder : made) std::filesystem::remove(folder, ignored);
    throw;
  }
}

std::string Run::path_of(const std::string& file) const {
  return flags().no_out ? "" : (std::filesystem::path(flags().out) / file).string();
}

void Run::heading(std::string_view text) {
  end_rows();
  report_.heading(text);
  if (flags().quiet) return;
  const std::string plain = printable(without_ticks(text));
  out_ << (is_terminal_ ? fmt::format("\n\033[1m{}\033[0m\n", plain) : fmt::format("\n{}\n", plain));
}

void Run::say(std::string_view text) {
  if (!flags().quiet) return notice(text);
  end_rows();
  report_.prose(text);
}

void Run::notice(std::string_view text) {
  end_rows();
  report_.prose(text);
  out_ << printable(wrapped(without_ticks(text))) << '\n';
}

void Run::print(std::string_view text) {
  end_rows();
  while (text.ends_with('\n')) text.remove_suffix(1);
  report_.output(text);
  if (!flags().quiet) out_ << printable(wrapped(text)) << '\n';
}

void Run::table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows) {
  end_rows();
  report_.table(head, rows);
  out_ << printable(columns(head, rows));
}

void Run::end_rows() {
  if (!rows_.empty()) report_.table({"", "ours", "reference", ""}, rows_);
  rows_.clear();
}

void Run::cell(std::string_view name) {
  end_rows();
  report_.code(lt::apps::cell(sources_, name));
}

void Run::examples(int64_t train, int64_t val, int64_t test) {
  log_.write("examples", {{"train", train}, {"val", val}, {"test", test}});
  result("examples to train on", train);
  result("to tune on (dev)", val);
  result("to test on", test);
}

void Run::parameters(int64_t count) {
  log_.write("params", {{"count", count}});
  result("parameters", count);
}

void Run::split(const std::string& name, double loss) {
  if (std::isnan(loss)) return;  // an empty split
  log_.write("split", {{"name", name}, {"loss", static_cast<float>(loss)}});
  result(name + " loss", loss);
}

void Run::try_next(const std::vector<std::pair<std::string, std::string>>& commands) {
  heading("What to try next");
  const std::string own = fmt::format("{} {}", options_.app(), options_.setup(true));
  for (const auto& [command, what] : commands) {
    if (command != own) say(fmt::format("`./run {}`: {}", command, what));
  }
}

void Run::show_loss(int64_t step, int64_t steps, double loss) {
  most_steps_ = std::max(most_steps_, steps);
  if (is_logged_step(step, steps, 0)) result(fmt::format("loss at step {}", step), loss);
}

void Run::trained() { is_trained_ = true; }

void Run::diverged(int64_t step, double loss) {
  divergence_ = fmt::format("the loss at step {} is {}: a smaller --lr may help", step, show(loss));
  notice(fmt::format("Stopped: {}.", divergence_));
}

std::string Run::training_setup(const std::string& name) const {
  const std::string flags = setup(false), data = data_id_.empty() ? "" : ", " + data_id_;
  return fmt::format("{} {}, {}{}", options_.app(), name, flags.empty() ? "no flags" : flags, data);
}

void Run::stream(std::string_view piece) { out_ << printable(piece) << std::flush; }

void Run::streamed(const std::string& text) {
  end_rows();
  report_.output(text);
  log_.write("sample", {{"text", text}});
}

void Run::write(const std::string& file, const std::string& text) {
  const auto write_it = [&] {
    for (const std::string& saved : options_.files_to_write())
      check_save_file(path_of(file), {{"what --save names", saved}});
    write_file_atomically(path_of(file), text);
  };
  attempt(write_it);
}

void Run::attempt(const std::function<void()>& write) { write_or_go_on(write, has_failed_); }

int Run::finish() {
  end_rows();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  std::vector<Field> done{{"seconds", seconds}};
  if (steps_per_second_ > 0) done.push_back({"steps_per_second", steps_per_second_});
  log_.write("done", done);
  if (!flags().no_out) {
    made_by(seconds);
    write("report.html", report_.html());
    if (!index_folder().empty()) attempt([&] { write_index(index_folder()); });
    out_ << fmt::format("\nreport: {}\n", path_of("report.html"));
  }
  if (flags().check) finish_check();
  if (stop_requested()) return 130;
  if (!divergence_.empty()) throw AppError(divergence_);
  return misses_.empty() && !has_failed_ && !log_.failed() ? 0 : 1;
}

}  // namespace lt::apps
