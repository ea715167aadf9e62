#include <libtensor/apps/activations/exercises.h>

#include <fmt/format.h>

#include <cmath>

#include <libtensor/apps/activations/deep.h>
#include <libtensor/apps/common/training.h>

// Zeros: h = tanh(0) = 0, so W2's gradient h^T dlogits is 0; dh = dlogits W2^T is 0, so is all that lies
// before it. Only b2 moves: the network learns how often each letter occurs, and nothing of the context.
//
// Folding: at evaluation BatchNorm is an affine map of its own, and two affine maps are one.

namespace lt::apps::activations {
namespace {

double largest(const Tensor& x) { return amax(abs(x)).item(); }

// All parameters zero, or all but C, which is then the one thing drawn.
MlpNet zero_net(const MlpSizes& sizes, bool random_c, Generator& generator) {
  Generator unused(0);
  MlpNet net(sizes, {.W1 = 0, .b1 = 0, .W2 = 0, .b2 = 0}, unused);
  Tensor C = net.C.data();
  random_c ? C.copy_(randn(C.shape(), generator)) : C.zero_();
  return net;
}

void show_gradients(Run& run, const Splits& data, const MlpSizes& sizes, bool random_c) {
  Generator generator = run.generator(run.flags().seed);
  const MlpNet net = zero_net(sizes, random_c, generator);
  const std::string which = random_c ? "C random" : "all zero";
  const auto [x, y] = minibatch(data.train, 32, generator);
  cross_entropy(net.logits(x), y).backward();
  for (const auto& [name, parameter] : net.parameters()) {
    const double size = largest(parameter.grad());
    const std::string label = fmt::format("{}: largest gradient of {}", which, name);
    name == "b2" ? run.result(label, show(size)) : run.compare(label, size, 0, kExact);
    if (name == "b2") run.check(label + " is not 0", size > 0 ? 1 : 0, 1, kExact);
  }
}

// What letter frequencies alone cost on the training split.
double unigram_entropy(const Splits& data) {
  const DoubleTensor counts = sum(one_hot(data.train.y, data.vocabulary.size()).cast<double>(), 0);
  const DoubleTensor p = masked_select(counts, counts > 0) / sum(counts).item();
  return -sum(p * log(p)).item();
}

// A deep network without its BatchNorms: for each Linear and its BatchNorm one weight and one bias.
struct Folded {
  Tensor C;
  std::vector<std::pair<Tensor, Tensor>> layers;  // weight (in, out), bias (out)
};

Folded fold(const DeepNet& net) {
  Folded folded{net.C.data(), {}};
  for (size_t i = 0; i + 1 < net.layers.size(); ++i) {
    const auto* linear = dynamic_cast<const Linear*>(net.layers[i].get());
    const auto* norm = dynamic_cast<const nn::BatchNorm1d*>(net.layers[i + 1].get());
    if (linear == nullptr || norm == nullptr) continue;
    const Tensor scale =
        norm->weight.data() / sqrt(norm->running_var + static_cast<float>(norm->options.eps));
    folded.layers.emplace_back(linear->weight.data() * scale, norm->bias.data() - norm->running_mean * scale);
  }
  return folded;
}

Variable logits_of(const Folded& net, const IntTensor& x) {
  Tensor y = net.C[x].reshape({x.size(0), -1});
  for (size_t i = 0; i < net.layers.size(); ++i) {
    y = matmul(y, net.layers[i].first) + net.layers[i].second;
    if (i + 1 < net.layers.size()) y = tanh(y);
  }
  return Variable(y);
}

}  // namespace

void zero_initialisation(Run& run, const Splits& data, const Settings& settings) {
  run.heading("Exercise 1: all parameters zero");
  run.say("Which parameters ever get a gradient, and what does such a network learn?");
  for (const bool random_c : {false, true}) show_gradients(run, data, settings.sizes, random_c);
  Generator generator = run.generator(run.flags().seed);
  const MlpNet net = zero_net(settings.sizes, true, generator);
  const Tensor C = net.C.data().clone();
  nn::SGD sgd(variables(net.parameters()), settings.training.lr);
  const History history =
      train(run, settings.training,
            {.name = "zeros",
             .setup = fmt::format("activations, zeros, batch {}, seed {}, names {}", settings.training.batch,
                                  run.flags().seed, settings.data),
             .optimizer = sgd,
             .generator = generator,
             .parameters = net.parameters(),
             .loss = [&] {
               const auto [x, y] = minibatch(data.train, settings.training.batch, generator);
               return cross_entropy(net.logits(x), y);
             }});
  if (history.stopped) return;
  for (const auto& [name, parameter] : net.parameters()) {
    if (name == "b2") continue;
    const Tensor moved = name == "C" ? parameter.data() - C : parameter.data();
    run.compare(fmt::format("{}: moved by at most", name), largest(moved), 0, kExact);
  }
  const SplitLosses losses = split_losses([&](const IntTensor& x) { return net.logits(x); }, data);
  const TrainingFlags& flags = settings.training;
  const bool is_lecture =
      flags.steps == 10000 && flags.lr == 0.1 && flags.batch == 32 && run.flags().seed == CommonFlags().seed;
  for (const auto& [name, loss, lecture] :
       {std::tuple{"train", losses.train, 2.823177}, {"val", losses.val, 2.821513}}) {
    if (std::isnan(loss)) continue;
    run.log().write("split", {{"name", name}, {"loss", static_cast<float>(loss)}});
    const std::string label = fmt::format("{} loss", name);
    is_lecture ? run.compare(label, loss, lecture, kTrained) : run.result(label, show(loss));
  }
  run.compare("entropy of the letters", unigram_entropy(data), 2.822603, kDigits6);
  run.say("Only b2 learns: the letters' frequencies, whatever the context.");
}

void fold_batchnorm(Run& run, const Splits& data, const Settings& settings) {
  run.heading("Exercise 2: BatchNorm folded into the weights");
  run.say(
      "Once the statistics stand still, a BatchNorm behind a Linear is one more affine map, so both are "
      "one:");
  run.code("W = W * gamma / sqrt(var + eps);  // by column\nb = beta - mean * gamma / sqrt(var + eps);");
  DeepTrained trained = train_deep(run, data, settings, {});
  if (trained.stopped) return;
  DeepNet& net = trained.net;
  const Folded folded = fold(net);
  run.compare("layers with a BatchNorm", static_cast<double>(folded.layers.size()), 6, kExact);
  net.train(false);
  const Examples& dev = data.val.y.numel() > 0 ? data.val : data.train;
  const auto whole = [&](const IntTensor& x) { return net.logits(x); };
  const auto simple = [&](const IntTensor& x) { return logits_of(folded, x); };
  const NoGrad no_grad;
  const double apart = largest(whole(dev.x).data() - simple(dev.x).data());
  run.result("largest difference of a dev logit", show(apart));
  run.check("largest difference of a dev logit", apart, 0, within(1e-5));
  const double before = split_loss(whole, dev);
  const double after = split_loss(simple, dev);
  run.log().write("split", {{"name", "val"}, {"loss", static_cast<float>(after)}});
  run.result("val loss with the BatchNorms", show(before));
  run.result("val loss without them", show(after));
  run.check("val loss after folding", after, before, within(1e-6));
}

}  // namespace lt::apps::activations
