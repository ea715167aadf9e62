#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include <libtensor/apps/common/run.h>
#include <libtensor/apps/common/stop.h>
#include <libtensor/apps/common/utf8.h>
#include <libtensor/tensor/error.h>

// From main() to the app's body and back to an exit code.

namespace lt::apps {
namespace {

int check_all(const AppInfo& app, int argc, const char* const* argv, const Declare& declare);

// For these flags, or for them but for the number of steps.
bool has_figures(const AppInfo& app, const Options& options) {
  const Figures figures(app.texts.figures);
  return figures.has(options.setup(true)) || figures.has(options.setup(false));
}

int run_once(const AppInfo& app, const std::vector<const char*>& arguments, const Declare& declare,
             bool silent) {
  const int argc = static_cast<int>(arguments.size());
  Options options(app.name, app.title, app.example);
  const std::function<void(Run&)> body = declare(options);
  if (!options.parse(argc, arguments.data())) return 0;
  if (options.flags.check && !silent && options.setup(true).empty())
    return check_all(app, argc, arguments.data(), declare);
  if (options.flags.check && !has_figures(app, options)) {
    throw UsageError(fmt::format("--check: no figures are known for '{}'", options.setup(true)));
  }
  const StopOnSignal stop;  // a run that is stopped saves, and ends with its report
  Run run(options, app.texts, silent);
  body(run);
  return run.finish();
}

// Every setup of the table, each in a run of its own that shows only what --check found.
int check_all(const AppInfo& app, int argc, const char* const* argv, const Declare& declare) {
  int code = 0;
  for (const std::string& setup : Figures(app.texts.figures).setups()) {
    std::vector<std::string> flags = {"--no-out"};
    if (!setup.empty()) {
      for (const std::string& flag : split(setup, ' ')) flags.push_back(flag);
    }
    std::vector<const char*> arguments(argv, argv + argc);
    for (const std::string& flag : flags) arguments.push_back(flag.c_str());
    code = std::max(code, run_once(app, arguments, declare, true));
    if (code == 130) break;
  }
  return code;
}

int guarded(const std::string& app, const std::function<int()>& run) {
  const auto fail = [&](const std::exception& error, int code) {
    std::cout.flush();
    const std::string text = printable(error.what());
    const bool has_mark = text.ends_with('^');  // under a place in the line above: nothing may follow it
    std::cerr << app << ": " << text << (code == 2 && !has_mark ? " (--help lists the flags)\n" : "\n");
    return code;
  };
  prepare_streams();
  try {
    const int code = run();
    if (!std::cout.flush() && code == 0) throw IoError("standard output: cannot write all of it");
    return code;
  } catch (const UsageError& error) {
    return fail(error, 2);
  } catch (const std::bad_alloc&) {
    return fail(std::runtime_error("not enough memory"), 1);
  } catch (const std::exception& error) {
    return fail(error, 1);
  }
}

}  // namespace

int run_app(int argc, char** argv, const AppInfo& app, const Declare& declare) {
  return guarded(app.name, [&] { return run_once(app, {argv, argv + argc}, declare, false); });
}

}  // namespace lt::apps
