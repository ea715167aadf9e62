#include <libtensor/apps/activations/deep.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/activations/inside.h>
#include <libtensor/apps/common/training.h>
#include <libtensor/nn/activation.h>
#include <libtensor/nn/diagnostics.h>

// Layers are modules in a list; the network keeps what each returned, because a variable that somebody holds
// keeps its gradient after backward().

namespace lt::apps::activations {
namespace {

constexpr int64_t kHidden = 100;
constexpr int kLinears = 6;

std::string describe(const Settings& settings, const DeepOptions& options, uint64_t seed) {
  return fmt::format("activations, deep, batchnorm {}, tanh {}, gain {}, batch {}, seed {}, names {}",
                     options.batchnorm, options.tanh, options.gain, settings.training.batch, seed,
                     settings.data);
}

void look_at_updates(UpdateRatios& ratios, const std::vector<std::pair<std::string, Variable>>& weights,
                     int64_t step, double rate) {
  if (step >= UpdateRatios::kSteps) return;
  ratios.steps.push_back(static_cast<double>(step));
  for (size_t i = 0; i < weights.size(); ++i) {
    const Variable& weight = weights[i].second;
    ratios.of_weight[i].push_back(nn::update_ratio(weight.data(), weight.grad(), rate));
  }
}

// The ratios' places in a checkpoint.
std::vector<std::pair<std::string, std::vector<double>*>> series_of(UpdateRatios& ratios) {
  std::vector<std::pair<std::string, std::vector<double>*>> series = {{"steps", &ratios.steps}};
  for (size_t i = 0; i < ratios.of_weight.size(); ++i) {
    series.emplace_back(fmt::format("ratio.{}", i), &ratios.of_weight[i]);
  }
  return series;
}

// Figures for the lecture's own network: BatchNorm, tanh, gain 1.
bool is_lecture_net(const Run& run, const Settings& settings, const DeepOptions& options) {
  const TrainingFlags& flags = settings.training;
  return options.batchnorm && options.tanh && options.gain == 1 && flags.batch == 32 && flags.lr == 0.1 &&
         flags.decay_at == 150000 && run.flags().seed == CommonFlags().seed;
}

void compare_losses(Run& run, const std::vector<double>& losses) {
  const std::pair<size_t, double> lecture[] = {{0, 3.287031},    {10, 3.214469},    {100, 2.916737},
                                               {1000, 2.280705}, {10000, 2.327343}, {100000, 2.394261}};
  for (const auto& [step, loss] : lecture) {
    if (step < losses.size()) run.compare(fmt::format("loss at step {}", step), losses[step], loss, kTrained);
  }
}

void compare_splits(Run& run, const SplitLosses& ours, int64_t steps, bool is_lecture) {
  const double none = std::nan("");
  const SplitLosses lecture = !is_lecture       ? SplitLosses{none, none, none}
                              : steps == 1001   ? SplitLosses{2.400298, 2.398247, none}
                              : steps == 200000 ? SplitLosses{1.999864, 2.077087, 2.081055}
                                                : SplitLosses{none, none, none};
  for (const auto& [name, loss, figure] : {std::tuple{"train", ours.train, lecture.train},
                                           {"val", ours.val, lecture.val},
                                           {"test", ours.test, lecture.test}}) {
    if (std::isnan(loss)) continue;
    run.log().write("split", {{"name", name}, {"loss", static_cast<float>(loss)}});
    const std::string label = fmt::format("{} loss", name);
    std::isnan(figure) ? run.result(label, show(loss)) : run.compare(label, loss, figure, kTrained);
  }
}

void show_names(Run& run, const Splits& data, DeepNet& net, bool compare) {
  run.heading("Names");
  net.train(false);
  const auto names =
      sample_names([&](const IntTensor& x) { return net.logits(x); }, data.vocabulary, net.sizes.block,
                   run.flags().samples, run.generator(run.flags().sample_seed));
  net.train(true);
  run.samples(names);
  const std::vector<std::string> lecture = {"carpah.", "qarlileif.", "jmrix.", "thty.", "sacansa."};
  for (size_t i = 0; compare && i < std::min(lecture.size(), names.size()); ++i) {
    run.check(fmt::format("deep name {}", i), names[i], lecture[i]);
  }
}

}  // namespace

Linear::Linear(int64_t in, int64_t out, bool with_bias, double scale, Generator& generator) {
  const Tensor drawn = randn({in, out}, generator) / std::sqrt(static_cast<float>(in));
  weight = Variable(drawn * static_cast<float>(scale), true);
  if (with_bias) bias = Variable(zeros(out), true);
}

Variable Linear::operator()(const Variable& x) {
  return bias.defined() ? matmul(x, weight) + bias : matmul(x, weight);
}

std::string Linear::to_string() const {
  return fmt::format("Linear({} -> {}{})", weight.size(0), weight.size(1), bias.defined() ? "" : ", no bias");
}

DeepNet::DeepNet(const MlpSizes& net_sizes, const DeepOptions& net_options, Generator& generator)
    : sizes(net_sizes), options(net_options) {
  C = Variable(randn({sizes.vocabulary, sizes.embed}, generator), true);
  for (int i = 0; i < kLinears; ++i) {
    const bool is_last = i == kLinears - 1;
    const int64_t in = i == 0 ? sizes.block * sizes.embed : kHidden;
    const int64_t out = is_last ? sizes.vocabulary : kHidden;
    const double scale = is_last && !options.batchnorm ? 0.1 : options.gain;
    layers.push_back(std::make_unique<Linear>(in, out, !options.batchnorm, scale, generator));
    if (options.batchnorm) {
      auto norm = std::make_unique<nn::BatchNorm1d>(out, nn::BatchNorm1d::Options{.unbiased = true});
      if (is_last) norm->weight = Variable(full(out, 0.1F), true);
      layers.push_back(std::move(norm));
    }
    if (is_last) break;
    if (options.tanh) layers.push_back(std::make_unique<nn::Tanh>());
    hidden_.push_back(layers.size() - 1);
  }
}

Variable DeepNet::logits(const IntTensor& x) {
  const bool keep = layers[0]->training();
  outputs_.clear();
  Variable y = embedding(C, x).view({x.size(0), sizes.block * sizes.embed});
  for (const auto& layer : layers) {
    y = (*layer)(y);
    if (keep) outputs_.push_back(y);
  }
  return y;
}

void DeepNet::train(bool training) {
  for (const auto& layer : layers) layer->train(training);
}

std::string DeepNet::hidden_name(size_t i) const {
  const std::string text = layers[hidden_[i]]->to_string();
  return fmt::format("layer {} ({})", hidden_[i], text.substr(0, text.find('(')));
}

std::vector<std::pair<std::string, Variable>> DeepNet::parameters() const {
  std::vector<std::pair<std::string, Variable>> all = {{"C", C}};
  for (size_t i = 0; i < layers.size(); ++i) {
    for (const auto& [name, parameter] : layers[i]->named_parameters()) {
      all.emplace_back(fmt::format("layers.{}.{}", i, name), parameter);
    }
  }
  return all;
}

std::vector<std::pair<std::string, Variable>> DeepNet::weights() const {
  std::vector<std::pair<std::string, Variable>> all = parameters();
  std::erase_if(all, [](const auto& named) { return named.second.dim() != 2; });
  return all;
}

std::vector<std::pair<std::string, Tensor>> DeepNet::buffers() const {
  std::vector<std::pair<std::string, Tensor>> all;
  for (size_t i = 0; i < layers.size(); ++i) {
    const auto* norm = dynamic_cast<const nn::BatchNorm1d*>(layers[i].get());
    if (norm == nullptr) continue;
    all.emplace_back(fmt::format("layers.{}.running_mean", i), norm->running_mean);
    all.emplace_back(fmt::format("layers.{}.running_var", i), norm->running_var);
  }
  return all;
}

std::string DeepNet::to_string() const {
  std::string text = fmt::format("C: {} embeddings of {}\n", sizes.vocabulary, sizes.embed);
  for (size_t i = 0; i < layers.size(); ++i) text += fmt::format("{:>2}: {}\n", i, layers[i]->to_string());
  return text;
}

DeepTrained train_deep(Run& run, const Splits& data, const Settings& settings, const DeepOptions& options) {
  Generator generator = run.generator(run.flags().seed);
  DeepTrained trained{.net = DeepNet(settings.sizes, options, generator), .losses = {}, .ratios = {}};
  DeepNet& net = trained.net;
  const auto named = net.parameters();
  const auto weights = net.weights();
  trained.ratios.of_weight.resize(weights.size());
  nn::SGD sgd(variables(named), settings.training.lr);
  const int64_t count = count_parameters(named);
  run.log().write("params", {{"count", count}});
  run.compare("parameters", static_cast<double>(count), options.batchnorm ? 47024 : 46497, kExact);
  const History history =
      train(run, settings.training,
            {.name = "deep",
             .setup = describe(settings, options, run.flags().seed),
             .optimizer = sgd,
             .generator = generator,
             .parameters = named,
             .buffers = net.buffers(),
             .loss =
                 [&] {
                   const auto [x, y] = minibatch(data.train, settings.training.batch, generator);
                   return cross_entropy(net.logits(x), y);
                 },
             .look = [&](int64_t step, double rate) { look_at_updates(trained.ratios, weights, step, rate); },
             .series = series_of(trained.ratios)});
  trained.losses = history.losses;
  trained.stopped = history.stopped;
  return trained;
}

SplitLosses deep_losses(DeepNet& net, const Splits& data) {
  net.train(false);
  const SplitLosses losses = split_losses([&](const IntTensor& x) { return net.logits(x); }, data);
  net.train(true);
  return losses;
}

void show_deep(Run& run, const Splits& data, const Settings& settings, const DeepOptions& options) {
  run.heading("The deep network");
  DeepTrained trained = train_deep(run, data, settings, options);
  DeepNet& net = trained.net;
  run.print(net.to_string());
  const bool is_lecture = is_lecture_net(run, settings, options);
  if (is_lecture) compare_losses(run, trained.losses);
  if (trained.stopped) return;
  const bool is_lecture_run = is_lecture && settings.training.steps == 1001;
  show_inside(run, net, trained.ratios, is_lecture_run);
  run.heading("How well it does");
  compare_splits(run, deep_losses(net, data), settings.training.steps, is_lecture);
  show_names(run, data, net, is_lecture_run);
}

}  // namespace lt::apps::activations
