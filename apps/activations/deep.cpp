#include <libtensor/apps/activations/deep.h>
#include <libtensor/apps/common/stop.h>

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include <libtensor/apps/common/curves.h>
#include <libtensor/apps/plot/chart.h>

// The second half of the lecture's notebook: a deeper network of layers as PyTorch has them, and the four
// diagrams by which one sees whether it trains well. The layers are in deep.h.

namespace lt::apps::activations {
namespace {

constexpr int64_t kLookedAt = 1001;  // steps; the ratios of more would only cost time

double std_of(const Tensor& x) { return x.stddev().item(); }

// What the hidden layers gave last, and its gradients.
void activation_distribution(Run& run, const DeepNet& net, const std::string& when) {
  Densities activations, gradients;
  // cell: activation distribution
  for (const size_t i : net.hidden) {
    const Tensor t = net.layers[i]->out.data();
    run.result(fmt::format("{}std of {}", when, net.name(i)), t.stddev());
    run.result(fmt::format("{}saturated %, {}", when, net.name(i)),
               100 * mean((abs(t) > 0.97F).cast<float>()));
    activations.emplace_back(net.name(i), t);
  }
  // end
  // cell: gradient distribution
  for (const size_t i : net.hidden) {
    const Tensor t = net.layers[i]->out.grad();
    run.result(fmt::format("{}gradient of {}", when, net.name(i)), t.stddev());
    gradients.emplace_back(net.name(i), t);
  }
  // end
  const std::string start = when.empty() ? "" : "_at_the_start";
  draw_densities(run, "Activation distribution", "output of the layer", "activations" + start + ".svg",
                 "Where the curves lie on each other, no layer fades.", activations);
  draw_densities(run, "Gradient distribution", "gradient of the output", "gradients" + start + ".svg",
                 "Alike in every layer, if all is well.", gradients);
}

void weight_gradients(Run& run, const DeepNet& net) {
  Densities gradients;
  // cell: weight gradient distribution
  for (const auto& [name, p] : net.weights()) {
    const Tensor t = p.grad();
    run.result("gradient of " + name, t.stddev());
    run.result("gradient to data, " + name, t.stddev() / p.data().stddev());
    gradients.emplace_back(name + " " + to_string(p.shape()), t);
  }
  // end
  draw_densities(run, "Weights gradient distribution", "gradient of the weight", "weight_gradients.svg",
                 "A wide curve: the weight moves fast.", gradients);
}

void update_ratios(Run& run, const DeepNet& net, const std::vector<std::vector<double>>& ratios) {
  plot::Chart chart("Update to data ratio", "step", "log10 of update / data");
  const Parameters weights = net.weights();
  std::vector<double> steps;
  for (size_t i = 0; i < ratios[0].size(); ++i) steps.push_back(static_cast<double>(i));
  for (size_t i = 0; i < weights.size(); ++i) {
    chart.line(steps, ratios[i], weights[i].first + " " + to_string(weights[i].second.shape()));
    const auto half = ratios[i].begin() + static_cast<std::ptrdiff_t>((ratios[i].size() + 1) / 2);
    run.result(weights[i].first + ", mean ratio",
               std::accumulate(half, ratios[i].end(), 0.0) / static_cast<double>(ratios[i].end() - half));
  }
  run.figure("update_ratios.svg", "About -3 is a good pace.",
             chart.horizontal(-3, "-3").size(900, 420).svg());
}

// The four diagrams, of the last step.
void show_inside(Run& run, const DeepNet& net, const std::vector<std::vector<double>>& ratios) {
  run.heading("Activations and their gradients");
  run.say(
      "A tanh with |t| > 0.97 is called saturated: its slope is below 0.06. Both spreads should be alike "
      "in every layer: activations that do not fade, gradients that neither fade nor explode.");
  run.cell("activation distribution");
  run.cell("gradient distribution");
  activation_distribution(run, net, "");
  run.heading("Gradients of the weights");
  run.say(
      "Beside the weights' own scale. A ratio that is far larger in one layer, as in the last one here at "
      "first, says that it trains much faster than the others.");
  run.cell("weight gradient distribution");
  weight_gradients(run, net);
  run.heading("Update to data ratio");
  run.say(
      "How far one step moves a weight, in its own scale: log10 of std(rate * gradient) / std(data), here "
      "the mean of the second half of the steps. About -3 is good; far below, the rate is too small; far "
      "above, too large.");
  update_ratios(run, net, ratios);
}

}  // namespace

DeepNet::DeepNet(int64_t vocabulary, const Flags& flags, Generator& g) {
  // cell: deep network
  C = Variable(randn({vocabulary, 10}, g), true);
  const int64_t sizes[] = {3 * 10, 100, 100, 100, 100, 100, vocabulary};
  for (int i = 0; i < 6; ++i) {
    const bool is_last = i == 5;
    auto linear = std::make_unique<Linear>(sizes[i], sizes[i + 1], g, flags.no_batchnorm);
    // The last layer is made less confident, the others' weights get the gain.
    linear->weight.data() *= static_cast<float>(is_last && flags.no_batchnorm ? 0.1 : flags.gain);
    layers.push_back(std::move(linear));
    if (!flags.no_batchnorm) {
      auto norm = std::make_unique<BatchNorm1d>(sizes[i + 1]);
      if (is_last) norm->gamma.data() *= 0.1F;
      layers.push_back(std::move(norm));
    }
    if (is_last) break;
    if (!flags.linear) layers.push_back(std::make_unique<Tanh>());
    hidden.push_back(layers.size() - 1);
  }
  // end
}

Variable DeepNet::logits(const IntTensor& x) {
  // cell: deep forward
  Variable y = C[x].view({x.size(0), -1});
  for (const auto& layer : layers) y = (*layer)(y);
  return y;
  // end
}

void DeepNet::train(bool training) {
  for (const auto& layer : layers) layer->training = training;
}

Parameters DeepNet::parameters() const {
  Parameters all = {{"C", C}};
  for (size_t i = 0; i < layers.size(); ++i) {
    for (const auto& [name, p] : layers[i]->parameters())
      all.emplace_back(fmt::format("layers.{}.{}", i, name), p);
  }
  return all;
}

Buffers DeepNet::buffers() const {
  Buffers all;
  for (size_t i = 0; i < layers.size(); ++i) {
    for (const auto& [name, buffer] : layers[i]->buffers())
      all.emplace_back(fmt::format("layers.{}.{}", i, name), buffer);
  }
  return all;
}

Parameters DeepNet::weights() const {
  Parameters all = parameters();
  std::erase_if(all, [](const auto& named) { return named.second.dim() != 2; });
  return all;
}

std::string DeepNet::name(size_t layer) const {
  return fmt::format("layer {} ({})", layer, layers[layer]->name());
}

DeepTrained train_deep(Run& run, const TrainingFlags& training, const Splits& splits, DeepNet& net,
                       Generator& g, const std::string& task) {
  Parameters parameters = net.parameters();
  const Parameters weights = net.weights();
  DeepTrained trained{.losses = {}, .ratios = std::vector<std::vector<double>>(weights.size())};
  std::vector<std::pair<std::string, std::vector<double>*>> series;
  for (size_t i = 0; i < weights.size(); ++i)
    series.emplace_back("ratios of " + weights[i].first, &trained.ratios[i]);
  Steps steps = run.steps(
      training,
      {.parameters = parameters, .generator = &g, .buffers = net.buffers(), .series = series, .name = task});
  // cell: train the deep network
  for (Step& step : steps) {
    const auto [Xb, Yb] = minibatch(splits.train, training.batch, g);
    const Variable loss = cross_entropy(net.logits(Xb), Yb);
    step.loss(loss);
    for (const auto& [name, p] : parameters) p.zero_grad();
    loss.backward();
    for (auto& [name, p] : parameters) p.data() -= step.rate() * p.grad();
    for (size_t i = 0; i < weights.size() && step.index() < kLookedAt; ++i) {
      const Variable& p = weights[i].second;
      trained.ratios[i].push_back(std::log10(step.rate() * std_of(p.grad()) / std_of(p.data())));
    }
  }
  // end
  trained.losses = steps.losses();
  trained.done = steps.done();
  return trained;
}

void deep_network(Run& run, const Flags& flags, const Splits& splits, const Words& data, bool in_full) {
  run.heading("Deeper: six layers");
  run.say(
      "In a deep net scales matter more: what one layer does to the spread of activations and gradients, "
      "the next does again. The lecture writes its layers as PyTorch has them; a norm's running mean and "
      "variance are buffers, which no gradient trains.");
  run.cell("layers");
  run.cell("deep network");
  Generator g = run.generator(run.flags().seed);
  DeepNet net(splits.vocabulary.size(), flags, g);
  std::string shown = fmt::format("C {}", to_string(net.C.shape()));
  for (size_t i = 0; i < net.layers.size(); ++i) {
    shown += fmt::format("\n{}", net.name(i));
    for (const auto& [name, p] : net.layers[i]->parameters())
      shown += fmt::format(" {} {}", name, to_string(p.shape()));
  }
  run.print(shown);
  run.parameters(count_parameters(net.parameters()));
  gains(run, flags, splits);
  if (in_full) {
    run.heading("The first minibatch");
    activation_distribution(run, first_pass(run, flags, splits), "at step 0, ");
  }
  run.heading("Training the six layers");
  run.cell("train the deep network");
  const DeepTrained trained = train_deep(run, flags.training, splits, net, g, in_full ? "train" : "deep");
  if (stop_requested()) return;
  if (!in_full) run.part("--deep --steps 100");
  draw_losses(run, trained.losses, flags.training.decay_at, "loss_deep.svg");
  if (net.C.grad().defined()) show_inside(run, net, trained.ratios);
  if (!in_full) return;
  if (trained.done) {
    run.heading("How well it does");
    net.train(false);
    const auto logits = [&](const IntTensor& x) { return net.logits(x); };
    show_splits(run, logits, splits);
    show_names(run, logits, splits, data);
  }
  large_products(run);
  run.try_next({{"activations --deep --gain 0.5 --no-batchnorm", "activations and gradients that fade"},
                {"activations --deep --gain 3 --no-batchnorm", "tanhs that saturate"},
                {"activations --deep --linear --gain 0.5 --no-batchnorm", "without tanhs: signals that fade"},
                {"activations --exercise 2", "this network with its norms folded into the weights"}});
}

}  // namespace lt::apps::activations
