#pragma once

// The command line: the flags of every app, those of training, and an app's own, declared like
//   options.add("--smoothing K", smoothing, "added to every count", {.min = 0});

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <libtensor/apps/common/flag_value.h>
#include <libtensor/apps/common/log.h>

namespace lt::apps {

// What every app takes. An app may set other defaults before it parses: they should be the lecture's.
struct CommonFlags {
  std::string data;  // empty: the lecture's if they are there, else the embedded names
  WordRange words;
  uint64_t seed = 2147483647;
  int64_t samples = 5;
  uint64_t sample_seed = 2147483647;
  std::string sampling = "classic";
  std::string profile = "scalar";
  int64_t threads = 0;  // 0: what OpenMP says
  std::string out;      // empty, before parsing: out/<app>, or out/<app>/<mode>
  bool no_out = false;
  bool quiet = false;
  bool check = false;
};

// What every app that trains takes.
struct TrainingFlags {
  int64_t steps = 0;
  int64_t batch = 32;
  double lr = 0.1;
  int64_t decay_at = 0;  // from this step on a tenth of the rate; at or above steps: never
  std::string save = {};
  std::string resume = {};
  int64_t save_every = 0;  // 0: only at the end
  int64_t log_every = 0;   // 0: only the usual steps
  bool keep = true;        // a checkpoint and a log; not of a small training beside the run's own
};

class Options {
 public:
  // `title` and `example` are what help prints: "Lecture 2: ...", "bigram --score emma".
  Options(std::string app, std::string title, std::string example);
  Options(const Options&) = delete;

  CommonFlags flags;

  // Declares a flag: its name and, where it takes a value, what stands for it; "--order 2|3" takes just
  // these. The variable holds the default and receives the value. A vector takes comma-separated numbers, or
  // repeated texts.
  void add(const std::string& flag, FlagValue value, const std::string& help, const Spec& spec = {});
  void add_training(TrainingFlags& training);
  // The last four of them alone: --save, --resume, --save-every, --log-every.
  void add_checkpoint(TrainingFlags& training);

  // Beside this flag or mode ("--find-lr", "--task four") these do nothing: they are refused, not ignored.
  void idle_beside(const std::string& flag, const std::vector<std::string>& names);

  // Flags of every app that say nothing to this one.
  void leave_out(std::vector<std::string> names) { left_out_ = std::move(names); }

  // Reads the command line; false when --help or --version was printed instead, and there is nothing to do.
  //   throws: UsageError naming the flag and what it takes
  bool parse(int argc, const char* const* argv);

  // Was this flag on the command line ("--lr")?
  bool given(const std::string& name) const;
  // The app, what it is, its setup(true), and every flag's value: for the "config" event.
  std::vector<Field> config() const;
  // The flags that change figures and are not at their defaults, by name: "--embed 2 --hidden 100"; "" for
  // the lecture's own run. Values read as in config(): "--lr 1e-1" is "--lr 0.1". The number of steps, and
  // flags that choose a part of the lecture, as wanted.
  std::string setup(bool with_steps = false, bool with_parts = true) const;
  // Every flag's name, without the dashes, and value, for people.
  std::vector<std::pair<std::string, std::string>> settings() const;
  // What runs instead of the whole lecture, as a folder's name: "find-lr", "kaiming", "exercise-1"; else "".
  std::string mode() const;
  // The files that flags ask to be written (--save), for Run to see in time whether they can be.
  std::vector<std::string> files_to_write() const;
  // What --resume names, if it does.
  std::string file_to_resume() const;
  std::string help() const;
  const std::string& app() const { return app_; }
  const std::string& title() const { return title_; }

 private:
  struct Entry {
    std::string name;   // "--order"
    std::string takes;  // "2|3", empty for a switch
    std::string help;
    std::string group;
    Spec spec;
    FlagValue value;
    std::string default_text;   // for people
    std::string default_value;  // as value.text() gives it
    bool given = false;
  };

  void add_common();
  void refuse_idle() const;
  static void accept(Entry& entry, const std::vector<std::string>& values);
  void set_defaults(const Entry& entry);

  std::string app_;
  std::string title_;
  std::string example_;
  std::vector<Entry> entries_;
  std::vector<std::string> left_out_;
  std::vector<std::pair<std::string, std::string>> idle_;  // the flag that does nothing, and beside which
};

// The flags of a setup by name: "--words 0:1 --reg 0" becomes "--reg 0 --words 0:1".
std::string sorted_setup(const std::string& setup);

}  // namespace lt::apps
