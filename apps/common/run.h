#pragma once

// One run of an app: says each thing once, to the terminal, report.html and log.jsonl together.
//
//   int main(int argc, char** argv) {
//     Options options("bigram", "Lecture 2: ...", "bigram --score emma");
//     options.add(...);
//     return run_app(options, argc, argv, [&](Run& run) { ... });
//   }

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <libtensor/apps/common/check.h>
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

class Run {
 public:
  explicit Run(const Options& options);
  Run(const Run&) = delete;

  const CommonFlags& flags() const { return options_.flags; }
  // Was this flag on the command line ("--lr")?
  bool given(const std::string& name) const { return options_.given(name); }
  // A random stream with the settings of --profile and --sampling.
  Generator generator(uint64_t seed) const;

  // The data that the flags ask for. Logs "config" and "data", opens the output folder; before it nothing is
  // written, nor where the folder or --save's file cannot be.
  //   throws: IoError; AppError where --check is asked for on data that is not the lecture's (by its sha256)
  Words load_words(const char* lecture_sha256 = kLectureNamesSha256);
  Text load_text(const char* lecture_sha256 = kLectureShakespeareSha256);
  // An app without data calls this instead. What --data and --words ask for is read all the same, so that a
  // wrong name is not passed over.
  //   throws: IoError
  void start();
  // Is the data the lecture's own, all of it? Only then are figures marked as equal or not.
  bool is_lecture_data() const { return is_lecture_data_; }
  // Which names were taken, for a checkpoint that fits these alone: "32033 from 0, 0a30b5557f192f32".
  std::string names_id(const Words& words) const;

  // Terminal and report. `say` is prose (`code` in backticks), `print` is set as it is.
  void heading(std::string_view text);
  void say(std::string_view text);
  void print(std::string_view text);
  // Report alone: a notebook cell's input.
  void code(std::string_view text) { report_.code(text); }
  void table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows);

  // A line "name  ours", or "name  ours  lecture" with a mark where they agree; --check fails where they do
  // not. On other data than the lecture's the first such line comes after one that says so.
  void result(const std::string& name, const std::string& ours);
  void compare(const std::string& name, double ours, double lecture, Tolerance tolerance);
  void compare(const std::string& name, const std::string& ours, const std::string& lecture);
  // The same without the line: for figures that a table shows.
  void check(const std::string& name, double ours, double lecture, Tolerance tolerance);
  void check(const std::string& name, const std::string& ours, const std::string& lecture);

  // One generated text: terminal, report and log.
  void samples(const std::vector<std::string>& texts);
  // Writes an SVG file, logs it, and puts it into the report.
  void figure(const std::string& file, const std::string& title, const std::string& svg);
  Log& log() { return log_; }
  // Where a file of this run goes; empty under --no-out.
  std::string path_of(const std::string& file) const;

  // An app that trains says how fast, for "done".
  void set_speed(double steps_per_second) { steps_per_second_ = steps_per_second; }
  // Ends the run: "done", report.html, what --check found. Returns the exit code.
  //   throws: IoError
  int finish();

 private:
  void open(const std::string& data_sha256, const char* lecture_sha256, const std::string& source);
  void open_outputs();
  void row(const std::string& name, const std::string& ours, const std::string& lecture, bool ok);
  void end_rows();

  const Options& options_;
  Report report_;
  Log log_;
  Check check_;
  bool is_lecture_data_ = false;
  bool told_of_other_data_ = false;
  double steps_per_second_ = 0;
  bool is_terminal_;
  std::vector<std::vector<std::string>> rows_;  // results that wait to become one table of the report
  std::chrono::steady_clock::time_point start_;
};

// main() of an app: parses, runs, finishes; turns every error into one line on standard error and its exit
// code (1 what could not be done, 2 a wrong command line, 130 stopped by a signal).
int run_app(Options& options, int argc, char** argv, const std::function<void(Run&)>& body);

}  // namespace lt::apps
