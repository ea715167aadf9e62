#include <libtensor/apps/common/options.h>

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <limits>

#include <libtensor/apps/common/command_line.h>
#include <libtensor/apps/common/version.h>

// An app declares its flags into a list of entries, by which the command line is split, the values are read,
// and help is printed.

namespace lt::apps {
namespace {

constexpr const char* kHelp = "--help,-h";
constexpr const char* kVersion = "--version";

bool contains(const std::vector<std::string>& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

}  // namespace

Options::Options(std::string app, std::string title, std::string example)
    : app_(std::move(app)), title_(std::move(title)), example_(std::move(example)) {}

void Options::add(const std::string& flag, FlagValue value, const std::string& help, const Spec& spec) {
  const size_t space = std::min(flag.find(' '), flag.size());
  entries_.push_back({.name = flag.substr(0, space),
                      .takes = flag.substr(std::min(space + 1, flag.size())),
                      .help = help,
                      .spec = spec,
                      .value = value,
                      .default_text = spec.unset.empty() ? value.text() : spec.unset,
                      .default_value = value.text()});
}

void Options::add_training(TrainingFlags& training) {
  add("--steps N", training.steps, "updates", {.min = 0, .shows = true});
  add("--batch N", training.batch, "examples in a minibatch",
      {.unset = training.batch == 0 ? "all" : "", .min = 1});
  add("--lr RATE", training.lr, "learning rate", {.min = 0, .above_min = true});
  const bool never = training.decay_at == std::numeric_limits<int64_t>::max();
  add("--decay-at STEP", training.decay_at, "from this step on, a tenth of the rate",
      {.unset = never ? "never" : "", .min = 0});
  add_checkpoint(training);
}

void Options::add_checkpoint(TrainingFlags& training) {
  add("--save FILE", training.save, "checkpoint to write; default: in the --out folder",
      {.writes = true, .shows = true});
  add("--resume FILE", training.resume, "checkpoint to go on from", {.shows = true});
  add("--save-every N", training.save_every, "write the checkpoint every N steps; 0: at the end",
      {.min = 0, .shows = true});
  add("--log-every N", training.log_every, "log every N-th step besides 0, 1, 2, 5, 10, ...; 0: no more",
      {.min = 0, .shows = true});
}

void Options::add_common() {
  add("--data FILE", flags.data,
      "training text, a name a line; \"embedded\": the names in the program; default: the lecture's, where "
      "./run data "
      "has fetched them, else these",
      {.shows = true});
  add("--words A:B", flags.words, "only lines A up to B (not included), before any shuffle; A: and :B work");
  add("--seed N", flags.seed, "of the random stream");
  add("--samples N", flags.samples, "how many samples to draw at the end; the report has all of them",
      {.min = 0, .max = 1e6, .shows = true});
  add("--sample-seed N", flags.sample_seed, "of the stream that samples are drawn from");
  add("--sampling classic|race|mkl", flags.sampling,
      "how PyTorch draws: to 1.13, from 2.0, from 2.0 with MKL");
  add("--profile scalar|avx2", flags.profile, "PyTorch's arithmetic on a machine without or with AVX2");
  add("--threads N", flags.threads, "0: what OpenMP says; results do not depend on it",
      {.min = 0, .max = 1024, .shows = true});
  add("--out DIR", flags.out, "where report.html, figures, log.jsonl and checkpoints go", {.shows = true});
  add("--no-out", flags.no_out, "write nothing", {.shows = true});
  add("--quiet", flags.quiet, "only results, no progress", {.shows = true});
  add("--check", flags.check,
      "run the lecture's settings and compare every figure; needs the lecture's --data", {.shows = true});
}

bool Options::parse(int argc, const char* const* argv) {
  if (flags.out.empty()) flags.out = "out/" + app_;
  add_common();
  std::vector<FlagSyntax> syntax = {{kHelp, false}, {kVersion, false}};
  for (const Entry& entry : entries_) syntax.push_back({entry.name, !entry.takes.empty()});
  const auto given = split_command_line(argc, argv, syntax);
  if (given.contains(kHelp)) std::cout << help();
  if (given.contains(kVersion)) std::cout << version_text(app_);
  if (given.contains(kHelp) || given.contains(kVersion)) return false;
  for (Entry& entry : entries_) {
    const auto found = given.find(entry.name);
    if (found != given.end()) accept(entry, found->second);
  }
  return true;
}

void Options::accept(Entry& entry, const std::vector<std::string>& values) {
  entry.given = true;
  const std::vector<std::string> choices = split(entry.takes, '|');  // one: no choice
  try {
    for (auto value = entry.value.is_list() ? values.begin() : values.end() - 1; value != values.end();
         ++value) {
      if (choices.size() > 1 && !contains(choices, *value))
        throw UsageError(fmt::format("'{}' is not one of {}", *value, fmt::join(choices, ", ")));
      entry.value.set(*value, entry.spec);
    }
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", entry.name, error.what()));
  }
}

bool Options::given(const std::string& name) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& e) { return e.name == name && e.given; });
}

std::vector<std::string> Options::files_to_write() const {
  std::vector<std::string> files;
  for (const Entry& entry : entries_) {
    if (entry.given && entry.spec.writes) files.push_back(entry.value.text());
  }
  return files;
}

std::vector<Field> Options::config() const {
  std::vector<Field> fields{{"app", app_}};
  for (const Entry& entry : entries_) fields.push_back({entry.name.substr(2), entry.value.json()});
  return fields;
}

std::vector<std::pair<std::string, std::string>> Options::settings() const {
  std::vector<std::pair<std::string, std::string>> settings;
  for (const Entry& entry : entries_) settings.emplace_back(entry.name.substr(2), entry.value.text());
  return settings;
}

std::string Options::setup(bool with_steps, bool with_parts) const {
  std::string setup;
  for (const Entry& entry : entries_) {
    const std::string value = entry.value.text();
    const bool is_left_out = entry.name == "--steps" ? !with_steps : entry.spec.shows;
    if (is_left_out || value == entry.default_value || (entry.spec.selects && !with_parts)) continue;
    setup += entry.name + (entry.takes.empty() ? "" : " " + value) + " ";
  }
  return sorted_setup(setup);
}

std::string Options::help() const {
  constexpr size_t kFlag = 32;  // columns
  std::string text = fmt::format("{}: {}\n\nUsage: {} [flags]\n\n", app_, title_, app_);
  const auto row = "  {:<32} {:<15} {:<15} {}\n";
  text += fmt::format(fmt::runtime(row), "flag", "default", "lecture", "meaning");
  for (const Entry& entry : entries_) {
    const std::string& set = entry.default_text;
    std::string flag = entry.name + (entry.takes.empty() ? "" : " " + entry.takes);
    if (flag.size() > kFlag) flag += fmt::format("\n  {:<{}}", "", kFlag);  // a line of its own
    const std::string& lecture = entry.spec.lecture.empty() ? set : entry.spec.lecture;
    const std::string more = entry.value.is_list() ? " (repeatable)" : "";
    text += fmt::format(fmt::runtime(row), flag, set.empty() ? "-" : set, lecture.empty() ? "-" : lecture,
                        entry.help + more);
  }
  text += fmt::format(fmt::runtime(row), "--version", "", "",
                      "version, build, instruction set, threads, random streams");
  text += fmt::format(fmt::runtime(row), "-h, --help", "", "", "this text");
  return text + fmt::format("\nExample: {}\n", example_);
}

std::string sorted_setup(const std::string& setup) {
  std::vector<std::string> flags;
  for (const std::string& word : split(setup, ' ')) {
    if (word.starts_with("--")) {
      flags.push_back(word);
    } else if (!word.empty() && !flags.empty()) {
      flags.back() += " " + word;
    }
  }
  std::sort(flags.begin(), flags.end());
  return fmt::format("{}", fmt::join(flags, " "));
}

}  // namespace lt::apps
