#include <fmt/format.h>

#include <libtensor/apps/activations/deep.h>
#include <libtensor/apps/common/curves.h>
#include <libtensor/apps/plot/svg.h>

namespace lt::apps::activations {
namespace {

Tensor largest(const Tensor& x) { return amax(abs(x)); }

// All parameters zero, or all but C.
MlpNet zero_net(const MlpSizes& sizes, bool random_c, Generator& g) {
  Generator unused(0);
  MlpNet net(sizes, {.W1 = 0, .b1 = 0, .W2 = 0, .b2 = 0}, unused);
  net.C.data().copy_(random_c ? randn(net.C.shape(), g) : zeros(net.C.shape()));
  return net;
}

// The first step of such a net: what it predicts, and which parameters get a gradient.
void first_step(Run& run, const MlpNet& net, const Examples& batch, const std::string& which) {
  const Variable logits = net.logits(batch.x);
  const Variable loss = cross_entropy(logits, batch.y);
  loss.backward();
  for (const auto& [name, p] : net.parameters())
    run.result(fmt::format("{}: largest gradient of {}", which, name), largest(p.grad()));
  run.result(which + ": |h| > 0.01", count_nonzero(abs(tanh(net.preactivations(batch.x)).data()) > 0.01F));
  if (which != "all zero") return;
  run.say("All logits are equal, so is every probability, and the loss is that of a uniform guess.");
  const Tensor probs = softmax(logits.data(), 1);
  run.result("smallest probability", amin(probs));
  run.result("largest probability", amax(probs));
  run.result("loss at step 0", loss.item());
  run.say(
      "The gradient of the loss by the logits, worked out on paper, is softmax minus 1 at the right "
      "character, over the number of examples: it pulls the right one up and pushes all others down. "
      "Autograd's agrees:");
  run.cell("gradient of softmax");
  // cell: gradient of softmax
  const Tensor dlogits =
      (probs - one_hot(batch.y, probs.size(1)).cast<float>()) / static_cast<float>(batch.y.size(0));
  run.result("farthest from autograd's", largest(dlogits - logits.grad()));
  run.result("sum of a row", dlogits[0].sum());
  // end
}

// What letter frequencies alone cost on the training split.
double unigram_entropy(const Splits& splits) {
  const DoubleTensor counts = sum(one_hot(splits.train.y, splits.vocabulary.size()).cast<double>(), 0);
  const DoubleTensor p = masked_select(counts, counts > 0) / sum(counts).item();
  return -sum(p * log(p)).item();
}

// The same network without its norms, each one folded into the Linear before it.
DeepNet fold(const DeepNet& net, const Splits& splits) {
  Generator unused(0);
  Flags plain;
  plain.no_batchnorm = true;
  DeepNet folded(splits.vocabulary.size(), plain, unused);
  folded.C = net.C;
  size_t next = 0;  // of the folded layers
  for (size_t i = 0; i < net.layers.size(); ++i) {
    const auto* norm = dynamic_cast<const BatchNorm1d*>(net.layers[i].get());
    if (norm == nullptr) continue;
    const auto& linear = dynamic_cast<const Linear&>(*net.layers[i - 1]);
    auto& both = dynamic_cast<Linear&>(*folded.layers[next]);
    next += 2;  // a Tanh is between
    // cell: fold
    const Tensor scale = norm->gamma.data() / sqrt(norm->running_var + norm->eps);
    both.weight = Variable(linear.weight.data() * scale);  // by column
    both.bias = Variable(norm->beta.data() - norm->running_mean * scale);
    // end
  }
  return folded;
}

}  // namespace

void zero_initialisation(Run& run, const Flags& flags, const Splits& splits) {
  const MlpSizes sizes = flags.sizes(splits.vocabulary.size());
  run.heading("Exercise 1: all parameters zero");
  run.say(
      "h = tanh(0) = 0, so W2's gradient h^T dlogits is 0; h's, dlogits W2^T, is 0, and so is all that "
      "lies before it. Only b2 gets one, even where C is random:");
  for (const bool random_c : {false, true}) {
    Generator g = run.generator(run.flags().seed);
    const MlpNet net = zero_net(sizes, random_c, g);
    first_step(run, net, minibatch(splits.train, 32, g), random_c ? "C random" : "all zero");
  }
  Generator g = run.generator(run.flags().seed);
  const MlpNet net = zero_net(sizes, true, g);
  const Tensor C = net.C.data().clone();
  run.heading("What it learns");
  Parameters parameters = net.parameters();
  run.parameters(count_parameters(parameters));
  Steps steps = run.steps(flags.training, {.parameters = parameters, .generator = &g});
  // cell: train from zeros
  for (Step& step : steps) {
    const auto [X, Y] = minibatch(splits.train, flags.training.batch, g);
    const Variable loss = cross_entropy(net.logits(X), Y);
    step.loss(loss);
    for (const auto& [name, p] : parameters) p.zero_grad();
    loss.backward();
    for (auto& [name, p] : parameters) p.data() -= step.rate() * p.grad();
  }
  // end
  run.cell("train from zeros");
  if (!steps.done()) return;
  for (const auto& [name, p] : net.parameters()) {
    if (name != "b2") run.result(name + ": moved by at most", largest(name == "C" ? p.data() - C : p.data()));
  }
  draw_losses(run, steps.losses(), flags.training.decay_at);
  Generator again = run.generator(run.flags().seed);
  const MlpNet drawn(sizes, mlp_scales("kaiming", sizes), again);
  const IntTensor some = splits.train.x.narrow(0, 0, std::min<int64_t>(32, splits.train.x.size(0)));
  const auto h_of = [&](const MlpNet& of) { return tanh(of.preactivations(some)).data(); };
  run.figure(
      "zero_h.svg", "White where |h| > 0.01: nowhere from zeros, nearly everywhere in stage kaiming.",
      plot::side_by_side({image_of("from zeros", h_of(net), 0.01F), image_of("drawn", h_of(drawn), 0.01F)}));
  show_splits(
      run, [&](const IntTensor& x) { return net.logits(x); }, splits);
  run.result("entropy of the letters", unigram_entropy(splits));
  run.say(
      "It has learned how often each letter occurs, and nothing of the context: noise at the start breaks "
      "the tie.");
  run.try_next({{"activations --exercise 2", "batch normalisation folded into the weights"},
                {"activations --stage kaiming", "the same network from a good start"}});
}

void fold_batchnorm(Run& run, const Flags& flags, const Splits& splits) {
  run.heading("Exercise 2: batch normalisation folded into the weights");
  run.say(
      "Once its statistics stand still, a norm is an affine map, as the Linear before it: the two are one.");
  run.cell("fold");
  Generator g = run.generator(run.flags().seed);
  DeepNet net(splits.vocabulary.size(), flags, g);
  run.parameters(count_parameters(net.parameters()));
  if (!train_deep(run, flags.training, splits, net, g, "train").done) return;
  net.train(false);
  DeepNet folded = fold(net, splits);
  const Examples& dev = splits.val.y.numel() > 0 ? splits.val : splits.train;
  const auto whole = [&](const IntTensor& x) { return net.logits(x); };
  const auto simple = [&](const IntTensor& x) { return folded.logits(x); };
  const NoGrad no_grad;
  run.result("largest difference of a dev logit", largest(whole(dev.x).data() - simple(dev.x).data()));
  run.result("val loss with the BatchNorms", split_loss(whole, dev));
  run.split("val", split_loss(simple, dev));
  run.try_next({{"activations --deep", "what goes on inside of this network"}});
}

}  // namespace lt::apps::activations
