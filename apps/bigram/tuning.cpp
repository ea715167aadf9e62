#include "apps/bigram/tuning.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "apps/bigram/counts.h"
#include "apps/common/chart.h"

// Exercises E02 and E03 of the lecture: the counts come from the train names alone, so a smoothing that is
// too small shows on names it has not seen.

namespace lt::apps {
namespace {

constexpr std::array<double, 12> kSmoothings = {0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 100};

// The trigram on the lecture's names, at those smoothings.
constexpr std::array<double, 12> kTrain = {2.182747, 2.183237, 2.185216, 2.187429, 2.191393, 2.194987,
                                           2.201504, 2.215573, 2.238862, 2.291952, 2.356196, 2.745449};
constexpr std::array<double, 12> kDev = {2.244706, 2.231783, 2.224357, 2.222471, 2.222272, 2.223390,
                                         2.226743, 2.236462, 2.255413, 2.303058, 2.363684, 2.746393};

}  // namespace

Tuned tune(Run& run, const Words& data, const Vocabulary& vocabulary, int64_t order) {
  run.heading("Tuning the smoothing");
  const Split split = split_words(data.words);
  if (split.val.empty() || split.test.empty()) throw AppError("--tune needs at least 10 names to split");
  const IntTensor N = count(split.train, vocabulary, order);
  const IntTensor dev = count(split.val, vocabulary, order);
  const IntTensor test = count(split.test, vocabulary, order);
  run.log().write("examples",
                  {{"train", sum(N).item()}, {"val", sum(dev).item()}, {"test", sum(test).item()}});
  run.say(fmt::format(
      "Counts come from {} train names; K is chosen on {} dev names; {} test names are looked at once.",
      split.train.size(), split.val.size(), split.test.size()));
  if (order == 3)
    run.compare("contexts and characters seen", static_cast<double>(count_nonzero(N > 0)), 5806, kExact);

  std::vector<double> train_losses;
  std::vector<double> dev_losses;
  std::vector<std::vector<std::string>> rows;
  const bool has_lecture = order == 3;
  for (size_t i = 0; i < kSmoothings.size(); ++i) {
    const double K = kSmoothings[i];
    const DoubleTensor P = probabilities<double>(N, K);
    train_losses.push_back(nll(P, N).mean());
    dev_losses.push_back(nll(P, dev).mean());
    run.log().write("tune", {{"smoothing", K}, {"train", train_losses[i]}, {"val", dev_losses[i]}});
    rows.push_back({fmt::format("{}", K), show(train_losses[i]), show(dev_losses[i])});
    if (!has_lecture) continue;
    run.check(fmt::format("train loss at K = {}", K), train_losses[i], kTrain[i], kDigits6);
    run.check(fmt::format("dev loss at K = {}", K), dev_losses[i], kDev[i], kDigits6);
    rows[i].insert(rows[i].end(), {show(kTrain[i]), show(kDev[i])});
  }
  const auto best =
      static_cast<size_t>(std::min_element(dev_losses.begin(), dev_losses.end()) - dev_losses.begin());
  rows[best][0] += " *";
  run.table(has_lecture ? std::vector<std::string>{"K", "train", "dev", "lecture train", "lecture dev"}
                        : std::vector<std::string>{"K", "train", "dev"},
            rows);

  const double K = kSmoothings[best];
  const double test_loss = nll(probabilities<double>(N, K), test).mean();
  run.log().write("tuned", {{"smoothing", K}, {"test", test_loss}});
  run.say(fmt::format("* The lowest dev loss: K = {}. Less fits the train names better and these worse.", K));
  if (has_lecture) {
    run.compare("best smoothing", K, 0.2, kExact);
    run.compare("test loss there", test_loss, 2.223478, kDigits6);
  } else {
    run.result("test loss there", show(test_loss));
  }
  const std::vector<double> Ks(kSmoothings.begin(), kSmoothings.end());
  const Chart chart =
      Chart("Loss against smoothing", "K, added to every count", "mean negative log-likelihood")
          .log_x()
          .line(Ks, train_losses, "train")
          .line(Ks, dev_losses, "dev")
          .vertical(K, fmt::format("lowest dev loss, K = {}", K));
  run.figure("smoothing.svg", "Train and dev loss against K; the dashed line marks the lowest dev loss.",
             chart.svg());
  return {K, N};
}

}  // namespace lt::apps
