// Lecture 4, "Activations & gradients, BatchNorm": lecture 3's network looked into, mended in five stages.
// The six layers of the lecture's second half are in deep.cpp.
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

#include <libtensor/apps/activations/activations.h>
#include <libtensor/apps/common/curves.h>
#include <libtensor/apps/common/memory.h>
#include <libtensor/apps/plot/chart.h>
#include <libtensor/nn/diagnostics.h>

using namespace lt;
using namespace lt::apps;
using namespace lt::apps::activations;

namespace {

struct Mlp {
  Mlp(const std::string& name, const MlpSizes& n, Generator& g)
      : stage(name), batchnorm(stage == "batchnorm") {
    const int64_t fan_in = n.block * n.embed;
    const MlpScales by = scales_of(stage, fan_in);
    // cell: parameters
    C = Variable(randn({n.vocabulary, n.embed}, g), true);            // (27, 10)
    W1 = Variable(randn({fan_in, n.hidden}, g) * by.W1, true);        // (30, 200)
    if (!batchnorm) b1 = Variable(randn(n.hidden, g) * by.b1, true);  // (200)
    W2 = Variable(randn({n.hidden, n.vocabulary}, g) * by.W2, true);  // (200, 27)
    b2 = Variable(randn(n.vocabulary, g) * by.b2, true);              // (27)
    // end
    bngain = Variable(ones({1, n.hidden}), true);
    bnbias = Variable(zeros({1, n.hidden}), true);
    bnmean_running = zeros({1, n.hidden});
    bnstd_running = ones({1, n.hidden});
  }

  // cell: batch normalisation
  Variable normalize(const Variable& x, bool training) {
    if (!training) return bngain * (x - bnmean_running) / bnstd_running + bnbias;
    bnmeani = x.mean(0, true);  // (1, 200): of each unit, over the batch
    bnstdi = x.stddev(0, true, true);
    bnmean_running *= 0.999F;
    bnmean_running += 0.001F * bnmeani.data();
    bnstd_running *= 0.999F;
    bnstd_running += 0.001F * bnstdi.data();
    return bngain * (x - bnmeani) / bnstdi + bnbias;
  }
  // end

  // cell: forward
  Variable logits(const IntTensor& Xb, bool training) {
    const Variable embcat = C[Xb].view({Xb.size(0), -1});  // (32, 30): embeddings side by side
    hpreact = batchnorm ? normalize(matmul(embcat, W1), training) : matmul(embcat, W1) + b1;  // (32, 200)
    h = tanh(hpreact);
    return matmul(h, W2) + b2;  // (32, 27)
  }
  // end

  Parameters parameters() const {
    if (!batchnorm) return {{"C", C}, {"W1", W1}, {"b1", b1}, {"W2", W2}, {"b2", b2}};
    return {{"C", C}, {"W1", W1}, {"W2", W2}, {"b2", b2}, {"bngain", bngain}, {"bnbias", bnbias}};
  }

  std::string stage;
  bool batchnorm;
  Variable C, W1, b1, W2, b2, bngain, bnbias;
  Tensor bnmean_running, bnstd_running;
  Variable bnmeani, bnstdi, hpreact, h;  // of the last batch
};

// The first minibatch, before any training.
struct First {
  First(const Run& run, const Flags& flags, const Splits& splits, const std::string& stage)
      : g(run.generator(run.flags().seed)),
        net(stage, flags.sizes(splits.vocabulary), g),
        batch(minibatch(splits.train, flags.training.batch, g)),
        logits(net.logits(batch.x, true)),
        loss(cross_entropy(logits, batch.y)) {}
  Start start() const {
    const MlpScales by = scales_of(net.stage, net.W1.size(0));
    return {net.stage, by, net.hpreact.data(), net.h.data(), logits.data(), loss.item()};
  }

  Generator g;
  Mlp net;
  Examples batch;
  Variable logits, loss;
};

struct Trained {
  Mlp net;
  std::vector<double> losses;
  bool done;
};

Trained train(Run& run, const TrainingFlags& training, const Flags& flags, const Splits& splits,
              const std::string& stage, const std::string& task) {
  Generator g = run.generator(run.flags().seed);
  Mlp net(stage, flags.sizes(splits.vocabulary), g);
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
    std::vector<double> steps, logs;
    for (const double loss : trained.losses) {
      steps.push_back(static_cast<double>(steps.size()));
      logs.push_back(std::log10(loss));
    }
    chart.line(steps, logs, stage);
  }
  run.part(Run::kNoFlags);
  run.figure("hockey_stick.svg", "With small logits at the start the steep first part is gone.", chart.svg());
  return true;
}

void batchnorm_stage(Run& run, const Flags& flags, const Splits& splits) {
  run.heading("Stage batchnorm: batch normalisation");
  run.say(
      "If pre-activations should have mean 0 and standard deviation 1, make them so (Ioffe and Szegedy, "
      "2015): from each unit subtract its mean over the batch, divide by its standard deviation. It can "
      "all be differentiated. bngain and bnbias are trained, so that the net may move away from 0 and 1 "
      "again.");
  run.cell("batch normalisation");
  First first(run, flags, splits, "batchnorm");
  Mlp& net = first.net;
  show_layer(run, first.start());
  const Tensor before = matmul(net.C[first.batch.x].view({-1, net.W1.size(0)}), net.W1).data();
  run.result("unit 0: bnmeani", net.bnmeani.at({0, 0}));
  run.result("unit 0: bnstdi", net.bnstdi.at({0, 0}));
  run.result("unit 0: bngain", net.bngain.at({0, 0}));
  run.result("unit 0: bnbias", net.bnbias.at({0, 0}));
  run.result("unit 0, first example: before", before.at({0, 0}));
  run.result("unit 0, first example: after", net.hpreact.at({0, 0}));
  run.say(
      "b1 is gone: what is added to a unit in all examples, the mean takes away again. So its gradient is "
      "nothing, and bnbias does its work.");
  run.cell("idle b1");
  // cell: idle b1
  const Variable b1(zeros(flags.hidden), true);
  const Variable h = tanh(net.normalize(Variable(before) + b1, true));
  cross_entropy(matmul(h, net.W2) + net.b2, first.batch.y).backward();
  run.result("largest gradient of b1", amax(abs(b1.grad())));
  // end
  const First kaiming(run, flags, splits, "kaiming");
  kaiming.loss.backward();
  run.result("the same in stage kaiming", amax(abs(kaiming.net.b1.grad())));
  run.say(
      "Now an example's logits depend on the others of its batch. That jitter keeps the net from "
      "overfitting, but one window alone has no standard deviation. So running averages are kept (0.999 of "
      "the old, 0.001 of the batch's), and when the net is evaluated they stand for the batch's.");
  run.cell("couples");
  // cell: couples
  const auto first_logit_among = [&](int64_t examples, bool training) {
    return net.logits(first.batch.x.narrow(0, 0, examples), training).at({0, 0});
  };
  run.result("first logit, in its batch", first_logit_among(flags.training.batch, true));
  run.result("beside one other", first_logit_among(2, true));
  run.result("alone, by running averages", first_logit_among(1, false));
  run.result("alone, by its own std", first_logit_among(1, true));
  // end
  draw_widget(run);
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
  if (run.flags().samples > 0) run.heading("Names");
  run.samples(sample_names(logits, splits.vocabulary, flags.block, run.flags().samples,
                           run.generator(run.flags().sample_seed)),
              data.words);
  return {stage, trained.losses.empty() ? "-" : show(trained.losses[0]), show(loss.train), show(loss.val)};
}

void stages(Run& run, const Flags& flags, const Words& data, const Splits& splits) {
  const std::string last_stage = flags.stage == "all" ? "batchnorm" : flags.stage;
  const auto last = std::find(kStages.begin(), kStages.end(), last_stage) - kStages.begin();
  std::vector<Start> starts;
  for (const std::string& stage : kStages) starts.push_back(First(run, flags, splits, stage).start());
  run.part(Run::kNoFlags);
  initial_loss(run, starts[0]);
  if (last >= 1) {
    softmax_stage(run, starts[1]);
    if (!hockey_stick(run, flags, splits)) return;
  }
  if (last >= 2) tanh_stage(run, starts[0], starts[2]);
  if (last >= 3) kaiming_stage(run, starts[3]);
  if (last >= 4) batchnorm_stage(run, flags, splits);
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
    deep_network(run, {.training = {.steps = 100, .decay_at = 100, .keep = false}}, splits, data, false);
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
  const double bytes =
      flags.deep || flags.exercise == 2
          ? 20000 * batch
          : bytes_to_train({.block = flags.block, .embed = flags.embed, .hidden = flags.hidden},
                           flags.training.batch) +
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
