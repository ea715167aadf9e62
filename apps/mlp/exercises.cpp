#include <fmt/format.h>

#include <algorithm>

#include <libtensor/apps/common/curves.h>
#include <libtensor/apps/mlp/mlp.h>
#include <libtensor/apps/plot/chart.h>

namespace lt::apps::mlp {
namespace {

struct Trained {
  MlpNet net;
  SplitLosses loss;
  bool done;
};

Trained train(Run& run, const Flags& flags, const Splits& splits, const std::string& name) {
  Generator g = run.generator(run.flags().seed);
  const MlpSizes sizes = flags.sizes(splits.vocabulary.size());
  const MlpNet net(sizes, mlp_scales(flags.init, sizes), g, flags.direct);
  nn::SGD sgd(variables(net.parameters()), flags.training.lr,
              {.momentum = flags.momentum, .weight_decay = flags.weight_decay});
  run.parameters(count_parameters(net.parameters()));
  Steps steps = run.steps(flags.training,
                          {.parameters = net.parameters(), .generator = &g, .optimizer = &sgd, .name = name});
  // cell: train by an optimiser
  for (Step& step : steps) {
    const auto [X, Y] = minibatch(splits.train, flags.training.batch, g);
    const Variable loss = cross_entropy(net.logits(X), Y);
    step.loss(loss);
    sgd.zero_grad();
    loss.backward();
    sgd.lr = step.rate();
    sgd.step();
  }
  // end
  if (!steps.done()) return {net, {}, false};
  if (name == "train") draw_losses(run, steps.losses(), flags.training.decay_at);
  return {net, split_losses([&](const IntTensor& x) { return net.logits(x); }, splits), true};
}

struct Row {
  std::string name;
  int64_t parameters;
  double train, val;
};

// A table sorted by dev loss, and bars. Returns the name of its first row.
std::string best_of(Run& run, const std::string& file, std::vector<Row> rows) {
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.val < b.val; });
  std::vector<std::vector<std::string>> cells;
  std::vector<std::string> names;
  std::vector<std::vector<double>> bars(2);
  for (const Row& row : rows) {
    cells.push_back({row.name, std::to_string(row.parameters), show(row.train), show(row.val)});
    names.push_back(row.name);
    bars[0].push_back(row.train);
    bars[1].push_back(row.val);
  }
  run.table({"setting", "parameters", "train", "dev"}, cells);
  plot::Chart chart("Split losses by setting", "", "loss");
  run.figure(file, "The lower, the better; train far below dev would be overfitting.",
             chart.size(1200, 420).bars(names, bars, {"train", "dev"}).svg());
  return names.front();
}

}  // namespace

void improve(Run& run, const Flags& flags, const Words& data, const Splits& splits) {
  run.heading("The exercises' network");
  run.say(fmt::format("Initialisation `{}`{}, momentum {}, weight decay {}.", flags.init,
                      flags.direct ? ", direct connections from the embeddings to the logits" : "",
                      flags.momentum, flags.weight_decay));
  for (const char* fix : {"softmax", "tanh", "kaiming"}) run.cell(fix);
  run.cell("train by an optimiser");
  const Trained trained = train(run, flags, splits, "train");
  if (!trained.done) return;
  const auto logits = [&](const IntTensor& x) { return trained.net.logits(x); };
  run.heading("How well it does");
  show_splits(run, logits, splits);
  show_names(run, logits, splits, data);
  run.try_next({{"mlp", "the lecture's own settings, to compare"},
                {"activations --stage all", "what each fix of the initialisation gains"}});
}

void search(Run& run, const Flags& flags, const Splits& splits) {
  run.heading("A search for hyperparameters");
  run.say(
      fmt::format("Each setting trains for {} steps, the second half at a tenth of the rate; dev chooses, "
                  "test is not looked at.",
                  flags.training.steps));
  std::vector<Row> sizes, rates;
  const auto take = [&](std::vector<Row>& rows, const std::string& name, Flags setting) {
    run.print(name + ":");
    setting.training.keep = false;
    setting.training.decay_at = flags.training.steps / 2;
    const Trained trained = train(run, setting, splits, name);
    if (trained.done)
      rows.push_back(
          {name, count_parameters(trained.net.parameters()), trained.loss.train, trained.loss.val});
    return trained.done;
  };
  // cell: grid
  Flags setting = flags;
  for (const std::string init : {"original", "kaiming"}) {
    for (const auto& [embed, hidden] : {std::pair{2, 100}, {10, 100}, {24, 200}, {10, 200}}) {
      setting.init = init, setting.embed = embed, setting.hidden = hidden;
      if (!take(sizes, fmt::format("{} E{} H{}", init, embed, hidden), setting)) return;
    }
  }
  rates.push_back(sizes.back());
  rates.back().name = "batch 32 rate 0.1";
  for (const auto& [batch, lr] : {std::pair{8, 0.1}, {128, 0.1}, {32, 0.03}, {32, 0.3}}) {
    setting.training.batch = batch, setting.training.lr = lr;
    if (!take(rates, fmt::format("batch {} rate {}", batch, lr), setting)) return;
  }
  // end
  run.cell("grid");
  run.heading("Sizes, and how the net begins");
  const std::string size = best_of(run, "search.svg", sizes);
  run.heading("Batches and rates, of kaiming E10 H200");
  const std::string rate = best_of(run, "search_rates.svg", rates);
  run.say(
      fmt::format("The best on dev are `{}` and `{}`: what to train for longer. Test has not been looked at.",
                  size, rate));
  run.try_next(
      {{"mlp --init kaiming", "the network begun well, for all its steps"}, {"mlp", "the lecture's own"}});
}

}  // namespace lt::apps::mlp
