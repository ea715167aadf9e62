#include <algorithm>
#include <cmath>

#include <libtensor/apps/activations/activations.h>
#include <libtensor/apps/plot/chart.h>
#include <libtensor/apps/plot/heat_map.h>

namespace lt::apps::activations {
namespace {

std::vector<double> numbers(const Tensor& x) { return x.cast<double>().to_vector(); }

// A number at every `step`-th of `count` rows or columns.
std::vector<std::string> every(int64_t step, int64_t count) {
  std::vector<std::string> labels;
  for (int64_t i = 0; i < count; ++i) labels.push_back(i % step == 0 ? std::to_string(i) : "");
  return labels;
}

}  // namespace

std::string image_of(const std::string& title, const Tensor& h, float threshold) {
  const int64_t rows = std::min<int64_t>(h.size(0), 32);
  const int64_t columns = std::min<int64_t>(h.size(1), 200);
  const Tensor part = h.narrow(0, 0, rows).narrow(1, 0, columns);
  return plot::svg(plot::HeatMap{.title = title,
                                 .rows = rows,
                                 .columns = columns,
                                 .values = (abs(part) > threshold).cast<double>().to_vector(),
                                 .row_labels = every(8, rows),
                                 .column_labels = every(20, columns),
                                 .x_label = "unit",
                                 .y_label = "example",
                                 .palette = plot::Palette::kBlackWhite,
                                 .cell = 4});
}

void draw_tanh_layer(Run& run, const std::string& stage, const Tensor& hpreact, const Tensor& h) {
  const auto histogram = [&](const std::string& what, const Tensor& x) {
    return plot::Chart(stage + ": " + what, what, "count").size(440, 300).histogram(numbers(x), 50).svg();
  };
  run.figure("tanh_" + stage + ".svg", stage + ": what enters the tanh layer, and what leaves it.",
             plot::side_by_side({histogram("hpreact", hpreact), histogram("h", h)}));
  run.figure("saturated_" + stage + ".svg",
             stage + ": white where a unit (column) is saturated for an example (row).",
             image_of("|h| > 0.99", h, 0.99F));
}

void draw_activation_functions(Run& run) {
  std::vector<double> x;
  for (int i = -60; i <= 60; ++i) x.push_back(i / 20.0);
  const auto curve = [&](const auto& f) {
    std::vector<double> y;
    for (const double at : x) y.push_back(f(at));
    return y;
  };
  plot::Chart bounded("Flat at both ends", "x"), open("Open above", "x");
  bounded.size(440, 320).line(x, curve([](double v) { return std::tanh(v); }), "tanh");
  bounded.line(x, curve([](double v) { return 1 - std::tanh(v) * std::tanh(v); }), "tanh's derivative");
  bounded.line(x, curve([](double v) { return 1 / (1 + std::exp(-v)); }), "sigmoid");
  open.size(440, 320).line(x, curve([](double v) { return std::max(v, 0.0); }), "ReLU");
  open.line(x, curve([](double v) { return std::max(v, 0.1 * v); }), "leaky ReLU");
  open.line(x, curve([](double v) { return v > 0 ? v : std::exp(v) - 1; }), "ELU");
  run.figure("activation_functions.svg",
             "Where a curve is flat, a unit gets no gradient: left and right, or for ReLU and ELU left.",
             plot::side_by_side({bounded.svg(), open.svg()}));
}

void draw_densities(Run& run, const std::string& title, const std::string& x_label, const std::string& file,
                    const std::string& caption, const Densities& curves) {
  plot::Chart chart(title, x_label, "density");
  for (const auto& [name, t] : curves) {
    if (all(isfinite(t)).item()) chart.density(numbers(t), 100, name);
  }
  run.figure(file, caption, chart.size(900, 380).svg());
}

}  // namespace lt::apps::activations
