#include <libtensor/apps/common/checkpoints.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include <libtensor/apps/common/save_file.h>
#include <libtensor/tensor/error.h>

// The file's name comes first in every refusal, as in those of nn::Checkpoint.

namespace lt::apps {
namespace {

[[noreturn]] void fail(const std::string& file, const std::string& text) {
  throw IoError(fmt::format("'{}': {}", file, text));
}

std::vector<std::string_view> parts_of(std::string_view setup) {
  std::vector<std::string_view> parts;
  for (size_t end = 0; end != std::string::npos;) {
    end = setup.find(", ");
    parts.push_back(setup.substr(0, end));
    if (end != std::string::npos) setup.remove_prefix(end + 2);
  }
  return parts;
}

// The parts of the first set-up that the second lacks.
std::string parts_beside(const std::string& setup, const std::string& other) {
  const std::vector<std::string_view> known = parts_of(other);
  std::vector<std::string_view> parts = parts_of(setup);
  std::erase_if(parts, [&](auto part) { return std::find(known.begin(), known.end(), part) != known.end(); });
  std::replace(parts.begin(), parts.end(), std::string_view("no flags"),
               std::string_view("the lecture's settings"));
  return parts.empty() ? "nothing more" : fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<double> saved_list(const nn::Checkpoint& checkpoint, const std::string& file,
                               const std::string& name) {
  const auto numbers = checkpoint.get_tensor<double>(name);
  if (numbers.dim() != 1) {
    fail(file, fmt::format("'{}' has shape {}, but should be a list", name, lt::to_string(numbers.shape())));
  }
  return numbers.to_vector();
}

}  // namespace

nn::Checkpoint open_checkpoint(const std::string& file, const std::string& setup) {
  check_resume_file(file);
  nn::Checkpoint checkpoint(file);
  const std::string saved = checkpoint.get_text("setup");
  if (saved == setup) return checkpoint;
  fail(file, fmt::format("of another run: {}; this one is {}", parts_beside(saved, setup),
                         parts_beside(setup, saved)));
}

std::vector<double> saved_losses(const nn::Checkpoint& checkpoint, const std::string& file, int64_t steps) {
  std::vector<double> losses = saved_list(checkpoint, file, "losses");
  const auto bad =
      std::find_if(losses.begin(), losses.end(), [](double loss) { return !std::isfinite(loss); });
  if (bad != losses.end()) fail(file, fmt::format("the loss at step {} is {}", bad - losses.begin(), *bad));
  if (std::ssize(losses) > steps) {
    fail(file, fmt::format("{} steps are done already, but --steps is {}", losses.size(), steps));
  }
  return losses;
}

std::vector<std::vector<double>> saved_series(const nn::Checkpoint& checkpoint, const std::string& file,
                                              const std::vector<std::string>& names, int64_t steps_done) {
  std::vector<std::vector<double>> series;
  for (const std::string& name : names) {
    series.push_back(saved_list(checkpoint, file, "series." + name));
    const size_t count = series.back().size();
    const bool fits = count == series[0].size() && std::ssize(series.back()) <= steps_done;
    if (!fits || (count == 0 && steps_done > 0)) {
      fail(file, fmt::format("'series.{}' has {} numbers for {} steps, where '{}' has {}", name, count,
                             steps_done, "series." + names[0], series[0].size()));
    }
  }
  return series;
}

}  // namespace lt::apps
