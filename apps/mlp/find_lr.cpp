#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/common/curves.h>
#include <libtensor/apps/mlp/mlp.h>
#include <libtensor/apps/plot/chart.h>
#include <libtensor/nn/schedule.h>

namespace lt::apps::mlp {

void find_learning_rate(Run& run, const Flags& flags, const Words& data, const Vocabulary& vocabulary) {
  run.heading("Finding a learning rate");
  run.say(
      "The rate grows from 0.001 to 1, a little with each minibatch. Too small, the loss hardly falls; too "
      "large, it explodes; the valley between is where to train.");
  const Examples all = windows(data.words, vocabulary, 3);
  Generator g = run.generator(run.flags().seed);
  const MlpNet net({.vocabulary = vocabulary.size(), .embed = 2, .hidden = 100}, {}, g);
  Parameters parameters = net.parameters();
  std::vector<double> exponents;
  const TrainingFlags sweep{.steps = 1000, .log_every = flags.training.log_every, .keep = flags.find_lr};
  Steps steps = run.steps(
      sweep,
      {.parameters = parameters, .generator = &g, .series = {{"exponents", &exponents}}, .name = "train"});
  // cell: find-lr
  for (Step& step : steps) {
    step.set_rate(nn::exponential_sweep(-3, 0, step.index(), 1000));
    const auto [X, Y] = minibatch(all, 32, g);
    const Variable loss = cross_entropy(net.logits(X), Y);
    step.loss(loss);
    for (const auto& [name, p] : parameters) p.zero_grad();
    loss.backward();
    for (auto& [name, p] : parameters) p.data() -= step.rate() * p.grad();
    exponents.push_back(std::log10(step.rate()));
  }
  // end
  run.cell("find-lr");
  if (!steps.done()) return;
  const std::vector<double> means = means_of(steps.losses(), 50);
  for (size_t i = 0; i < means.size(); ++i) {
    run.result(fmt::format("mean loss from 10^{:.2f}", exponents[i * 50]), means[i]);
  }
  const auto best = static_cast<size_t>(std::min_element(means.begin(), means.end()) - means.begin());
  const double exponent = exponents[best * 50 + 25];
  run.say(fmt::format("Lowest near 10^{:.2f}, a rate of {:.2f}: the lecture takes 0.1.", exponent,
                      std::pow(10, exponent)));
  std::vector<double> rates;
  for (const double e : exponents) rates.push_back(std::pow(10, e));
  plot::Chart by_rate("Loss against learning rate", "learning rate", "loss");
  run.figure("rates.svg", "The sweep, by the rate itself.", by_rate.line(rates, steps.losses()).svg());
  plot::Chart by_exponent("Loss against the rate's exponent", "log10 of the learning rate", "loss");
  by_exponent.line(exponents, steps.losses()).vertical(exponent, fmt::format("10^{:.2f}", exponent));
  run.figure("exponents.svg", "The same by the exponent: the valley is easier to see.", by_exponent.svg());
  if (flags.find_lr)
    run.try_next({{"mlp", "the lecture's last network at a rate of 0.1"},
                  {"mlp --search", "rates beside sizes and batches"}});
}

}  // namespace lt::apps::mlp
