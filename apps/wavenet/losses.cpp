#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/common/curves.h>
#include <libtensor/apps/wavenet/wavenet.h>

// The losses of a training, as they are and averaged.

namespace lt::apps::wavenet {

void add_means(plot::Chart& chart, const std::vector<double>& losses, const std::string& label) {
  // cell: means
  std::vector<double> lossi;
  for (const double loss : losses) lossi.push_back(std::log10(loss));
  const std::vector<double> means = means_of(lossi, 1000);
  // end
  std::vector<double> steps;
  for (size_t i = 0; i < means.size(); ++i) steps.push_back(static_cast<double>(1000 * i + 500));
  chart.line(steps, means, label);
}

void show_losses(Run& run, const std::vector<double>& losses, int64_t decay_at) {
  run.heading("The loss, averaged");
  run.say(
      "A minibatch is few examples, so one loss says little: the curve is a thick band. The mean of each "
      "1,000 is the lecture's `torch.tensor(lossi).view(-1, 1000).mean(1)`, and shows what a smaller rate "
      "does.");
  draw_losses(run, losses, decay_at);
  const std::vector<double> means = means_of(losses, 1000);
  if (means.empty()) return;
  run.result("mean of the first 1,000", means.front());
  const auto decay = static_cast<size_t>(std::max<int64_t>(decay_at, 0)) / 1000;
  if (decay > 0 && decay < means.size()) {
    run.result("of 1,000 before the decay", means[decay - 1]);
    run.result("of 1,000 after it", means[decay]);
  }
  run.result("of the last 1,000", means.back());
  if (means.size() < 2) return;
  run.cell("means");
  plot::Chart chart("Loss while training, averaged", "step", "log10 loss");
  add_means(chart, losses, "");
  if (decay_at > 0 && decay_at < std::ssize(losses))
    chart.vertical(static_cast<double>(decay_at), "a tenth of the rate");
  run.figure("loss_means.svg",
             fmt::format("Each of the {} points is the mean of 1,000 minibatches.", means.size()),
             chart.svg());
}

}  // namespace lt::apps::wavenet
