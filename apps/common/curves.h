#pragma once

// The curve of a training run, the same for every app.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <libtensor/apps/common/run.h>
#include <libtensor/apps/plot/chart.h>

namespace lt::apps {

// The mean of each `group` losses: what a noisy curve is about.
std::vector<double> means_of(const std::vector<double>& losses, size_t group);

// log10 of the losses, or of the mean of each group of them, at its middle.
void add_losses(plot::Chart& chart, const std::vector<double>& losses, const std::string& label,
                size_t group = 1);

// loss.svg: log10 of each minibatch's loss, their means over it where there are many, a mark where the rate
// falls, and the loss that counting reaches on the same examples, where there is one.
void draw_losses(Run& run, const std::vector<double>& losses, int64_t decay_at,
                 const std::string& file = "loss.svg", std::optional<double> counting = {});

}  // namespace lt::apps
