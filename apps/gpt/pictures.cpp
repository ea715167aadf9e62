#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/gpt/gpt.h>
#include <libtensor/apps/plot/chart.h>
#include <libtensor/apps/plot/heat_map.h>
#include <libtensor/apps/plot/svg.h>

namespace lt::apps::gpt {

void draw_curves(Run& run, const Trained& trained) {
  std::vector<double> steps;
  for (size_t i = 0; i < trained.losses.size(); ++i) steps.push_back(static_cast<double>(i));
  plot::Chart chart("Loss while training", "step", "loss");
  chart.faint_line(steps, trained.losses)
      .line(trained.steps, trained.train_losses, "train")
      .line(trained.steps, trained.val_losses, "val");
  run.figure("loss.svg",
             "Estimates over many batches, and each minibatch behind them. Where val stays above train, the "
             "model has learned what is true of the text that it has seen, not of the language.",
             chart.svg());
}

std::string affinity_maps(const Tensor& affinities, const Tensor& weights) {
  std::vector<double> past = weights.cast<double>().to_vector();
  const int64_t T = weights.size(0);
  for (int64_t t = 0; t < T; ++t)
    std::fill(past.begin() + t * T + t + 1, past.begin() + (t + 1) * T, std::nan(""));
  return plot::side_by_side(
      {plot::svg(
           {.title = "Affinities", .rows = T, .columns = T, .values = affinities.cast<double>().to_vector()}),
       plot::svg({.title = "Weights", .rows = T, .columns = T, .values = past})});
}

void draw_attention(Run& run, Gpt& model, const Vocabulary& vocabulary, const std::string& prompt) {
  std::vector<int64_t> ids = vocabulary.encode(prompt);
  ids.resize(std::min(ids.size(), static_cast<size_t>(std::min<int64_t>(24, model.sizes.block))));
  const int64_t T = std::ssize(ids);
  std::vector<std::string> letters;
  for (const int64_t id : ids) {
    const std::string& symbol = vocabulary.symbol(id);
    letters.push_back(symbol == "\n" ? "\u21b5" : symbol == " " ? "\u2423" : symbol);
  }
  model.train(false);
  const auto maps = model.attention(from_vector<int64_t>(ids, {1, T}));
  model.train(true);
  for (size_t layer = 0; layer < maps.size(); ++layer) {
    std::vector<std::string> figures;
    for (size_t head = 0; head < maps[layer].size(); ++head) {
      std::vector<double> values = maps[layer][head].cast<double>().to_vector();
      for (int64_t t = 0; t < T; ++t)
        std::fill(values.begin() + t * T + t + 1, values.begin() + (t + 1) * T, std::nan(""));
      figures.push_back(plot::svg({.title = fmt::format("Block {}, head {}", layer + 1, head + 1),
                                   .rows = T,
                                   .columns = T,
                                   .values = values,
                                   .row_labels = letters,
                                   .column_labels = letters,
                                   .range = std::pair{0.0, 1.0},
                                   .cell = 14}));
    }
    run.figure(fmt::format("attention{}.svg", layer + 1),
               fmt::format("Block {}: how each position (a row) weighs those up to it (columns).", layer + 1),
               plot::side_by_side(figures));
  }
}

}  // namespace lt::apps::gpt
