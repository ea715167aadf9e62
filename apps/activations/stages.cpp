#include <libtensor/apps/activations/stages.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/common/training.h>

// The network as the lecture writes it, and its training; the lecture's figures stand below, in kLog.

namespace lt::apps::activations {
namespace {

struct LogLine {
  const char* stage;
  double parameters, first, train, val, test;
  const char* recorded;  // train and val in the published notebook
  Tolerance tolerance = kTrained;
};
// The original is lecture 3's network, whose N(0, 1) weights amplify rounding: reruns
// differ in the third digit.
const LogLine kLog[] = {{"original", 11897, 27.8817, 2.1274, 2.1659, 2.1656, "2.1245, 2.1682", within(0.02)},
                        {"softmax", 11897, 3.322059, 2.069589, 2.131075, 2.132830, "2.07, 2.13"},
                        {"tanh", 11897, 3.313459, 2.035597, 2.102678, 2.101221, "2.035597, 2.102679"},
                        {"kaiming", 11897, 3.317901, 2.037664, 2.106990, 2.104990, "2.037664, 2.106990"},
                        {"batchnorm", 12097, 3.323863, 2.067415, 2.105684, 2.107018, "2.067415, 2.105684"}};
const SplitLosses kCalibrated = {2.067760, 2.105599, 2.106947};

constexpr size_t kLoggedSteps[] = {1, 10, 100, 1000, 10000, 20000, 50000, 100000, 150000, 190000};
constexpr double kKaimingLosses[] = {3.234160, 2.813844, 2.419337, 2.143760, 2.191045,
                                     2.327004, 2.333053, 1.859076, 2.145784, 1.861385};
constexpr double kBatchnormLosses[] = {3.273619, 3.089025, 2.143427, 2.462523, 2.032162,
                                       2.567519, 1.889741, 2.367293, 2.002744, 2.170714};

const LogLine& log_line(const std::string& stage) {
  return *std::find_if(std::begin(kLog), std::end(kLog), [&](const LogLine& l) { return l.stage == stage; });
}

Variable drawn(const Shape& shape, float scale, Generator& generator) {
  return Variable(randn(shape, generator) * scale, true);
}

void compare_losses(Run& run, const Trained& trained) {
  const LogLine& lecture = log_line(trained.stage);
  if (trained.losses.empty()) return;
  // The lecture gives the original's first loss to four decimals.
  const Tolerance first = lecture.first > 10 ? within(0.5e-4) : kTrained;
  run.compare("loss at step 0", trained.losses[0], lecture.first, first);
  const double* figures = trained.stage == "kaiming"     ? kKaimingLosses
                          : trained.stage == "batchnorm" ? kBatchnormLosses
                                                         : nullptr;
  for (size_t i = 0; figures != nullptr && i < std::size(kLoggedSteps); ++i) {
    const size_t step = kLoggedSteps[i];
    if (step >= trained.losses.size()) break;
    run.compare(fmt::format("loss at step {}", step), trained.losses[step], figures[i], kTrained);
  }
}

// One line and one event a split; `lecture` is null where our settings are others.
void show_splits(Run& run, const Trained& trained, const SplitLosses* lecture, Tolerance tolerance) {
  const auto show_one = [&](const std::string& name, double ours, double theirs) {
    if (std::isnan(ours)) return;
    run.log().write("split", {{"name", name}, {"loss", static_cast<float>(ours)}, {"stage", trained.stage}});
    lecture != nullptr ? run.compare(name + " loss", ours, theirs, tolerance)
                       : run.result(name + " loss", show(ours));
  };
  const SplitLosses none{};
  const SplitLosses& theirs = lecture != nullptr ? *lecture : none;
  show_one("train", trained.loss.train, theirs.train);
  show_one("val", trained.loss.val, theirs.val);
  show_one("test", trained.loss.test, theirs.test);
}

bool is_whole_run(const Run& run, const Settings& settings) {
  return settings.is_lecture(run) && settings.training.steps == 200000;
}

}  // namespace

BatchNorm::BatchNorm(int64_t units)
    : gain(ones({1, units}), true),
      bias(zeros({1, units}), true),
      running_mean(zeros({1, units})),
      running_std(ones({1, units})) {}

Variable BatchNorm::operator()(const Variable& x, bool training) {
  if (!training) return gain * (x - running_mean) / running_std + bias;
  BatchStatistics<float> batch;
  const Variable y = batch_norm(x, gain.view({-1}), bias.view({-1}), {.eps = 0, .unbiased = true}, &batch);
  running_mean *= 0.999F;
  running_mean.add_(batch.mean, 0.001F);
  running_std *= 0.999F;
  running_std.add_(sqrt(batch.var), 0.001F);
  return y;
}

StageNet::StageNet(const std::string& stage, const MlpSizes& net_sizes, Generator& generator)
    : sizes(net_sizes), normalizes(stage == "batchnorm"), norm(net_sizes.hidden) {
  const MlpScales scales = mlp_scales(normalizes ? "kaiming" : stage, sizes);
  C = drawn({sizes.vocabulary, sizes.embed}, 1, generator);
  W1 = drawn({sizes.block * sizes.embed, sizes.hidden}, scales.W1, generator);
  if (!normalizes) b1 = drawn(sizes.hidden, scales.b1, generator);
  W2 = drawn({sizes.hidden, sizes.vocabulary}, scales.W2, generator);
  b2 = drawn(sizes.vocabulary, scales.b2, generator);
}

Variable StageNet::affine(const IntTensor& x) const {
  const Variable embcat = embedding(C, x).view({x.size(0), sizes.block * sizes.embed});
  return normalizes ? matmul(embcat, W1) : matmul(embcat, W1) + b1;
}

StageNet::Pass StageNet::forward(const IntTensor& x, bool training) {
  Variable hpreact = affine(x);
  if (normalizes) hpreact = norm(hpreact, training);
  const Variable h = tanh(hpreact);
  return {hpreact, h, matmul(h, W2) + b2};
}

void StageNet::calibrate(const IntTensor& x) {
  const NoGrad no_grad;
  const Tensor hpreact = affine(x).data();
  norm.running_mean.copy_(mean(hpreact, 0, true));
  norm.running_std.copy_(stddev(hpreact, 0, true, true));
}

std::vector<std::pair<std::string, Variable>> StageNet::parameters() const {
  if (!normalizes) return {{"C", C}, {"W1", W1}, {"b1", b1}, {"W2", W2}, {"b2", b2}};
  return {{"C", C}, {"W1", W1}, {"W2", W2}, {"b2", b2}, {"bngain", norm.gain}, {"bnbias", norm.bias}};
}

bool Settings::is_lecture(const Run& run) const {
  const Settings lecture;
  return training.batch == lecture.training.batch && training.lr == lecture.training.lr &&
         training.decay_at == lecture.training.decay_at && run.flags().seed == CommonFlags().seed;
}

Trained train_stage(Run& run, const Splits& data, const Settings& settings, const std::string& stage) {
  run.heading(fmt::format("Training: {}", stage));
  Generator generator = run.generator(run.flags().seed);
  Trained trained{.stage = stage, .net = StageNet(stage, settings.sizes, generator), .losses = {}};
  StageNet& net = trained.net;
  const auto named = net.parameters();
  run.log().write("params", {{"count", count_parameters(named)}, {"stage", stage}});
  run.compare("parameters", static_cast<double>(count_parameters(named)), log_line(stage).parameters, kExact);
  nn::SGD sgd(variables(named), settings.training.lr);
  const History history =
      train(run, settings.training,
            {.name = stage,
             .setup = fmt::format("activations, stage {}, batch {}, seed {}, names {}", stage,
                                  settings.training.batch, run.flags().seed, settings.data),
             .optimizer = sgd,
             .generator = generator,
             .parameters = named,
             .buffers = {{"running_mean", net.norm.running_mean}, {"running_std", net.norm.running_std}},
             .loss = [&] {
               const auto [x, y] = minibatch(data.train, settings.training.batch, generator);
               return cross_entropy(net.forward(x, true).logits, y);
             }});
  trained.losses = history.losses;
  trained.stopped = history.stopped;
  if (settings.is_lecture(run)) compare_losses(run, trained);
  if (trained.stopped) return trained;
  trained.loss = split_losses([&](const IntTensor& x) { return net.logits(x); }, data);
  const LogLine& line = log_line(stage);
  const SplitLosses lecture{line.train, line.val, line.test};
  show_splits(run, trained, is_whole_run(run, settings) ? &lecture : nullptr, line.tolerance);
  return trained;
}

void calibrate(Run& run, const Splits& data, const Settings& settings, Trained& trained) {
  run.heading("Calibrated");
  run.say(
      "Instead of the running statistics: mean and standard deviation of the whole training split, measured "
      "once the training is over.");
  trained.net.calibrate(data.train.x);
  trained.loss = split_losses([&](const IntTensor& x) { return trained.net.logits(x); }, data);
  show_splits(run, trained, is_whole_run(run, settings) ? &kCalibrated : nullptr, kTrained);
}

std::vector<std::string> names_of(const Run& run, const Splits& data, StageNet& net) {
  return sample_names([&](const IntTensor& x) { return net.logits(x); }, data.vocabulary, net.sizes.block,
                      run.flags().samples, run.generator(run.flags().sample_seed));
}

void show_loss_log(Run& run, const std::vector<Trained>& trained) {
  run.heading("The loss log");
  std::vector<std::vector<std::string>> rows;
  for (const LogLine& line : kLog) {
    std::vector<std::string> row = {line.stage, "-", "-", "-"};
    for (const Trained& ours : trained) {
      if (ours.stage != line.stage || ours.stopped || ours.losses.empty()) continue;
      row = {line.stage, show(ours.losses[0]), show(ours.loss.train), show(ours.loss.val)};
    }
    row.insert(row.end(), {show(line.first), show(line.train), show(line.val), line.recorded});
    rows.push_back(row);
  }
  run.table({"stage", "step 0", "train", "val", "lecture: step 0", "train", "val", "in the notebook"}, rows);
}

}  // namespace lt::apps::activations
