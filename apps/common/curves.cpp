#include <libtensor/apps/common/curves.h>

#include <fmt/format.h>

#include <cmath>

namespace lt::apps {

void add_losses(plot::Chart& chart, const std::vector<double>& losses, const std::string& label,
                size_t group) {
  std::vector<double> steps, logs;
  for (const double mean : means_of(losses, group)) {
    steps.push_back(static_cast<double>(group) * static_cast<double>(logs.size()) +
                    0.5 * static_cast<double>(group - 1));
    logs.push_back(std::log10(mean));
  }
  chart.line(steps, logs, label);
}

std::vector<double> means_of(const std::vector<double>& losses, size_t group) {
  std::vector<double> means;
  for (size_t first = 0; first + group <= losses.size(); first += group) {
    double sum = 0;
    for (size_t i = first; i < first + group; ++i) sum += losses[i];
    means.push_back(sum / static_cast<double>(group));
  }
  return means;
}

void draw_losses(Run& run, const std::vector<double>& losses, int64_t decay_at, const std::string& file,
                 std::optional<double> counting) {
  plot::Chart chart("Loss while training", "step", "log10 loss");
  constexpr size_t kGroup = 1000;
  const bool is_long = losses.size() >= 10 * kGroup;
  add_losses(chart, losses, is_long ? "one minibatch" : "");
  if (is_long) add_losses(chart, losses, "mean of 1,000", kGroup);
  if (decay_at > 0 && decay_at < std::ssize(losses))
    chart.vertical(static_cast<double>(decay_at), "a tenth of the rate");
  if (counting) chart.horizontal(std::log10(*counting), "counting");
  const std::string caption =
      counting  ? fmt::format("The loss falls towards that of the counts, {:.3f}.", *counting)
      : is_long ? "One minibatch is noisy; the mean of a thousand shows the way."
                : "Before each update.";
  run.figure(file, caption, chart.svg());
}

}  // namespace lt::apps
