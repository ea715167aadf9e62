#include <libtensor/apps/common/command_line.h>

#include <fmt/format.h>

#include <CLI/CLI.hpp>

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
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ExtrasError&) {
    throw UsageError(fmt::format("unknown flag or word '{}'", cli.remaining()[0]));
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }
  std::map<std::string, std::vector<std::string>> given;
  for (size_t i = 0; i < flags.size(); ++i) {
    if (options[i]->count() > 0) given[flags[i].name] = options[i]->results();
  }
  return given;
}

}  // namespace lt::apps
