#include <fmt/format.h>

#include <cmath>

#include <libtensor/apps/wavenet/wavenet.h>

// The lecture's log of what each change gains.

namespace lt::apps::wavenet {
namespace {

// Lecture 4's norm: no epsilon, and a running standard deviation.
struct Lecture4Norm : Layer {
  explicit Lecture4Norm(int64_t dim)
      : bngain(ones({1, dim}), true),
        bnbias(zeros({1, dim}), true),
        mean(zeros({1, dim})),
        std(ones({1, dim})) {}
  Variable operator()(const Variable& x) override {
    if (!training) return bngain * (x - mean) / std + bnbias;
    const Variable bnmeani = x.mean(0, true), bnstdi = x.stddev(0, true, true);
    mean *= 0.999F;
    mean += 0.001F * bnmeani.data();
    std *= 0.999F;
    std += 0.001F * bnstdi.data();
    return bngain * (x - bnmeani) / bnstdi + bnbias;
  }
  Parameters parameters() const override { return {{"bngain", bngain}, {"bnbias", bnbias}}; }
  Buffers buffers() const override { return {{"mean", mean}, {"std", std}}; }
  std::string name() const override { return "BatchNorm"; }

  Variable bngain, bnbias;
  Tensor mean, std;
};

// The network where lecture 4 ended, with the draws of that lecture.
Sequential lecture4_network(int64_t vocabulary, Generator& g) {
  Sequential model;
  model.embedding = std::make_unique<Embedding>(vocabulary, 10, g);
  auto first = std::make_unique<Linear>(30, 200, g, false);
  first->weight.data() *= 5.0F / 3;
  auto last = std::make_unique<Linear>(200, vocabulary, g, true);
  last->weight.data() *= 0.01F * std::sqrt(200.0F);
  randn(vocabulary, g);  // of the bias, which is then set to 0
  model.layers.push_back(std::make_unique<FlattenConsecutive>(3));
  model.layers.push_back(std::move(first));
  model.layers.push_back(std::make_unique<Lecture4Norm>(200));
  model.layers.push_back(std::make_unique<Tanh>());
  model.layers.push_back(std::move(last));
  return model;
}

// The same examples, of which less is seen.
Splits last_characters(Splits splits, int64_t block) {
  for (Examples* examples : {&splits.train, &splits.val, &splits.test})
    examples->x = examples->x.narrow(1, splits.block - block, block).contiguous();
  splits.block = block;
  return splits;
}

}  // namespace

void train_table(Run& run, const Flags& flags, const Splits& splits, Train* train) {
  struct Row {
    std::string name, task, setup;
    Flags flags;
  };
  const std::vector<Row> networks = {{"lecture 4: block 3",
                                      "lecture-4",
                                      "--table",
                                      {.arch = "flat", .block = 3, .embed = 10, .hidden = 200}},
                                     {"flat, block 8",
                                      "flat",
                                      "--arch flat --embed 10 --hidden 200",
                                      {.arch = "flat", .embed = 10, .hidden = 200}},
                                     {"tree, with the bug",
                                      "bug",
                                      "--bn-bug --embed 10 --hidden 68",
                                      {.embed = 10, .hidden = 68, .bn_bug = true}},
                                     {"tree", "tree", "--embed 10 --hidden 68", {.embed = 10, .hidden = 68}},
                                     {"tree, larger", "larger", Run::kNoFlags, {}}};
  std::vector<std::vector<std::string>> rows;
  plot::Chart chart("Loss while training, averaged", "step", "log10 loss");
  for (const Row& row : networks) {
    run.heading(row.name);
    run.part(row.setup);
    const bool is_lecture4 = row.flags.block == 3;
    TrainingFlags training = flags.training;
    if (is_lecture4 && !run.given("--decay-at")) training.decay_at = 100000;
    const Splits own = is_lecture4 ? last_characters(splits, 3) : splits;
    Generator g = run.generator(is_lecture4 ? 2147483647 : run.flags().seed);
    Trained trained = train(run, training, own,
                            is_lecture4 ? lecture4_network(own.vocabulary.size(), g)
                                        : make_network(row.flags.sizes(own.vocabulary), g),
                            g, row.task);
    if (!trained.done) return;
    add_means(chart, trained.losses, row.name);
    const SplitLosses loss = show_splits(
        run, [&](const IntTensor& X) { return trained.model(X); }, own);
    rows.push_back({row.name, std::to_string(count_parameters(trained.model.parameters())), show(loss.train),
                    show(loss.val), show(loss.test)});
  }
  run.part("");
  run.heading("What each change gains");
  run.table({"network", "parameters", "train", "val", "test"}, rows);
  if (flags.training.steps >= 2000)
    run.figure("loss_means.svg", "Each point is the mean of 1,000 minibatches.", chart.svg());
  run.say(
      "From line to line one thing changes: a longer context; the tree in place of the flat network, with "
      "about as many numbers; its norms mended; and more numbers. Val says what each gains. Where train "
      "falls and val does not follow, the network learns its names by heart.");
  run.try_next({{"wavenet", "the last of them, its losses and names"}});
}

}  // namespace lt::apps::wavenet
