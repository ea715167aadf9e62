// Lecture 2, "The spelled-out intro to language modeling: building makemore", the part that learns.
// One linear layer is trained to the same table that counting gives.
//
//   bigram_net                                    100 steps on all names
//   bigram_net --words 0:1 --lr 0.1 --reg 0       the lecture's five pairs of "emma"
//   bigram_net --order 3                          the exercise: two characters of context

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/bigram_net/bigram_net.h>
#include <libtensor/apps/common/counts.h>
#include <libtensor/apps/common/curves.h>

using namespace lt;
using namespace lt::apps;
using namespace lt::apps::bigram_net;

namespace {

std::string joined(const IntTensor& ids) { return fmt::format("{}", fmt::join(ids.to_vector(), " ")); }

// Inputs and targets of one name, and what an untrained net makes of them.
void look_at_one_name(Run& run, const std::string& word, const Vocabulary& vocabulary) {
  const int64_t V = vocabulary.size();
  run.heading("Inputs and targets");
  run.say(
      fmt::format("The pairs of `.{}.` once more, as two lists of numbers: for each input in xs the net "
                  "shall find its target in ys.",
                  brief(word, 20)));
  // cell: xs and ys
  const auto [x, ys] = windows({word}, vocabulary, 1);
  const IntTensor xs = x.select(1, 0);
  // end
  run.cell("xs and ys");
  run.result("xs", brief(joined(xs), 60));
  run.result("ys", brief(joined(ys), 60));

  run.heading("One-hot rows, one neuron, many neurons");
  run.say(
      "A net multiplies, and the number of a letter is no amount. So each input becomes a row of zeros "
      "with a single 1. A neuron is a column of weights: its product with every row is one number an "
      "example. As many neurons as letters, side by side, are a matrix W.");
  // cell: one-hot
  Generator g = run.generator(run.flags().seed);
  const Tensor xenc = one_hot(xs, V).cast<float>();  // (5, 27)
  const Tensor neuron = randn({V, 1}, g);            // (27, 1)
  const Tensor activations = matmul(xenc, neuron);   // (5, 1)
  // end
  run.cell("one-hot");
  run.result("shape of xenc", to_string(xenc.shape()));
  run.result("shape of one neuron's W", to_string(neuron.shape()));
  run.result("shape of xenc @ one neuron's W", to_string(activations.shape()));
  draw_one_hot(run, xs, vocabulary);

  run.heading("Softmax: from logits to probabilities");
  run.say(
      "W's products are read as logarithms of counts (logits): exp makes them positive, like counts; "
      "divided by their sum they are probabilities. Both steps together are called softmax.");
  // cell: softmax
  Generator g2 = run.generator(run.flags().seed);
  const Tensor W = randn({V, V}, g2);
  const Tensor logits = matmul(xenc, W);  // log-counts
  const Tensor counts = exp(logits);      // as N's rows
  const Tensor probs = counts / sum(counts, 1, true);
  // end
  run.cell("softmax");
  run.result("shape of xenc @ W", to_string(logits.shape()));
  for (int64_t j = 0; j < std::min<int64_t>(3, V); ++j) {
    run.result(fmt::format("logits[0, {}]", j), logits.at({0, j}));
    run.result(fmt::format("counts[0, {}]", j), counts.at({0, j}));
    run.result(fmt::format("probs[0, {}]", j), probs.at({0, j}));
  }
  run.result("probs[0] sums to", sum(probs[0]));
  if (xs.size(0) > 3 && V > 13) run.result("(xenc @ W)[3, 13]: row 3 times column 13", logits.at({3, 13}));
  run.say(
      "A one-hot row times W picks a row of W: so `W[xs]`, a gather, is the same with no product at all.");
  run.result("W[xs] equals xenc @ W", equal(W[xs], logits) ? "yes" : "no");

  run.heading("The loss by hand");
  run.say(
      fmt::format("Each example's share is -log of the probability of what really comes. A uniform guess "
                  "gives each of {} characters {:.4f} and costs {:.4f}.",
                  V, 1.0 / static_cast<double>(V), std::log(V)));
  // cell: loss by hand
  const Tensor p = probs(arange<int64_t>(ys.size(0)), ys);  // of the right character, for each example
  const Tensor loss = -mean(log(p));
  // end
  run.cell("loss by hand");
  for (int64_t i = 0; i < std::min<int64_t>(5, ys.size(0)); ++i) {
    run.result(
        fmt::format("{} -> {}: probability", vocabulary.symbol(xs.at({i})), vocabulary.symbol(ys.at({i}))),
        p.at({i}));
  }
  run.result("mean nll by hand", loss);
  run.result("cross_entropy", cross_entropy(Variable(logits), ys).item());
}

// Forward, backward, update, again: the whole of training, on five pairs.
void train_on_one_name(Run& run, const std::string& word, const Vocabulary& vocabulary) {
  run.heading("Gradient descent, step by step");
  run.say("Backward gives each weight's slope; the update moves W a little the other way; the loss falls.");
  const auto [x, ys] = windows({word}, vocabulary, 1);
  const IntTensor xs = x.select(1, 0);
  Generator g = run.generator(run.flags().seed);
  Variable W(randn({vocabulary.size(), vocabulary.size()}, g), true);
  Steps steps = run.steps({.steps = 6, .lr = 0.1, .decay_at = 6, .keep = false},
                          {.parameters = {{"W", W}}, .name = "first name"});
  for (Step& step : steps) {
    // cell: by hand
    // forward pass
    const Variable logits = matmul(Variable(one_hot(xs, W.size(0)).cast<float>()), W);
    const Variable counts = exp(logits);
    const Variable probs = counts / sum(counts, 1, true);
    const Variable loss = -mean(log(probs(arange<int64_t>(ys.size(0)), ys)));
    step.loss(loss);
    // backward pass
    W.zero_grad();
    loss.backward();
    // update
    W.data() -= step.rate() * W.grad();
    // end
  }
  run.cell("by hand");
  run.result("shape of W's gradient", to_string(W.grad().shape()));
}

void train(Run& run, const Flags& flags, const Words& data, const Vocabulary& vocabulary) {
  const int64_t V = vocabulary.size();
  run.heading("All names");
  const auto [x, ys] = windows(data.words, vocabulary, 1);
  const IntTensor xs = x.select(1, 0).contiguous();
  check_memory(flags, ys.numel(), V);
  run.log().write("examples", {{"train", ys.numel()}});
  run.result("examples", ys.numel());
  run.say(
      "Regularisation adds the mean of W's squares to the loss: it pulls all logits to 0, which makes all "
      "characters equally likely: what smoothing does to counts.");
  Generator g = run.generator(run.flags().seed);
  Variable W(randn({V, V}, g), true);
  run.parameters(W.numel());
  Steps steps = run.steps(flags.training, {.parameters = {{"W", W}}, .generator = &g});
  // cell: train
  for (Step& step : steps) {
    const auto [X, Y] =
        flags.training.batch == 0 ? Examples{xs, ys} : minibatch({xs, ys}, flags.training.batch, g);
    const Variable logits = flags.one_hot ? matmul(Variable(one_hot(X, V).cast<float>()), W) : W[X];
    Variable loss = cross_entropy(logits, Y);
    if (flags.reg > 0) loss = loss + flags.reg * mean(square(W));
    step.loss(loss);
    W.zero_grad();
    loss.backward();
    W.data() -= step.rate() * W.grad();
  }
  // end
  run.cell("train");
  if (!steps.done()) return;
  const IntTensor N = count(data.words, vocabulary, 2);
  run.result("loss without reg", cross_entropy(W.detach()[xs], ys).item());
  const double counted = nll(lt::apps::probabilities<double>(N, 0), N).mean();
  run.result("the count table's loss", counted);
  run.say(
      "Counting is the best that a table can do; step by step the net comes nearer, without ever counting.");
  draw_losses(run, steps.losses(), flags.training.decay_at, "loss.svg", counted);
  draw_tables(run, softmax(W.data(), 1), N, vocabulary);
  if (run.flags().check || flags.training.steps == 100) {
    sweep_regularisation(run, flags, {xs, ys}, vocabulary);
    run.part("");
  }
  run.heading("Names");
  run.say("Drawn as from the count table: softmax makes a row of W the row of probabilities.");
  run.samples(
      sample(softmax(W.data(), 1), vocabulary, run.flags().samples, run.generator(run.flags().sample_seed)),
      data.words);
}

void lecture(Run& run, const Flags& flags) {
  if (flags.training.batch > 0) check_memory(flags, flags.training.batch, 27);
  const Words data = run.load_words();
  const Vocabulary vocabulary = Vocabulary::of(data);
  if (flags.order == 3) return trigram(run, flags, data, vocabulary);
  check_table_size(vocabulary.size(), 2);
  look_at_one_name(run, data.words[0], vocabulary);
  run.part("--lr 0.1 --reg 0 --words 0:1");
  train_on_one_name(run, data.words[0], vocabulary);
  run.part("");
  train(run, flags, data, vocabulary);
  run.try_next(
      {{"bigram_net --one-hot", "the same by explicit one-hot rows: the same losses, slower"},
       {"bigram_net --words 0:1 --lr 0.1 --reg 0", "the lecture's first optimisation, on five pairs"},
       {"bigram_net --order 3", "two characters of context: the exercise"},
       {"mlp", "lecture 3: more context than a table can hold"}});
}

}  // namespace

int main(int argc, char** argv) {
  return run_app<Flags>(argc, argv,
                        {"bigram_net", "Lecture 2: the bigram model as a neural network",
                         "bigram_net --reg 0 --steps 200", kAppTexts},
                        declare, lecture);
}
