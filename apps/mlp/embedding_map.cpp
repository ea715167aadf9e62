#include <fmt/format.h>

#include <algorithm>

#include <libtensor/apps/common/stop.h>
#include <libtensor/apps/mlp/mlp.h>
#include <libtensor/apps/plot/chart.h>
#include <libtensor/tensor/ops.h>

namespace lt::apps::mlp {
namespace {

// The mean distance of two of the rows.
double mean_distance(const Tensor& rows) {
  const int64_t n = rows.size(0);
  const Tensor apart = sqrt(sum(square(rows.unsqueeze(0) - rows.unsqueeze(1)), -1));
  return sum(apart).cast<double>().item() / static_cast<double>(n * (n - 1));
}

}  // namespace

std::string map_of(const Tensor& C, const Vocabulary& vocabulary) {
  plot::Chart map("The embedding of each character", "first number", "second number");
  map.size(640, 640).grid().scatter(C.select(1, 0).cast<double>().to_vector(),
                                    C.select(1, 1).cast<double>().to_vector(), "", "", vocabulary.symbols());
  return map.svg();
}

void embed_in_the_plane(Run& run, const Splits& splits, int64_t steps) {
  const int64_t V = splits.vocabulary.size();
  run.heading("Two numbers a character");
  run.say(
      fmt::format("Rows of ten numbers cannot be drawn, rows of two can. A small net with two numbers a "
                  "character is trained for {} steps. No one tells it what a vowel is; but alike is what "
                  "follows one, so training moves their rows together.",
                  steps));
  Generator g = run.generator(run.flags().seed);
  const MlpSizes sizes{.vocabulary = V, .block = splits.block, .embed = 2, .hidden = 100};
  const MlpNet net(sizes, mlp_scales("tanh", sizes), g);
  const Tensor& C = net.C.data();
  const auto vowels_apart = [&] {
    return mean_distance(C[tensor<int64_t>({1, 5, 9, 15, 21})]) / mean_distance(C);
  };
  if (V == 27) run.say("How far two vowels lie apart, where two characters of any kind lie 1 apart:");
  run.cell("map");
  run.result("shape of C", to_string(C.shape()));
  if (V == 27) run.result("vowels apart, untrained", vowels_apart());
  Parameters parameters = net.parameters();
  Pairs maps;
  // cell: map
  for (int64_t step = 0; step <= steps && !stop_requested(); ++step) {
    if (step * 10 % std::max<int64_t>(10, steps) == 0)
      maps.emplace_back(std::to_string(step), map_of(C, splits.vocabulary));
    const auto [X, Y] = minibatch(splits.train, 32, g);
    const Variable loss = cross_entropy(net.logits(X), Y);
    for (const auto& [name, p] : parameters) p.zero_grad();
    loss.backward();
    for (auto& [name, p] : parameters) p.data() -= 0.1 * p.grad();
  }
  // end
  if (V == 27) run.result("vowels apart, trained", vowels_apart());
  run.frames("two_numbers.svg", "Characters that are used alike come together.", "step", maps);
}

}  // namespace lt::apps::mlp
