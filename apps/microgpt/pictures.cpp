#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include <libtensor/apps/common/curves.h>
#include <libtensor/apps/microgpt/microgpt.h>
#include <libtensor/apps/micrograd/graph.h>
#include <libtensor/apps/plot/chart.h>
#include <libtensor/apps/plot/heat_map.h>

// Pictures, and the table of what a step costs.

namespace lt::apps::microgpt {

void draw_curve(Run& run, const Numbers& losses) {
  constexpr size_t kGroup = 50;
  const Numbers means = means_of(losses, kGroup);
  Numbers steps, middles;
  for (size_t i = 0; i < losses.size(); ++i) steps.push_back(static_cast<double>(i));
  for (size_t i = 0; i < means.size(); ++i) middles.push_back(kGroup * (static_cast<double>(i) + 0.5));
  plot::Chart chart("Loss while training", "step", "loss");
  run.figure("loss.svg", "One name is noisy: a rare one costs more. The mean of fifty shows the way.",
             chart.faint_line(steps, losses).line(middles, means, "mean of 50").svg());
}

void draw_tiny_graph(Run& run) {
  const Scope forget;
  PythonRandom random(run.flags().seed);
  const Sizes sizes{.vocabulary = 2, .block = 1, .embed = 2, .heads = 1};
  const auto tiny = scalar_gpt(sizes, draw_weights(sizes, random));
  const Value loss = loss_of(*tiny, {{1, 0}}).label("loss");
  loss.backward();
  run.figure("tiny.svg",
             fmt::format("All of a GPT that is two numbers wide, for an alphabet of one letter: {} "
                         "parameters, and the loss where the graph ends.",
                         tiny->parameters.size()),
             plot::svg(micrograd::to_graph(loss, "A GPT of two numbers")));
}

void draw_attention(Run& run, Model& model, const Tokenizer& tokenizer, const std::string& name) {
  Ids ids = tokenizer.encode(name);
  ids.resize(static_cast<size_t>(std::min<int64_t>(model.sizes.block, std::ssize(ids) - 1)));
  const std::vector<Numbers> seen = model.attention(ids);
  std::vector<std::string> letters, figures;
  for (const int64_t id : ids) letters.push_back(tokenizer.letter(id));
  const int64_t T = std::ssize(ids), maps = model.sizes.layers * model.sizes.heads;
  for (int64_t m = 0; m < maps; ++m) {
    Numbers values(static_cast<size_t>(T * T), std::nan(""));
    for (int64_t t = 0; t < T; ++t)
      std::ranges::copy(seen[static_cast<size_t>(t * maps + m)], values.begin() + t * T);
    const std::string title =
        fmt::format("Layer {}, head {}", m / model.sizes.heads + 1, m % model.sizes.heads + 1);
    figures.push_back(plot::svg({.title = title,
                                 .rows = T,
                                 .columns = T,
                                 .values = values,
                                 .row_labels = letters,
                                 .column_labels = letters,
                                 .x_label = "looks at",
                                 .range = std::pair{0.0, 1.0},
                                 .cell = 24}));
  }
  run.figure(
      "attention.svg",
      fmt::format("What each head looks at, letter by letter of `{}`: a row is a position, its weights "
                  "for the positions so far are 1 together.",
                  name),
      plot::side_by_side(figures));
}

namespace {

struct Measured {
  double ms;  // a step, by the clock, at the median
  size_t nodes;
  Numbers losses;
};

Measured measure(const Flags& flags, const Names& names, Model& model, int64_t batch, int64_t steps) {
  using Clock = std::chrono::steady_clock;
  Adam adam(model);
  Measured measured{.ms = 0, .nodes = model.nodes(batch_of(names, 0, batch)), .losses = {}};
  Numbers times;
  for (int64_t i = 0; i < steps; ++i) {
    const Names some = batch_of(names, i, batch);
    const auto start = Clock::now();
    measured.losses.push_back(model.backward(some));
    adam.update(model, i, falling(flags.training.lr, i, flags.training.steps));
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  std::ranges::nth_element(times, times.begin() + std::ssize(times) / 2);
  measured.ms = times[times.size() / 2];
  return measured;
}

}  // namespace

void compare_engines(Run& run, const Flags& flags, const Names& names, const Weights& weights,
                     int64_t steps) {
  constexpr int64_t kMany = 32;  // names a step, where tensors may take many
  run.heading("The rest is efficiency");
  run.say(
      "The same model from the same start on tensors: a node of its graph is a whole matrix product, done by "
      "the processor's vector instructions, and a step may take many names at once. Nothing else changes.");
  run.cell("gpt on tensors");
  const Scope scope;
  const auto scalar = scalar_gpt(flags.sizes, weights);
  const auto tensor = tensor_gpt(flags.sizes, weights), large = tensor_gpt(flags.sizes, weights);
  const Measured scalars = measure(flags, names, *scalar, 1, steps);
  const Measured tensors = measure(flags, names, *tensor, 1, steps);
  const Measured many = measure(flags, names, *large, kMany, steps);
  double largest = 0;
  for (size_t i = 0; i < scalars.losses.size(); ++i)
    largest = std::max(largest, std::abs(tensors.losses[i] / scalars.losses[i] - 1));
  run.result("steps on both", steps);
  run.result("losses differ by at most", fmt::format("{:.0e}", largest));
  run.result("that is less than 1e-9", largest < 1e-9 ? "yes" : "no");
  std::vector<std::vector<std::string>> rows;
  const auto row = [&](const std::string& name, const Measured& of, int64_t batch) {
    const double a_name = of.ms / static_cast<double>(batch);
    rows.push_back({name, std::to_string(of.nodes), fmt::format("{:.3f}", of.ms),
                    fmt::format("{:.4f}", a_name), fmt::format("{:.1f}", scalars.ms / a_name)});
  };
  row("scalars", scalars, 1);
  row("tensors", tensors, 1);
  row(fmt::format("tensors, {} names a step", kMany), many, kMany);
  run.table({"engine", "nodes", "ms a step", "ms a name", "times scalars"}, rows);
  run.say(
      "Nodes are those of the first step's graph. Tensors have as many for a name of any length, and for any "
      "number of names: what a node costs by itself matters less and less.");
}

}  // namespace lt::apps::microgpt
