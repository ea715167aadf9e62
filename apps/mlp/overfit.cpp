#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include <libtensor/apps/mlp/mlp.h>
#include <libtensor/tensor/ops.h>

namespace lt::apps::mlp {
namespace {

// What no net on these windows can go below: the entropy of what follows each of them, on average.
double least_loss(const Examples& examples) {
  std::map<std::vector<int64_t>, std::map<int64_t, double>> follows;
  for (int64_t i = 0; i < examples.y.size(0); ++i) {
    follows[examples.x[i].to_vector()][examples.y.at({i})] += 1;
  }
  double total = 0;
  for (const auto& [window, counts] : follows) {
    double all = 0;
    for (const auto& [symbol, count] : counts) all += count;
    for (const auto& [symbol, count] : counts) total -= count * std::log(count / all);
  }
  return total / static_cast<double>(examples.y.size(0));
}

// What the net says beside what comes.
void show_predictions(Run& run, const Examples& examples, const IntTensor& guesses,
                      const Vocabulary& vocabulary) {
  std::vector<std::vector<std::string>> rows;
  for (int64_t i = 0; i < std::min<int64_t>(examples.y.size(0), 12); ++i) {
    const bool right = guesses.at({i}) == examples.y.at({i});
    rows.push_back({vocabulary.decode(examples.x[i].to_vector()), vocabulary.symbol(examples.y.at({i})),
                    vocabulary.symbol(guesses.at({i})), right ? "" : "wrong"});
  }
  run.table({"window", "comes", "guessed", ""}, rows);
}

}  // namespace

void overfit(Run& run, const Flags& flags, const Words& data, const Vocabulary& vocabulary) {
  run.heading(fmt::format("Overfitting the first {} names", flags.overfit));
  run.say("First see whether a small net can learn a few examples by heart: all of them in every step.");
  const auto count = std::min<std::ptrdiff_t>(flags.overfit, std::ssize(data.words));
  const auto [X, Y] = windows({data.words.begin(), data.words.begin() + count}, vocabulary, 3);
  Generator g = run.generator(run.flags().seed);
  const MlpNet net({.vocabulary = vocabulary.size(), .embed = 2, .hidden = 100}, {}, g);
  run.result("examples", X.size(0));
  Parameters parameters = net.parameters();
  const int64_t numbers = count_parameters(parameters);
  flags.training.keep ? run.parameters(numbers) : run.result("parameters", numbers);
  run.result("all examples before training", split_loss([&](const IntTensor& x) { return net.logits(x); },
                                                        windows(data.words, vocabulary, 3)));
  Steps steps = run.steps(flags.training, {.parameters = parameters, .generator = &g});
  // cell: overfit
  for (Step& step : steps) {
    const Variable loss = cross_entropy(net.logits(X), Y);
    step.loss(loss);
    for (const auto& [name, p] : parameters) p.zero_grad();
    loss.backward();
    for (auto& [name, p] : parameters) p.data() -= step.rate() * p.grad();
  }
  const IntTensor guesses = argmax(net.logits(X).data(), 1);
  // end
  run.cell("overfit");
  if (!steps.done()) return;
  const double least = least_loss({X, Y});
  run.result("no net can go below", least);
  run.result("guesses that are right", fmt::format("{} of {}", count_nonzero(guesses == Y), X.size(0)));
  run.say(least > 0 ? "Not 0: windows that are alike go on in different ways (every name starts from `...`), "
                      "and no net can tell which."
                    : "No window goes on in two ways: a net can learn all of this by heart.");
  show_predictions(run, {X, Y}, guesses, vocabulary);
  if (flags.training.keep)
    run.try_next({{"mlp --find-lr", "how the learning rate is chosen"},
                  {"mlp", "the lecture's last network, on minibatches of all names"}});
}

}  // namespace lt::apps::mlp
