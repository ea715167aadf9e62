#include <libtensor/apps/common/command_line.h>

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include <libtensor/apps/common/flag_value.h>

// CLI11 compiles slowly: it is included here alone, and its templates are avoided by
// taking texts as they are.

namespace lt::apps {
namespace {

// CLI11 would take "--no-out=3" for "--no-out".
void refuse_switch_values(int argc, const char* const* argv, const std::vector<FlagSyntax>& flags) {
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const std::string name = argument.substr(0, argument.find('='));
    for (const FlagSyntax& flag : flags) {
      if (flag.name == name && !flag.takes_value && name != argument)
        throw UsageError(fmt::format("{}: takes no value", name));
    }
  }
}

// CLI11 would take the value of `--expr -a` for a flag: it gets `--expr=-a`. In CLI11's order: the last
// first.
std::vector<std::string> joined(int argc, const char* const* argv, const std::vector<FlagSyntax>& flags) {
  std::vector<std::string> words;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool is_signed = word.size() > 1 && word[0] == '-' && word[1] != '-' && word != "-h";
    const bool is_value = is_signed && std::any_of(flags.begin(), flags.end(), [&](const FlagSyntax& flag) {
                            return i > 1 && flag.takes_value && flag.name == argv[i - 1];
                          });
    if (is_value)
      words.back() += "=" + word;
    else
      words.push_back(word);
  }
  std::reverse(words.begin(), words.end());
  return words;
}

}  // namespace

std::map<std::string, std::vector<std::string>> split_command_line(int argc, const char* const* argv,
                                                                   const std::vector<FlagSyntax>& flags) {
  refuse_switch_values(argc, argv, flags);
  CLI::App cli;
  cli.set_help_flag();
  std::vector<CLI::Option*> options;
  for (const FlagSyntax& flag : flags) {
    options.push_back(flag.takes_value ? cli.add_option(flag.name, CLI::callback_t())
                                       : cli.add_flag(flag.name));
    options.back()->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->type_name("value");
  }
  cli.allow_extras();
  try {
    cli.parse(joined(argc, argv, flags));
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }
  std::map<std::string, std::vector<std::string>> given;
  for (size_t i = 0; i < flags.size(); ++i) {
    if (options[i]->count() > 0) given[flags[i].name] = options[i]->results();
  }
  const auto taker =
      std::find_if(flags.begin(), flags.end(), [](const FlagSyntax& f) { return f.takes_words; });
  for (const std::string& word : cli.remaining()) {
    if (taker == flags.end() || word.starts_with("-"))
      throw UsageError(fmt::format("unknown flag or word '{}'", word));
    given[taker->name].push_back(word);
  }
  return given;
}

}  // namespace lt::apps
