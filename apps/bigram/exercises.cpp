#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/bigram/bigram.h>
#include <libtensor/apps/plot/chart.h>

// What the lecture's path leads to: words to score, the bug that the loss does not show, and the exercises,
// where the counts come from the train names alone, so that a smoothing that is too small shows on names that
// were not counted.

namespace lt::apps::bigram {
namespace {

const std::vector<double> kSmoothings = {0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 100};

struct Tuned {
  std::vector<double> train, dev;
  size_t best;
  double test;
};

Tuned try_smoothings(const Split& split, const Vocabulary& vocabulary, int64_t order) {
  const IntTensor train = count(split.train, vocabulary, order);
  const IntTensor dev = count(split.val, vocabulary, order);
  Tuned tuned{};
  // cell: tune
  for (const double K : kSmoothings) {
    const DoubleTensor P = probabilities<double>(train, K);
    tuned.train.push_back(nll(P, train).mean());
    tuned.dev.push_back(nll(P, dev).mean());
  }
  const auto lowest = std::min_element(tuned.dev.begin(), tuned.dev.end());
  tuned.best = static_cast<size_t>(lowest - tuned.dev.begin());
  tuned.test =
      nll(probabilities<double>(train, kSmoothings[tuned.best]), count(split.test, vocabulary, order)).mean();
  // end
  return tuned;
}

void draw_curves(Run& run, const Tuned& tuned, const Tuned* bigram) {
  plot::Chart chart("Loss against smoothing", "K, added to every count", "mean negative log-likelihood");
  chart.log_x().line(kSmoothings, tuned.train, "train").line(kSmoothings, tuned.dev, "dev");
  if (bigram != nullptr) chart.line(kSmoothings, bigram->dev, "bigram, dev");
  chart.vertical(kSmoothings[tuned.best], fmt::format("lowest dev loss, K = {}", kSmoothings[tuned.best]));
  run.figure("smoothing.svg",
             "Train is lowest with no smoothing at all; dev, on names that were not counted, is not.",
             chart.svg());
}

}  // namespace

void show_scores(Run& run, const Flags& flags, const IntTensor& N, const Vocabulary& vocabulary, double K) {
  const DoubleTensor P = probabilities<double>(N, K);
  for (const std::string& word : flags.score) {
    if (word.find('.') != std::string::npos)
      throw AppError(fmt::format("--score {}: '.' marks a word's ends", word));
    const Likelihood loss = nll(P, count({word}, vocabulary, N.dim()));
    run.heading(fmt::format("The likelihood of `{}`, K = {}", brief(word, 40), K));
    run.print(steps_text(word, vocabulary, P));
    run.result("negative log-likelihood", loss.total);
    run.result("mean of its characters and its end", loss.mean());
    run.log().write("score",
                    {{"word", word}, {"total", loss.total}, {"count", loss.count}, {"mean", loss.mean()}});
  }
}

void show_broadcast_bug(Run& run, const IntTensor& N, const Vocabulary& vocabulary) {
  // cell: bug
  const Tensor counts = N.cast<float>() + 1;
  const Tensor wrong = counts / sum(counts, 1);  // (27, 27) / (27): row j of the sums divides column j
  // end
  run.cell("bug");
  for (int64_t i = 0; i < std::min<int64_t>(4, wrong.size(0)); ++i) {
    run.result(fmt::format("by mistake: row {} sums to", i), sum(wrong[i]));
  }
  run.result("names by mistake",
             brief(joined(sample(wrong, vocabulary, 3, run.generator(run.flags().sample_seed)))));
  const DoubleTensor exact = N.cast<double>() + 1;
  run.result("the loss by mistake", nll(exact / sum(exact, 1), N).mean());
  run.result("the loss as it should be", nll(probabilities<double>(N, 1), N).mean());
  run.say("The loss alone cannot show this bug: every character is as often a first as a second one.");
}

double tune(Run& run, const Split& split, const Vocabulary& vocabulary, int64_t order) {
  run.heading("Tuning the smoothing");
  if (split.val.empty() || split.test.empty()) throw AppError("--tune needs at least 10 names to split");
  run.say(fmt::format("Counted are {} train names; {} dev names choose K; {} test names are looked at once.",
                      split.train.size(), split.val.size(), split.test.size()));
  run.cell("tune");
  const Tuned tuned = try_smoothings(split, vocabulary, order);
  const Tuned bigram = order == 3 ? try_smoothings(split, vocabulary, 2) : Tuned{};
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < kSmoothings.size(); ++i) {
    const double K = kSmoothings[i];
    run.log().write("tune", {{"smoothing", K}, {"train", tuned.train[i]}, {"val", tuned.dev[i]}});
    rows.push_back({fmt::format("{}{}", K, i == tuned.best ? " *" : ""),
                    run.marked(fmt::format("train loss at K = {}", K), tuned.train[i]),
                    run.marked(fmt::format("dev loss at K = {}", K), tuned.dev[i])});
    if (order == 3)
      rows.back().push_back(run.marked(fmt::format("bigram dev loss at K = {}", K), bigram.dev[i]));
  }
  std::vector<std::string> head = {"K", "train", "dev"};
  if (order == 3) head.emplace_back("bigram, dev");
  run.table(head, rows);
  const double K = kSmoothings[tuned.best];
  run.say(fmt::format("* The lowest dev loss: K = {}. Less fits the train names better and these worse.", K));
  run.log().write("tuned", {{"smoothing", K}, {"test", tuned.test}});
  run.result("best smoothing", K);
  run.result("test loss there", tuned.test);
  if (order == 3) run.result("bigram best smoothing", kSmoothings[bigram.best]);
  if (order == 3) run.result("bigram test loss there", bigram.test);
  draw_curves(run, tuned, order == 3 ? &bigram : nullptr);
  return K;
}

void look_two_back(Run& run, const std::vector<std::string>& words, const Vocabulary& vocabulary) {
  const std::vector<std::string> train = split_words(words).train;
  const int64_t V = vocabulary.size();
  if (train.empty() || V > 64) return;
  run.heading("Two characters back");
  run.say(
      fmt::format("Who sees two characters guesses the next better. But a table of trigrams has {0}^3 cells, "
                  "most of them empty, and {0} times more with each character more: lecture 3 takes a net "
                  "instead.",
                  V));
  run.part("--order 3");
  const IntTensor N2 = count(train, vocabulary, 2);
  // cell: trigrams
  const IntTensor N = count(train, vocabulary, 3);  // (27, 27, 27)
  const double loss = nll(probabilities<double>(N, 0.2), N).mean();
  const double bigram_loss = nll(probabilities<double>(N2, 0.2), N2).mean();
  // end
  run.cell("trigrams");
  run.result("shape of the trigrams' table", to_string(N.shape()));
  run.result("cells of the table", N.numel());
  run.result("cells in use", count_nonzero(N > 0));
  run.result("mean nll of the train names, K = 0.2", loss);
  run.result("the same of bigrams", bigram_loss);
  run.part("");
}

void trigram(Run& run, const Flags& flags, const Words& data, const Vocabulary& vocabulary) {
  run.heading("Exercise: contexts of two");
  run.say(
      fmt::format("Two characters back instead of one, names framed as `..emma.`: {} times the cells, and "
                  "most of them empty. Counted are the train names alone, the first 80% after a shuffle.",
                  vocabulary.size()));
  const Split split = split_words(data.words);
  if (split.train.empty()) throw AppError("--order 3 counts the train names, and one name leaves none");
  run.cell("count");
  const IntTensor N = count(split.train, vocabulary, 3);
  run.log().write("examples", {{"train", sum(N).item()}});
  run.result("shape of N", to_string(N.shape()));
  run.result("cells of the table", N.numel());
  run.result("trigrams in the train names", sum(N).item());
  run.result("cells in use", count_nonzero(N > 0));
  show_counts(run, N, vocabulary, flags.top);
  double K = run.given("--smoothing") ? flags.smoothing : 0.2;
  if (flags.tune) {
    const double best = tune(run, split, vocabulary, 3);
    if (!run.given("--smoothing")) K = best;
  }
  run.heading("The likelihood");
  const DoubleTensor P = probabilities<double>(N, K);
  for (const std::string& word : first_of(data.words, run.given("--trace") ? flags.trace : 1)) {
    run.print(steps_text(word, vocabulary, P));
  }
  run.result(fmt::format("mean nll of the train names, K = {}", K), nll(P, N).mean());
  log_nll(run, N, K);
  show_scores(run, flags, N, vocabulary, K);
  run.heading("Names");
  run.samples(sample(probabilities<float>(N, K), vocabulary, run.flags().samples,
                     run.generator(run.flags().sample_seed)),
              data.words);
  run.try_next(
      {{"bigram --order 3 --tune", "train and dev losses against the smoothing, beside the bigram's"},
       {"bigram_net --order 3", "the same table learned by gradient descent"}});
}

}  // namespace lt::apps::bigram
