#include <libtensor/apps/common/options.h>

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <limits>

#include <libtensor/apps/common/command_line.h>
#include <libtensor/apps/common/layout.h>
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

// A flag's line of help: its meaning stands beside it, or under it where it is long.
std::string help_row(const std::string& flag, const std::string& meaning) {
  constexpr size_t kIndent = 26;
  std::string row = "  " + flag;
  if (row.size() + 2 > kIndent) row += '\n';
  for (const std::string& line : split(wrapped(meaning, 80 - kIndent), '\n'))
    row += std::string(kIndent - (row.ends_with('\n') ? 0 : row.size()), ' ') + line + '\n';
  return row;
}

}  // namespace

Options::Options(std::string app, std::string title, std::string example)
    : app_(std::move(app)), title_(std::move(title)), example_(std::move(example)) {}

void Options::add(const std::string& flag, FlagValue value, const std::string& help, const Spec& spec) {
  const size_t space = std::min(flag.find(' '), flag.size());
  const char* group = spec.shows ? "Output" : spec.selects ? "Modes" : "Model";
  entries_.push_back({.name = flag.substr(0, space),
                      .takes = flag.substr(std::min(space + 1, flag.size())),
                      .help = help,
                      .group = spec.group.empty() ? group : spec.group,
                      .spec = spec,
                      .value = value,
                      .default_text = spec.unset.empty() ? value.text() : spec.unset,
                      .default_value = value.text()});
  for (const std::string& other : spec.excludes) idle_beside(other, {entries_.back().name});
}

void Options::add_training(TrainingFlags& training) {
  const std::string group = "Training";
  add("--steps N", training.steps, "updates", {.group = group, .min = 0, .shows = true});
  add("--batch N", training.batch, "examples in a minibatch",
      {.group = group, .unset = training.batch == 0 ? "all" : "", .min = 1});
  add("--lr RATE", training.lr, "learning rate", {.group = group, .min = 0, .above_min = true});
  const bool never = training.decay_at == std::numeric_limits<int64_t>::max();
  add("--decay-at STEP", training.decay_at, "from this step on, a tenth of the rate",
      {.group = group, .unset = never ? "never" : "", .min = 0});
  add_checkpoint(training);
}

void Options::add_checkpoint(TrainingFlags& training) {
  const std::string group = "Training";
  add("--save FILE", training.save, "checkpoint to write; else it is in the --out folder",
      {.group = group, .writes = true, .shows = true});
  add("--resume FILE", training.resume, "checkpoint to go on from", {.group = group, .shows = true});
  add("--save-every N", training.save_every, "write the checkpoint every N steps; 0: at the end",
      {.group = group, .min = 0, .shows = true});
  add("--log-every N", training.log_every, "log every N-th step besides 0, 1, 2, 5, 10, ...; 0: no more",
      {.group = group, .min = 0, .shows = true});
}

void Options::add_common() {
  const std::string data = "Data";
  const std::string random = "Random numbers";
  add("--data FILE", flags.data,
      "training text (names: one a line); without it the lecture's, where ./run data has fetched it, else "
      "`embedded`: what is in the program",
      {.group = data, .shows = true});
  add("--words A:B", flags.words, "only lines A up to B (not included), before any shuffle; A: and :B work",
      {.group = data});
  add("--seed N", flags.seed, "of the random stream", {.group = random});
  add("--samples N", flags.samples, "how many samples to draw at the end; the report has all of them",
      {.group = random, .min = 0, .max = 1e6, .shows = true});
  add("--sample-seed N", flags.sample_seed, "of the stream that samples are drawn from", {.group = random});
  add("--sampling classic|race|mkl", flags.sampling,
      "how PyTorch draws: to 1.13, from 2.0, from 2.0 with MKL", {.group = random});
  add("--profile scalar|avx2", flags.profile, "PyTorch's arithmetic on a machine without or with AVX2",
      {.group = random});
  add("--threads N", flags.threads, "0: what OpenMP says; results do not depend on it",
      {.min = 0, .max = 1024, .shows = true});
  add("--out DIR", flags.out,
      "for report.html, figures, log.jsonl and checkpoints; a mode's is a folder in it",
      {.unset = "out/" + app_, .shows = true});
  add("--no-out", flags.no_out, "write nothing", {.shows = true});
  add("--quiet", flags.quiet, "only results, no progress", {.shows = true});
  add("--check", flags.check, "run the lecture's settings and compare every figure", {.shows = true});
}

bool Options::parse(int argc, const char* const* argv) {
  add_common();
  std::erase_if(entries_, [&](const Entry& entry) { return std::ranges::count(left_out_, entry.name) > 0; });
  std::vector<FlagSyntax> syntax = {{kHelp, false}, {kVersion, false}};
  for (const Entry& entry : entries_) syntax.push_back({entry.name, !entry.takes.empty(), entry.spec.words});
  const auto given = split_command_line(argc, argv, syntax);
  if (given.contains(kHelp)) std::cout << help();
  if (given.contains(kVersion)) std::cout << version_text(app_);
  if (given.contains(kHelp) || given.contains(kVersion)) return false;
  for (Entry& entry : entries_) {
    const auto found = given.find(entry.name);
    if (found != given.end()) accept(entry, found->second);
  }
  for (const Entry& entry : entries_) {
    if (entry.given && !entry.spec.defaults.empty()) set_defaults(entry);
  }
  refuse_idle();
  if (flags.out.empty()) flags.out = "out/" + app_ + (mode().empty() ? "" : "/" + mode());
  return true;
}

void Options::idle_beside(const std::string& flag, const std::vector<std::string>& names) {
  for (const std::string& name : names) idle_.emplace_back(name, flag);
}

void Options::refuse_idle() const {
  const auto is_set = [&](const std::string& flag) {
    const size_t space = flag.find(' ');
    return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& e) {
      if (e.name != flag.substr(0, space)) return false;
      return space == std::string::npos ? e.given : e.value.text() == flag.substr(space + 1);
    });
  };
  for (const Entry& entry : entries_) {
    for (const std::string& other : entry.spec.needs) {
      if (entry.given && !is_set(other)) throw UsageError(fmt::format("{} needs {}", entry.name, other));
    }
  }
  for (const auto& [name, other] : idle_) {
    if (given(name) && is_set(other)) throw UsageError(fmt::format("{} has no effect with {}", name, other));
  }
}

std::string Options::mode() const {
  std::vector<std::string> parts;
  for (const Entry& entry : entries_) {
    const std::string value = entry.value.text();
    if (!entry.spec.selects || entry.spec.shows || entry.value.is_list() || value == entry.default_value)
      continue;
    const bool is_choice = entry.takes.find('|') != std::string::npos;
    const bool is_name = is_choice && std::isalpha(static_cast<unsigned char>(value[0]));
    parts.push_back(is_name ? value : entry.name.substr(2) + (is_choice ? "-" + value : ""));
  }
  return fmt::format("{}", fmt::join(parts, "-"));
}

void Options::set_defaults(const Entry& entry) {
  const std::vector<std::string> choices = split(entry.takes, '|');
  const auto chosen = choices.size() < 2 ? choices.begin() : std::ranges::find(choices, entry.value.text());
  const std::string text = split(entry.spec.defaults, '|').at(static_cast<size_t>(chosen - choices.begin()));
  const std::vector<std::string> words = split(text, ' ');
  for (size_t i = 0; i + 1 < words.size(); i += 2) {
    Entry& other = *std::ranges::find(entries_, words[i], &Entry::name);
    if (!other.given) other.value.set(words[i + 1], other.spec);
    other.default_value = words[i + 1];
  }
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

std::string Options::file_to_resume() const {
  const auto found = std::ranges::find(entries_, "--resume", &Entry::name);
  return found == entries_.end() ? "" : found->value.text();
}

std::vector<Field> Options::config() const {
  std::vector<Field> fields{{"app", app_}, {"title", title_}, {"setup", setup(true)}};
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
  std::string text = wrapped(fmt::format("{}: {}", app_, title_), 80);
  text += fmt::format("\n\nUsage: {} [flags]           in brackets: the default\n", app_);
  for (const char* group : {"Modes", "Model", "Training", "Data", "Random numbers", "Output"}) {
    std::string rows;
    for (const Entry& entry : entries_) {
      if (entry.group != group) continue;
      const bool has_default = !entry.takes.empty() && !entry.default_text.empty();
      const bool repeats = entry.value.is_list();
      const std::string& lecture = entry.spec.lecture;
      rows += help_row(entry.name + (entry.takes.empty() ? "" : " " + entry.takes),
                       without_ticks(entry.help) + (repeats ? " (repeatable)" : "") +
                           (has_default ? " [" + entry.default_text : "") +
                           (lecture.empty() ? "" : "; the lecture's: " + lecture) + (has_default ? "]" : ""));
    }
    if (!rows.empty()) text += fmt::format("\n{}\n{}", group, rows);
  }
  text += help_row("--version", "version, build, instruction set, threads, random streams");
  text += help_row("-h, --help", "this text");
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
