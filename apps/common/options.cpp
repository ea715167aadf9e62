#include "apps/common/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <iostream>

#include "apps/common/version.h"

// An app declares its flags into a list of entries; CLI11 splits the command line by them, and each entry
// turns its own text into a value, so that every refusal reads the same. Help is printed from the same list.

namespace lt::apps {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

template <typename Number>
bool read(const std::string& text, Number& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end;
}

// "a whole number", "a number above 0", "a number from 0 to 1".
std::string describe(const std::string& kind, const Spec& spec) {
  std::string text = kind;
  if (std::isfinite(spec.min)) text += fmt::format(" {} {}", spec.above_min ? "above" : "from", spec.min);
  if (std::isfinite(spec.max))
    return text + fmt::format(" {} {}", std::isfinite(spec.min) ? "to" : "up to", spec.max);
  return text + (std::isfinite(spec.min) && !spec.above_min ? " up" : "");
}

template <typename Number>
Number number(const std::string& text, const std::string& kind, const Spec& spec) {
  Number value{};
  const bool is_number = read(text, value) && std::isfinite(static_cast<double>(value));
  const auto real = static_cast<double>(value);
  if (!is_number || real < spec.min || real > spec.max || (spec.above_min && real == spec.min)) {
    throw UsageError(fmt::format("'{}' is not {}", text, describe(kind, spec)));
  }
  return value;
}

// As PyTorch takes seeds: 0 up to 2^64 - 1, or negative and counted from 2^64.
uint64_t seed(const std::string& text) {
  uint64_t value = 0;
  int64_t negative = 0;
  if (read(text, value)) return value;
  if (read(text, negative)) return static_cast<uint64_t>(negative);
  throw UsageError(fmt::format("'{}' is not a whole number of 64 bits", text));
}

WordRange word_range(const std::string& text) {
  const std::vector<std::string> ends = split(text, ':');
  WordRange range;
  const auto is_end = [](const std::string& part, int64_t& value) {
    return part.empty() || (read(part, value) && value >= 0);
  };
  const bool is_range = text.size() > 1 && ends.size() == 2 && is_end(ends[0], range.first) &&
                        is_end(ends[1], range.last) && range.first < range.last;
  if (!is_range) throw UsageError(fmt::format("'{}' is not a range of lines A:B with A below B", text));
  return range;
}

std::string show(const WordRange& range) {
  if (range.first == 0 && range.last == WordRange::kEnd) return "all";
  return fmt::format("{}:{}", range.first, range.last == WordRange::kEnd ? "" : std::to_string(range.last));
}

bool is_choice(const std::string& takes) { return takes.find('|') != std::string::npos; }

}  // namespace

Options::Options(std::string app, std::string title, std::string example)
    : app_(std::move(app)), title_(std::move(title)), example_(std::move(example)) {}

Options::Entry& Options::declare(const std::string& flag, const std::string& help, Spec spec) {
  const std::vector<std::string> parts = split(flag, ' ');
  Entry entry{
      .name = parts[0], .takes = parts.size() > 1 ? parts[1] : "", .help = help, .spec = std::move(spec)};
  return entries_.emplace_back(std::move(entry));
}

void Options::add(const std::string& flag, bool& value, const std::string& help, Spec spec) {
  Entry& entry = declare(flag, help, std::move(spec));
  entry.set = [&value](const std::string&) { value = true; };
  entry.shown = [&value] { return value ? "on" : "off"; };
  entry.json = [&value] { return Json(value); };
}

void Options::add(const std::string& flag, int64_t& value, const std::string& help, Spec spec) {
  Entry& entry = declare(flag, help, std::move(spec));
  entry.set = [&value, s = entry.spec](const std::string& t) {
    value = number<int64_t>(t, "a whole number", s);
  };
  entry.shown = [&value] { return std::to_string(value); };
  entry.json = [&value] { return Json(value); };
}

void Options::add(const std::string& flag, uint64_t& value, const std::string& help, Spec spec) {
  Entry& entry = declare(flag, help, std::move(spec));
  entry.set = [&value](const std::string& text) { value = seed(text); };
  entry.shown = [&value] { return std::to_string(value); };
  entry.json = [&value] { return Json(value); };
}

void Options::add(const std::string& flag, double& value, const std::string& help, Spec spec) {
  Entry& entry = declare(flag, help, std::move(spec));
  entry.set = [&value, s = entry.spec](const std::string& t) { value = number<double>(t, "a number", s); };
  entry.shown = [&value] { return fmt::format("{}", value); };
  entry.json = [&value] { return Json(value); };
}

void Options::add(const std::string& flag, std::string& value, const std::string& help, Spec spec) {
  Entry& entry = declare(flag, help, std::move(spec));
  entry.set = [&value](const std::string& text) {
    if (text.empty()) throw UsageError("the value is empty");
    value = text;
  };
  entry.shown = [&value] { return value; };
  entry.json = [&value] { return Json(value); };
}

void Options::add(const std::string& flag, std::vector<int64_t>& value, const std::string& help, Spec spec) {
  Entry& entry = declare(flag, help, std::move(spec));
  entry.set = [&value, s = entry.spec](const std::string& text) {
    std::vector<int64_t> numbers;
    for (const std::string& part : split(text, ','))
      numbers.push_back(number<int64_t>(part, "a whole number", s));
    value = numbers;
  };
  entry.shown = [&value] { return fmt::format("{}", fmt::join(value, ",")); };
  entry.json = [&value] { return Json(value); };
}

void Options::add(const std::string& flag, std::vector<std::string>& value, const std::string& help,
                  Spec spec) {
  Entry& entry = declare(flag, help, std::move(spec));
  entry.repeats = true;
  entry.set = [&value](const std::string& text) {
    if (text.empty()) throw UsageError("the value is empty");
    value.push_back(text);
  };
  entry.shown = [&value] { return fmt::format("{}", fmt::join(value, " ")); };
  entry.json = [&value] { return Json(value); };
}

void Options::add_training(TrainingFlags& training) {
  add("--steps N", training.steps, "updates", {.min = 0});
  add("--batch N", training.batch, "examples in a minibatch", {.min = 1});
  entries_.back().shown = [&training] {
    return training.batch == 0 ? "all" : std::to_string(training.batch);
  };
  add("--lr RATE", training.lr, "learning rate", {.min = 0, .above_min = true});
  add("--decay-at STEP", training.decay_at, "from this step on, a tenth of the rate", {.min = 0});
  entries_.back().shown = [&training] {
    const bool is_never = training.decay_at == std::numeric_limits<int64_t>::max();
    return is_never ? "never" : std::to_string(training.decay_at);
  };
  add_checkpoint(training);
}

void Options::add_checkpoint(TrainingFlags& training) {
  add("--save FILE", training.save, "checkpoint to write; default: in the --out folder", {.writes = true});
  add("--resume FILE", training.resume, "checkpoint to go on from");
  add("--save-every N", training.save_every, "write the checkpoint every N steps; 0: at the end", {.min = 0});
  add("--log-every N", training.log_every, "log every N-th step besides 0, 1, 2, 5, 10, ...; 0: no more",
      {.min = 0});
}

void Options::add_common() {
  add("--data FILE", flags.data, "training text, a name a line; default: the embedded names");
  Entry& words =
      declare("--words A:B", "only lines A up to B (not included), before any shuffle; A: and :B work", {});
  words.set = [this](const std::string& text) { flags.words = word_range(text); };
  words.shown = [this] { return show(flags.words); };
  words.json = [this] { return Json(show(flags.words)); };
  add("--seed N", flags.seed, "of the random stream");
  add("--samples N", flags.samples, "how many samples to draw at the end; the report has all of them",
      {.min = 0, .max = 1e6});
  add("--sample-seed N", flags.sample_seed, "of the stream that samples are drawn from");
  add("--sampling classic|race|mkl", flags.sampling,
      "how PyTorch draws: to 1.13, from 2.0, from 2.0 with MKL");
  add("--profile scalar|avx2", flags.profile, "PyTorch's arithmetic on a machine without or with AVX2");
  add("--threads N", flags.threads, "0: what OpenMP says; results do not depend on it",
      {.min = 0, .max = 1024});
  add("--out DIR", flags.out, "where report.html, figures, log.jsonl and checkpoints go");
  add("--no-out", flags.no_out, "write nothing");
  add("--quiet", flags.quiet, "only results, no progress");
  add("--check", flags.check,
      "run the lecture's settings and compare every figure; needs the lecture's --data");
}

bool Options::parse(int argc, const char* const* argv) {
  if (flags.out.empty()) flags.out = "out/" + app_;
  add_common();
  for (Entry& entry : entries_)
    entry.default_text = entry.spec.unset.empty() ? entry.shown() : entry.spec.unset;

  CLI::App cli;
  cli.set_help_flag();
  bool wants_help = false;
  bool wants_version = false;
  cli.add_flag("-h,--help", wants_help);
  cli.add_flag("--version", wants_version);
  std::vector<std::vector<std::string>> values(entries_.size());
  std::vector<CLI::Option*> declared;
  for (size_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    declared.push_back(entry.takes.empty() ? cli.add_flag(entry.name)
                                           : cli.add_option(entry.name, values[i])->expected(1));
    declared[i]->multi_option_policy(entry.repeats ? CLI::MultiOptionPolicy::TakeAll
                                                   : CLI::MultiOptionPolicy::TakeLast);
  }
  for (int i = 1; i < argc; ++i) refuse_switch_value(argv[i]);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ExtrasError&) {
    throw UsageError(fmt::format("unknown flag or word '{}'", cli.remaining()[0]));
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }
  if (wants_help) std::cout << help();
  if (wants_version) std::cout << version_text(app_);
  if (wants_help || wants_version) return false;
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (declared[i]->count() > 0) accept(entries_[i], values[i]);
  }
  if (flags.check) refuse_beside_check();
  return true;
}

// CLI11 would take "--no-out=3" for "--no-out".
void Options::refuse_switch_value(const std::string& argument) const {
  const std::string name = argument.substr(0, argument.find('='));
  for (const Entry& entry : entries_) {
    const bool is_switch = entry.name == name && entry.takes.empty();
    if (is_switch && name != argument) throw UsageError(fmt::format("{}: takes no value", name));
  }
}

void Options::accept(Entry& entry, const std::vector<std::string>& values) {
  entry.given = true;
  try {
    if (entry.takes.empty()) entry.set("");
    for (const std::string& value : values) {
      const std::vector<std::string> choices = split(entry.takes, '|');
      if (is_choice(entry.takes) && std::find(choices.begin(), choices.end(), value) == choices.end()) {
        throw UsageError(fmt::format("'{}' is not one of {}", value, fmt::join(choices, ", ")));
      }
      entry.set(value);
    }
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", entry.name, error.what()));
  }
}

// --check means the lecture's settings: a flag that would change them is refused rather than ignored.
void Options::refuse_beside_check() const {
  static const std::vector<std::string> kHarmless = {"--data",   "--threads", "--out",
                                                     "--no-out", "--quiet",   "--check"};
  for (const Entry& entry : entries_) {
    const bool is_harmless = std::find(kHarmless.begin(), kHarmless.end(), entry.name) != kHarmless.end();
    if (entry.given && !is_harmless && !entry.spec.selects) {
      throw UsageError(
          fmt::format("{}: cannot stand beside --check, which runs the lecture's own settings", entry.name));
    }
  }
}

bool Options::given(const std::string& name) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& e) { return e.name == name && e.given; });
}

std::vector<std::string> Options::files_to_write() const {
  std::vector<std::string> files;
  for (const Entry& entry : entries_) {
    if (entry.given && entry.spec.writes) files.push_back(entry.shown());
  }
  return files;
}

std::vector<Field> Options::config() const {
  std::vector<Field> fields{{"app", app_}};
  for (const Entry& entry : entries_) fields.push_back({entry.name.substr(2), entry.json()});
  return fields;
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
    const std::string more = entry.repeats ? " (repeatable)" : "";
    text += fmt::format(fmt::runtime(row), flag, set.empty() ? "-" : set, lecture.empty() ? "-" : lecture,
                        entry.help + more);
  }
  text += fmt::format(fmt::runtime(row), "--version", "", "",
                      "version, build, instruction set, threads, random streams");
  text += fmt::format(fmt::runtime(row), "-h, --help", "", "", "this text");
  return text + fmt::format("\nExample: {}\n", example_);
}

}  // namespace lt::apps
