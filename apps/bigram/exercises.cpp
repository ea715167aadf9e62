#include <libtensor/apps/bigram/exercises.h>

#include <fmt/format.h>

#include <algorithm>

#include <libtensor/apps/common/counts.h>
#include <libtensor/apps/plot/chart.h>

// The counts come from the train names alone, so that a smoothing that is too small shows: on names that were
// not counted.

namespace lt::apps {
namespace {

const std::vector<double> kSmoothings = {0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 100};

// The trigram on the lecture's names, at those smoothings.
const std::vector<double> kLectureTrain = {2.182747, 2.183237, 2.185216, 2.187429, 2.191393, 2.194987,
                                           2.201504, 2.215573, 2.238862, 2.291952, 2.356196, 2.745449};
const std::vector<double> kLectureDev = {2.244706, 2.231783, 2.224357, 2.222471, 2.222272, 2.223390,
                                         2.226743, 2.236462, 2.255413, 2.303058, 2.363684, 2.746393};

std::vector<double> losses(const IntTensor& N, const IntTensor& seen) {
  std::vector<double> out;
  for (const double K : kSmoothings) out.push_back(nll(probabilities<double>(N, K), seen).mean());
  return out;
}

void show_table(Run& run, const std::vector<double>& train, const std::vector<double>& dev, size_t best,
                bool has_lecture) {
  std::vector<std::string> head = {"K", "train", "dev"};
  if (has_lecture) head.insert(head.end(), {"lecture train", "lecture dev"});
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < kSmoothings.size(); ++i) {
    const double K = kSmoothings[i];
    run.log().write("tune", {{"smoothing", K}, {"train", train[i]}, {"val", dev[i]}});
    rows.push_back({fmt::format("{}{}", K, i == best ? " *" : ""), show(train[i]), show(dev[i])});
    if (!has_lecture) continue;
    rows.back().insert(rows.back().end(), {show(kLectureTrain[i]), show(kLectureDev[i])});
    run.check(fmt::format("train loss at K = {}", K), train[i], kLectureTrain[i], kDigits6);
    run.check(fmt::format("dev loss at K = {}", K), dev[i], kLectureDev[i], kDigits6);
  }
  run.table(head, rows);
}

void draw_curves(Run& run, const std::vector<double>& train, const std::vector<double>& dev, double best) {
  plot::Chart chart("Loss against smoothing", "K, added to every count", "mean negative log-likelihood");
  chart.log_x().line(kSmoothings, train, "train").line(kSmoothings, dev, "dev");
  chart.vertical(best, fmt::format("lowest dev loss, K = {}", best));
  run.figure("smoothing.svg", "Train and dev loss against K; the dashed line marks the lowest dev loss.",
             chart.svg());
}

}  // namespace

double tune(Run& run, const Split& split, const Vocabulary& vocabulary, int64_t order) {
  run.heading("Tuning the smoothing");
  if (split.val.empty() || split.test.empty()) throw AppError("--tune needs at least 10 names to split");
  const IntTensor N = count(split.train, vocabulary, order);
  const IntTensor dev = count(split.val, vocabulary, order);
  const IntTensor test = count(split.test, vocabulary, order);
  run.log().write("examples",
                  {{"train", sum(N).item()}, {"val", sum(dev).item()}, {"test", sum(test).item()}});
  run.say(fmt::format("Counted are {} train names; {} dev names choose K; {} test names are looked at once.",
                      split.train.size(), split.val.size(), split.test.size()));

  const std::vector<double> train_losses = losses(N, N);
  const std::vector<double> dev_losses = losses(N, dev);
  const auto lowest = std::min_element(dev_losses.begin(), dev_losses.end());
  const auto best = static_cast<size_t>(lowest - dev_losses.begin());
  const double K = kSmoothings[best];
  show_table(run, train_losses, dev_losses, best, order == 3);
  run.say(fmt::format("* The lowest dev loss: K = {}. Less fits the train names better and these worse.", K));

  const double test_loss = nll(probabilities<double>(N, K), test).mean();
  run.log().write("tuned", {{"smoothing", K}, {"test", test_loss}});
  if (order == 3) {
    run.compare("best smoothing", K, 0.2, kExact);
    run.compare("test loss there", test_loss, 2.223478, kDigits6);
  } else {
    run.result("test loss there", show(test_loss));
  }
  draw_curves(run, train_losses, dev_losses, K);
  return K;
}

void trigram(Run& run, const Words& data, const Vocabulary& vocabulary, const Flags& flags) {
  run.heading("Exercise: contexts of two");
  run.say(fmt::format(
      "Two characters back instead of one, names framed as `..emma.`: {} times the cells, and most of them "
      "empty. Counted are the train names alone, the first 80% after a shuffle.",
      vocabulary.size()));
  run.code("N = zeros<int64_t>({27, 27, 27});");
  const Split split = split_words(data.words);
  if (split.train.empty()) throw AppError("--order 3 counts the train names, and one name leaves none");
  const IntTensor N = count(split.train, vocabulary, 3);
  const std::vector<Frequent> frequent = most_frequent(N, vocabulary, flags.top);
  run.compare("cells of the table", static_cast<double>(N.numel()), 19683, kExact);
  run.compare("trigrams in the train names", static_cast<double>(sum(N).item()), 182625, kExact);
  run.compare("cells in use", static_cast<double>(count_nonzero(N > 0)), 5806, kExact);
  if (flags.top > 0) run.print(listed(frequent, frequent.size()));
  log_counts(run, N, frequent);

  double K = run.given("--smoothing") ? flags.smoothing : 0.2;
  if (flags.tune || run.flags().check) {
    const double best = tune(run, split, vocabulary, 3);
    if (!run.given("--smoothing")) K = best;
  }
  run.heading("The likelihood");
  const DoubleTensor P = probabilities<double>(N, K);
  if (run.given("--trace")) show_steps(run, first_of(data.words, flags.trace), vocabulary, P);
  run.result(fmt::format("mean nll of the train names, K = {}", K), show(nll(P, N).mean()));
  log_nll(run, N, K);
  show_scores(run, flags.score, N, vocabulary, K);
  show_names(run, N, vocabulary, K, "mio. aytengentlynslex. knooraen. el. marviovania.");
}

}  // namespace lt::apps
