// Lecture 4, "Activations & gradients, BatchNorm": lecture 3's network looked into, and mended in five
// stages. The network is in mlp.h, what each stage shows in stages.cpp, and the six layers of the lecture's
// second half are in deep.cpp.
//
//   activations                      all five stages, the last one trained for 200,000 steps
//   activations --stage tanh         up to that stage, which is trained
//   activations --stage all          each of the five trained, and their table
//   activations --deep               six layers, and what goes on inside of them
//   activations --exercise 1         all parameters zero
//   activations --widget 2           five numbers normalised

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/activations/mlp.h>
#include <libtensor/apps/common/curves.h>
#include <libtensor/apps/common/memory.h>

using namespace lt;
using namespace lt::apps;
using namespace lt::apps::activations;

namespace {

struct Trained {
  Mlp net;
  std::vector<double> losses;
  bool done;
};

Trained train(Run& run, const TrainingFlags& training, const Flags& flags, const Splits& splits,
              const std::string& stage, const std::string& task) {
  Generator g = run.generator(run.flags().seed);
  Mlp net(stage, flags.sizes(splits.vocabulary.size()), g);
  Parameters parameters = net.parameters();
  Steps steps = run.steps(
      training, {.parameters = parameters,
                 .generator = &g,
                 .buffers = {{"bnmean_running", net.bnmean_running}, {"bnstd_running", net.bnstd_running}},
                 .name = task});
  const auto logits = [&](const IntTensor& x) { return net.logits(x, false); };
  if (training.steps > 1000) steps.watch([&] { return how_far(run, logits, splits); });
  // cell: train
  for (Step& step : steps) {
    const auto [Xb, Yb] = minibatch(splits.train, training.batch, g);
    const Variable loss = cross_entropy(net.logits(Xb, true), Yb);
    step.loss(loss);
    for (const auto& [name, p] : parameters) p.zero_grad();
    loss.backward();
    for (auto& [name, p] : parameters) p.data() -= step.rate() * p.grad();
  }
  // end
  return {net, steps.losses(), steps.done()};
}

// The first 1,000 steps of the first two stages. Were they all made?
bool hockey_stick(Run& run, const Flags& flags, const Splits& splits) {
  run.say(
      "1,000 steps of both. The original spends the first of them on squashing its logits, an easy gain; "
      "drawn, its loss is a hockey stick.");
  run.cell("train");
  const TrainingFlags training{
      .steps = 1000, .batch = flags.training.batch, .lr = flags.training.lr, .decay_at = 1000};
  plot::Chart chart("The hockey stick", "step", "log10 loss");
  for (const std::string stage : {"original", "softmax"}) {
    run.print(stage + ":");
    run.part("--stage " + stage);
    const Trained trained = train(run, training, flags, splits, stage, "first-" + stage);
    if (!trained.done) return false;
    add_losses(chart, trained.losses, stage);
  }
  run.part(Run::kNoFlags);
  run.figure("hockey_stick.svg", "With small logits at the start the steep first part is gone.", chart.svg());
  return true;
}

// What evaluation takes in place of a batch: the running averages, or after training the whole split.
void calibrate(Run& run, const Flags& flags, const Splits& splits, Mlp& net) {
  run.say(
      "Instead of keeping averages one can measure mean and std over all of the training split, once, at "
      "the end:");
  // cell: calibrate
  const NoGrad no_grad;
  const Tensor hpreact = matmul(net.C[splits.train.x].view({-1, net.W1.size(0)}), net.W1).data();
  const Tensor bnmean = hpreact.mean(0, true);
  const Tensor bnstd = hpreact.stddev(0, true, true);
  // end
  run.cell("calibrate");
  run.result("unit 0: running mean", net.bnmean_running.at({0, 0}));
  run.result("unit 0: mean over the split", bnmean.at({0, 0}));
  run.result("unit 0: running std", net.bnstd_running.at({0, 0}));
  run.result("unit 0: std over the split", bnstd.at({0, 0}));
  if (!flags.calibrate) return;
  net.bnmean_running.copy_(bnmean);
  net.bnstd_running.copy_(bnstd);
}

// A whole training; its line of the loss log, or nothing where it was stopped.
std::vector<std::string> train_stage(Run& run, const Flags& flags, const Words& data, const Splits& splits,
                                     const std::string& stage) {
  const bool is_one_of_five = flags.stage == "all";
  run.heading("Training: stage " + stage);
  run.part("");
  if (is_one_of_five) run.part(stage == "batchnorm" ? Run::kNoFlags : "--stage " + stage);
  run.parameters(count_parameters(First(run, flags, splits, stage).net.parameters()));
  Trained trained = train(run, flags.training, flags, splits, stage, is_one_of_five ? stage : "train");
  if (!trained.done) return {};
  if (is_one_of_five && flags.training.steps != Flags().training.steps) run.part("--stage all");
  draw_losses(run, trained.losses, flags.training.decay_at,
              is_one_of_five ? "loss_" + stage + ".svg" : "loss.svg");
  if (trained.net.batchnorm) calibrate(run, flags, splits, trained.net);
  const auto logits = [&](const IntTensor& x) { return trained.net.logits(x, false); };
  const SplitLosses loss = show_splits(run, logits, splits);
  show_names(run, logits, splits, data);
  return {stage, trained.losses.empty() ? "-" : show(trained.losses[0]), show(loss.train), show(loss.val)};
}

void stages(Run& run, const Flags& flags, const Words& data, const Splits& splits) {
  const std::string last_stage = flags.stage == "all" ? "batchnorm" : flags.stage;
  const auto last = std::find(kStages.begin(), kStages.end(), last_stage) - kStages.begin();
  std::vector<First> starts;
  for (const std::string& stage : kStages) starts.emplace_back(run, flags, splits, stage);
  run.part(Run::kNoFlags);
  initial_loss(run, starts[0]);
  if (last >= 1) {
    softmax_stage(run, starts[1]);
    if (!hockey_stick(run, flags, splits)) return;
  }
  if (last >= 2) tanh_stage(run, starts[0], starts[2]);
  if (last >= 3) kaiming_stage(run, starts[3]);
  if (last >= 4) batchnorm_stage(run, starts[4], starts[3]);
  show_starts(run, starts);
  std::vector<std::vector<std::string>> rows;
  for (const std::string& stage : flags.stage == "all" ? kStages : std::vector{flags.stage}) {
    rows.push_back(train_stage(run, flags, data, splits, stage));
    if (rows.back().empty()) return;
  }
  if (rows.size() > 1) {
    run.heading("The loss log");
    run.table({"stage", "step 0", "train", "val"}, rows);
  }
  if (last >= 4 && flags.block == 3) {  // as the six layers take it
    run.part("--deep");
    Flags few;
    few.training = {.steps = 100, .decay_at = 100, .keep = false};
    deep_network(run, few, splits, data, false);
  }
  run.try_next({{"activations --stage all", "each of the stages trained, and what it gains"},
                {"activations --deep", "the diagnostics after 1,001 steps, and names"},
                {"activations --deep --no-batchnorm --gain 0.5", "activations that fade from layer to layer"},
                {"activations --exercise 1", "what a network learns that starts from zeros"},
                {"activations --exercise 2", "batch normalisation folded into the weights"},
                {"activations --widget 2", "five numbers normalised: one that moves, moves all"}});
}

void lecture(Run& run, const Flags& flags) {
  refuse_batch_of_one(flags);
  const auto batch = static_cast<double>(flags.training.batch);
  // As measured; of a unit and example batch normalisation keeps some thirty numbers.
  const double bytes = flags.deep || flags.exercise == 2
                           ? 20000 * batch
                           : bytes_to_train(flags.sizes(), flags.training.batch) +
                                 120 * static_cast<double>(flags.hidden) * batch;
  require_memory("--batch, --hidden, --embed and --block", bytes);
  const Words data = run.load_words();
  if (run.given("--widget")) return widget(run, flags.widget);
  const Vocabulary vocabulary = Vocabulary::of(data);
  const Splits splits(run, data, flags.block);
  if (flags.exercise == 1) return zero_initialisation(run, flags, splits);
  if (flags.exercise == 2) return fold_batchnorm(run, flags, splits);
  if (flags.deep) return deep_network(run, flags, splits, data, true);
  stages(run, flags, data, splits);
}

}  // namespace

int main(int argc, char** argv) {
  return run_app<Flags>(argc, argv,
                        {"activations", "Lecture 4: activations, gradients and batch normalisation",
                         "activations --deep", kAppTexts},
                        declare, lecture);
}
