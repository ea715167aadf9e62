#pragma once

// One run of an app: says each thing once, to the terminal, report.html and log.jsonl together.
//
//   int main(int argc, char** argv) {
//     return run_app<Flags>(argc, argv, {"bigram", "Lecture 2: ...", "bigram --score emma", kAppTexts},
//                           declare, lecture);
//   }

#include <chrono>
#include <concepts>
#include <filesystem>
#include <functional>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <libtensor/apps/common/cells.h>
#include <libtensor/apps/common/figures.h>
#include <libtensor/apps/common/layout.h>
#include <libtensor/apps/common/log.h>
#include <libtensor/apps/common/options.h>
#include <libtensor/apps/common/report.h>
#include <libtensor/apps/common/text_data.h>
#include <libtensor/tensor/random/generator.h>

namespace lt::apps {

// Something the user asked for cannot be done (data that does not fit a flag): one line, exit code 1.
struct AppError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Steps;
struct TrainingState;

class Run {
 public:
  explicit Run(const Options& options, const AppTexts& texts = {}, bool silent = false);
  Run(const Run&) = delete;

  const CommonFlags& flags() const { return options_.flags; }
  // Was this flag on the command line ("--lr")?
  bool given(const std::string& name) const { return options_.given(name); }
  // A random stream with the settings of --profile and --sampling.
  Generator generator(uint64_t seed) const;

  // The data that the flags ask for. Logs "config" and "data", opens the output folder; before it nothing is
  // written, nor where the folder or --save's file cannot be.
  //   throws: IoError; AppError where --check is asked for on data that is not the lecture's (by its sha256)
  Words load_words();
  Text load_text();
  // An app without data calls this instead.
  //   throws: IoError
  void start();

  // Terminal and report. `say` is prose (`code` in backticks), `print` is set as it is.
  void heading(std::string_view text);
  void say(std::string_view text);
  void print(std::string_view text);
  // A line for who looks on, not for the report.
  void show_live(std::string_view text) { out_ << text << '\n'; }
  // As `say`, --quiet or not.
  void notice(std::string_view text);
  void table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows);

  // The lines of the sources between "// cell: NAME" and "// end", in the report.
  void cell(std::string_view name);

  // The figures that follow are those of this setup, "--overfit 5", if no flag changes what it gives;
  // kNoFlags: of a run without any; "": of the flags as they are.
  static constexpr const char* kNoFlags = "no flags";
  void part(const std::string& setup);
  // A line "name  ours", and beside it what the table of figures has under that name.
  void result(const std::string& name, double ours);
  void result(const std::string& name, const std::string& ours);
  template <std::integral I>
  void result(const std::string& name, I ours) {
    result(name, static_cast<double>(ours));
  }
  void result(const std::string& name, const char* ours) { result(name, std::string(ours)); }
  void result(const std::string& name, const Tensor& ours) { result(name, static_cast<double>(ours.item())); }
  // The same without a line, "2.182747 =": for a table's cell.
  std::string marked(const std::string& name, double ours);
  // What the table has for a figure of another run on the same data, "" for nothing.
  std::string reference(const std::string& setup, const std::string& name) const;
  // What an app that trains says, and writes to the log: how many examples, parameters, a split's loss.
  void examples(int64_t train, int64_t val, int64_t test);
  void parameters(int64_t count);
  void split(const std::string& name, double loss);
  // Commands worth a try next, with what they show: how every run ends.
  void try_next(const std::vector<std::pair<std::string, std::string>>& commands);

  // The training loop (steps.h).
  Steps steps(const TrainingFlags& flags, TrainingState state);
  // "loss at step 10", where that step is one of those shown.
  void show_loss(int64_t step, int64_t steps, double loss);
  // All steps are made: the figures that follow depend on how many.
  void trained();
  // A loss was no number: said now, and the exit code is 1.
  void diverged(int64_t step, double loss);
  // Writes what a run can do without: a failure is said, and the exit code is 1 in the end.
  void attempt(const std::function<void()>& write);
  // What must be the same where a checkpoint is gone on with: flags, data, and which of the run's trainings.
  std::string training_setup(const std::string& name) const;
  // Does a person look on?
  bool is_live() const { return is_terminal_ && !flags().quiet; }

  // Generated texts: terminal, report and log. On the terminal mark_of(text) stands behind each, where it is
  // not empty; with words, those that are among them are marked.
  void samples(const std::vector<std::string>& texts,
               const std::function<std::string(const std::string&)>& mark_of);
  void samples(const std::vector<std::string>& texts, const std::vector<std::string>& words = {});
  // One long text as it comes, to the terminal; once it is whole, to report and log.
  void stream(std::string_view piece);
  void streamed(const std::string& text);
  // Writes an SVG file, logs it, and puts it into the report.
  void figure(const std::string& file, const std::string& title, const std::string& svg);
  // One figure at several values of what the slider is named after, (value, SVG); the file has the last.
  void frames(const std::string& file, const std::string& title, const std::string& slider,
              const Pairs& frames);
  Log& log() { return log_; }
  // Where a file of this run goes; empty under --no-out.
  std::string path_of(const std::string& file) const;

  // An app that trains says how fast, for "done".
  void set_speed(double steps_per_second) { steps_per_second_ = steps_per_second; }
  // Ends the run: "done", report.html, what --check found. Returns the exit code.
  //   throws: IoError
  int finish();

 private:
  void take_data(const DataSource& data, const char* what, size_t count, int64_t vocab);
  void open();
  void row(const std::string& name, const Comparison& comparison);
  void take(const std::string& name, const Comparison& comparison);
  void explain_sampling();  // what --sampling race or mkl changes, where it is one of these
  std::string setup(bool with_steps) const;
  // By which a figure is found: with --steps once they are made, or where the table has it so.
  std::string setup_of(const std::string& name) const;
  void end_rows();
  void write(const std::string& file, const std::string& text);
  void save_figure(const std::string& file, const std::string& title, const std::string& svg);

  std::filesystem::path index_folder() const;
  void made_by(double seconds);
  void finish_check();

  const Options& options_;
  std::ostream silent_;  // drops what it is given
  std::ostream& out_;
  std::string_view sources_;
  Figures figures_;
  DataKind data_kind_ = DataKind::other;
  std::string data_id_;  // which data: "words 32033 from 0, 0a30b5557f192f32"
  std::string data_source_;
  std::string part_;
  bool is_trained_ = false;
  std::set<std::pair<std::string, std::string>> compared_;  // setup and name of what --check has seen
  std::vector<std::string> misses_;
  std::string divergence_;
  Report report_;
  Log log_;
  int64_t most_steps_ = 0;   // of its trainings
  bool has_failed_ = false;  // a figure or the report could not be written
  double steps_per_second_ = 0;
  bool is_terminal_;
  std::vector<std::vector<std::string>> rows_;  // results that wait to become one table of the report
  std::chrono::steady_clock::time_point start_;
};

// What an app is, for run_app.
struct AppInfo {
  std::string name;
  std::string title;    // "Lecture 2: ..."
  std::string example;  // "bigram --score emma"
  AppTexts texts;
};
// Declares an app's flags, and gives what runs with them.
using Declare = std::function<std::function<void(Run&)>(Options&)>;

// main() of an app: parses, runs, finishes; turns every error into one line on standard error and its exit
// code (1 what could not be done, 2 a wrong command line, 130 stopped by a signal). --check alone runs every
// setup of the table of figures.
int run_app(int argc, char** argv, const AppInfo& app, const Declare& declare);

// The same for an app whose flags are the struct Flags.
template <typename Flags>
int run_app(int argc, char** argv, const AppInfo& app, void (*declare)(Options&, Flags&),
            void (*body)(Run&, const Flags&)) {
  return run_app(argc, argv, app, [=](Options& options) {
    const auto flags = std::make_shared<Flags>();
    declare(options, *flags);
    return [=](Run& run) { body(run, *flags); };
  });
}

}  // namespace lt::apps
