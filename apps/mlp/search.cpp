#include <libtensor/apps/mlp/search.h>

#include <fmt/format.h>

#include <algorithm>

#include <libtensor/apps/common/chart.h>
#include <libtensor/apps/common/training.h>

namespace lt::apps::mlp {
namespace {

std::string describe(const Settings& s, uint64_t seed) {
  return fmt::format(
      "mlp block {} embed {} hidden {} init {} direct {} batch {} momentum {} weight_decay {} seed {} names "
      "{}",
      s.sizes.block, s.sizes.embed, s.sizes.hidden, s.init, s.direct, s.training.batch, s.momentum,
      s.weight_decay, seed, s.data);
}

Settings smaller(const Settings& base, int64_t embed, int64_t hidden, int64_t steps,
                 const std::string& init) {
  Settings s = base;
  s.sizes.embed = embed;
  s.sizes.hidden = hidden;
  s.init = init;
  s.training.steps = steps;
  s.training.decay_at = steps / 2;
  s.training.save = s.training.resume = "";
  s.training.save_every = 0;
  return s;
}

}  // namespace

bool Settings::is_lecture(const Run& run) const {
  const Settings lecture;
  return sizes.block == 3 && sizes.embed == 10 && sizes.hidden == 200 && training.batch == 32 &&
         training.lr == 0.1 && training.decay_at == lecture.training.decay_at && init == lecture.init &&
         !direct && weight_decay == 0 && momentum == 0 && run.flags().seed == CommonFlags().seed;
}

void add_flags(Options& options, Settings& settings, Lessons& lessons) {
  options.add_training(settings.training);
  options.add("--block N", settings.sizes.block, "characters of context", {.min = 1, .max = 64});
  options.add("--embed N", settings.sizes.embed, "numbers in an embedding", {.min = 1, .max = 4096});
  options.add("--hidden N", settings.sizes.hidden, "units of the tanh layer", {.min = 1, .max = 65536});
  options.add("--init original|softmax|tanh|kaiming", settings.init, "how the drawn parameters are scaled");
  options.add("--direct", settings.direct, "connections from embeddings to logits too (Bengio et al. 2003)");
  options.add("--weight-decay D", settings.weight_decay, "added to each gradient: D times the parameter",
              {.min = 0});
  options.add("--momentum M", settings.momentum, "of the update's direction", {.min = 0, .max = 0.9999});
  options.add("--overfit N", lessons.overfit, "train on the first N names only, as the lecture's first net",
              {.min = 1, .selects = true});
  options.add("--find-lr", lessons.find_lr, "the learning-rate finder's sweep and its figures",
              {.selects = true});
  options.add("--search", lessons.search,
              "train a grid of settings (20000 steps each unless given), a table sorted by dev loss",
              {.selects = true});
}

void refuse_idle_flags(const Run& run, const Lessons& lessons) {
  int chosen = 0;
  for (const char* name : {"--overfit", "--find-lr", "--search"}) chosen += run.given(name) ? 1 : 0;
  if (chosen > 1) throw UsageError("--overfit, --find-lr and --search exclude each other");
  const bool saves = run.given("--resume") || run.given("--save") || run.given("--save-every");
  if (saves && (lessons.find_lr || lessons.search)) {
    throw UsageError("a checkpoint holds one network's training: not with --find-lr or --search");
  }
}

Trained train_net(Run& run, const Data& data, const Settings& settings) {
  Generator generator = run.generator(run.flags().seed);
  Trained result{
      .net = MlpNet(settings.sizes, mlp_scales(settings.init, settings.sizes), generator, settings.direct),
      .losses = {}};
  const MlpNet& net = result.net;
  const auto named = net.parameters();
  std::vector<Variable> parameters;
  for (const auto& [name, parameter] : named) parameters.push_back(parameter);
  const int64_t count = count_parameters(named);
  run.log().write("params", {{"count", count}});
  const bool has_lecture = settings.is_lecture(run);
  has_lecture ? run.compare("parameters", static_cast<double>(count), 11897, kExact)
              : run.result("parameters", std::to_string(count));
  nn::SGD sgd(parameters, settings.training.lr,
              {.momentum = settings.momentum, .weight_decay = settings.weight_decay});
  const History history = train(run, settings.training,
                                {.name = "train",
                                 .setup = describe(settings, run.flags().seed),
                                 .optimizer = sgd,
                                 .generator = generator,
                                 .parameters = named,
                                 .loss = [&] {
                                   const auto [x, y] =
                                       minibatch(data.train, settings.training.batch, generator);
                                   return cross_entropy(net.logits(x), y);
                                 }});
  result.losses = history.losses;
  result.stopped = history.stopped;
  if (result.stopped) return result;
  const SplitLosses losses = split_losses([&](const IntTensor& x) { return net.logits(x); }, data);
  result.train_loss = losses.train;
  result.val_loss = losses.val;
  result.test_loss = losses.test;
  return result;
}

void search(Run& run, const Data& data, const Settings& settings) {
  const int64_t count = run.given("--steps") ? settings.training.steps : 20000;
  run.heading("A search for hyperparameters");
  run.say(fmt::format("Each setting trains for {} steps, the second half at a tenth of the rate.", count));
  struct Row {
    std::string name, label;
    int64_t parameters;
    double train, val;
  };
  std::vector<Row> rows;
  for (const std::string init : {"original", "kaiming"}) {
    for (const auto& [embed, hidden] : {std::pair{2, 100}, {10, 100}, {10, 200}, {24, 200}}) {
      const Settings s = smaller(settings, embed, hidden, count, init);
      const Trained net = train_net(run, data, s);
      if (net.stopped) return;
      rows.push_back({fmt::format("embed {}, hidden {}, {}", embed, hidden, init),
                      fmt::format("E{} H{} {}", embed, hidden, init), count_parameters(net.net.parameters()),
                      net.train_loss, net.val_loss});
    }
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.val < b.val; });
  std::vector<std::vector<std::string>> cells;
  std::vector<std::string> names;
  std::vector<std::vector<double>> bars(2);
  for (const Row& row : rows) {
    cells.push_back({row.name, std::to_string(row.parameters), show(row.train), show(row.val)});
    names.push_back(row.label);
    bars[0].push_back(row.train);
    bars[1].push_back(row.val);
  }
  run.table({"setting", "parameters", "train", "dev"}, cells);
  Chart chart("Split losses by setting", "", "loss");
  run.figure("search.svg", "Train and dev loss of each setting.",
             chart.size(1200, 420).bars(names, bars, {"train", "dev"}).svg());
}

void check_other_nets(Run& run, const Data& data, const Settings& settings) {
  struct Row {
    int64_t embed, hidden, steps;
    const char* init;
    double parameters, first, train, val, test;  // first: the loss at step 0; 0 where the lecture gives none
  };
  const Row lecture[] = {{2, 100, 40000, "original", 3481, 0, 2.3549, 2.3515, 2.3521},
                         {2, 300, 60000, "original", 10281, 0, 2.2931, 2.2956, 2.2957},
                         {10, 200, 200000, "softmax", 11897, 3.3221, 2.069589, 2.131075, 2.132830},
                         {10, 200, 200000, "kaiming", 11897, 0, 2.037664, 2.106990, 2.104990}};
  for (const Row& row : lecture) {
    const std::string name = fmt::format("embed {}, hidden {}, {}", row.embed, row.hidden, row.init);
    run.heading(name);
    const Trained net = train_net(run, data, smaller(settings, row.embed, row.hidden, row.steps, row.init));
    if (net.stopped) return;
    run.check(name + ": parameters", static_cast<double>(count_parameters(net.net.parameters())),
              row.parameters, kExact);
    if (row.first > 0) run.compare("loss at step 0", net.losses[0], row.first, within(0.5e-4));
    const Tolerance tolerance = std::string(row.init) == "original" ? within(0.02) : kTrained;
    run.compare("train loss", net.train_loss, row.train, tolerance);
    run.compare("val loss", net.val_loss, row.val, tolerance);
    run.compare("test loss", net.test_loss, row.test, tolerance);
  }
}

}  // namespace lt::apps::mlp
