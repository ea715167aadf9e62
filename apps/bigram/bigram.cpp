// Lecture 2, "The spelled-out intro to language modeling: building makemore", the part that counts.
//
//   bigram                       counts, the table, sampling, the likelihood, smoothing
//   bigram --order 3 --tune      the exercises: contexts of two, the smoothing chosen on dev names
//
//                                                  ours           lecture
//   bigrams                                      228146            228146  =
//   mean nll, K = 0                            2.454014          2.454014  =
//   mean nll, K = 1                            2.454577          2.454577  =
//   mor. axx. minaymoryles. kondlaisah. anchshizarie.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/bigram/check.h>
#include <libtensor/apps/bigram/exercises.h>
#include <libtensor/apps/bigram/show.h>
#include <libtensor/apps/common/counts.h>
#include <libtensor/apps/common/run.h>

using namespace lt;
using namespace lt::apps;

namespace {

void look_at(Run& run, const std::vector<std::string>& words) {
  run.heading("The data");
  run.code("words = open(\"names.txt\").read().splitlines()");
  const auto [shortest, longest] = std::minmax_element(
      words.begin(), words.end(), [](const auto& a, const auto& b) { return length(a) < length(b); });
  run.compare("names", static_cast<double>(words.size()), 32033, kExact);
  run.compare("shortest", static_cast<double>(length(*shortest)), 2, kExact);
  run.compare("longest", static_cast<double>(length(*longest)), 15, kExact);
  run.print(brief(joined(first_of(words, 8))));
}

void count_pairs(Run& run, const IntTensor& N, const Vocabulary& vocabulary, int64_t top) {
  run.heading("Counting");
  run.say(
      "A bigram model looks at one character to guess the next. `N[i, j]` counts how often character j "
      "follows "
      "character i; `.` stands at both ends of every name.");
  run.code("N = zeros<int64_t>({27, 27});\nindex_put_(N, {x, y}, ones<int64_t>({1}), /*accumulate=*/true);");
  const int64_t nonzero = count_nonzero(N > 0);
  run.compare("bigrams", static_cast<double>(sum(N).item()), 228146, kExact);
  run.compare("cells of the table in use", static_cast<double>(nonzero), 627, kExact);
  const std::vector<Frequent> frequent = most_frequent(N, vocabulary, top);
  run.compare("most frequent", listed(most_frequent(N, vocabulary, 1), 1), "n. 6763");
  if (top > 0) run.print(listed(frequent, frequent.size()));
  draw_counts(run, N, vocabulary);
  log_counts(run, N, frequent);
}

void sample_row(Run& run, const IntTensor& N, const Vocabulary& vocabulary) {
  run.heading("Sampling");
  run.say(
      "Row 0 says how names begin. Divided by its sum it is a distribution, and `multinomial` draws from "
      "it.");
  run.code(
      "p = N[0].cast<float>();\np = p / sum(p);\nix = multinomial(p, 1, /*replacement=*/true, g).item();");
  Generator g = run.generator(run.flags().seed);
  Tensor p = N[0].cast<float>();
  p = p / sum(p);
  run.compare("one draw from row 0", vocabulary.symbol(multinomial(p, 1, true, g).item()), "m");

  Generator toy = run.generator(run.flags().seed);
  Tensor three = rand({3}, toy);
  three = three / sum(three);
  const std::vector<double> lecture = {0.6063784, 0.3033388, 0.0902828};
  for (int64_t i = 0; i < 3; ++i) {
    run.compare(fmt::format("rand(3) / its sum, [{}]", i), three.at({i}), lecture[static_cast<size_t>(i)],
                within(0.5e-7));
  }
  const IntTensor draws = multinomial(three, 100, true, toy);
  run.compare("100 draws from it begin", joined(draws.slice(0, 0, 10)), "1 1 2 0 0 2 1 1 0 0");
  run.compare("how many of each", joined(bincount(draws, 3)), "61 33 6");
}

void normalise(Run& run, const IntTensor& N, double K) {
  run.heading("All rows at once: broadcasting");
  run.say(fmt::format(
      "`sum(N, 1, keepdim)` has shape ({0}, 1): one column, stretched over the {0} columns of N, so that "
      "each row is divided by its own sum. Without keepdim it would be ({0}), read as one row, and each "
      "column would be divided.",
      N.size(0)));
  run.code("P = N.cast<float>() + K;\nP = P / sum(P, 1, /*keepdim=*/true);");
  const Tensor P = probabilities<float>(N, K);
  run.result("P[0] sums to", show(sum(P[0]).item()));
}

void show_broadcast_bug(Run& run, const IntTensor& N, const Vocabulary& vocabulary) {
  run.heading("The broadcasting bug");
  run.say(
      "The same line without keepdim. Nothing complains, and the columns are normalised instead of the "
      "rows.");
  run.code("P = N.cast<float>() + 1;\nP = P / sum(P, 1);  // shape (27), read as (1, 27)");
  const Tensor counts = N.cast<float>() + 1;
  const Tensor P = counts / sum(counts, 1);
  const std::vector<double> lecture = {6.9246, 4.3671, 0.2122, 0.3786};
  for (int64_t i = 0; i < std::min<int64_t>(4, P.size(0)); ++i) {
    run.compare(fmt::format("row {} sums to", i), sum(P[i]).item(), lecture[static_cast<size_t>(i)],
                within(0.5e-4));
  }
  const std::vector<std::string> names = sample(P, vocabulary, 3, run.generator(run.flags().sample_seed));
  run.compare("names", brief(joined(names)),
              "prrabuxclssoxxxxzontantorsemsele. ppptouzavikavegunjemahekwjembltttowonndelyviu. jadw.");
  const DoubleTensor exact = N.cast<double>() + 1;
  run.compare("mean nll all the same", nll(exact / sum(exact, 1), N).mean(), 2.454577, kDigits6);
  run.say("The loss alone cannot show this bug: every character is as often a first as a second one.");
}

void trace(Run& run, const std::vector<std::string>& words, const IntTensor& N, const Vocabulary& vocabulary,
           int64_t how_many) {
  run.heading("How good is the model? The likelihood");
  run.say(fmt::format(
      "The probability of the data is the product over its bigrams. Its logarithm is a sum, its negative a "
      "loss, and its mean comparable: 0 is perfect, a uniform guess costs ln {} = {:.4f}.",
      vocabulary.size(), std::log(vocabulary.size())));
  const DoubleTensor P = probabilities<double>(N, 0);
  show_steps(run, first_of(words, how_many), vocabulary, P);
  run.compare("mean nll of the first name", nll(P, count({words[0]}, vocabulary, 2)).mean(), 2.513798,
              kDigits6);
  if (words.size() >= 3) {
    run.compare("of the first three names", nll(P, count(first_of(words, 3), vocabulary, 2)).mean(), 2.424102,
                kDigits6);
  }
}

void smooth(Run& run, const IntTensor& N, double K) {
  run.heading("Smoothing");
  run.say(
      "A bigram that was never seen has probability 0 and costs infinity. Adding K to every count before the "
      "division "
      "gives every bigram a chance; the more is added, the flatter the model.");
  struct Row {
    double K;
    double mean;
  };
  const std::vector<Row> lecture = {{0, 2.454014},    {0.01, 2.454019}, {0.1, 2.454061}, {1, 2.454577},
                                    {2, 2.455271},    {5, 2.457683},    {10, 2.462116},  {100, 2.537491},
                                    {1000, 2.852283}, {1e6, 3.294593}};
  for (const Row& row : lecture) {
    run.compare(fmt::format("mean nll, K = {}", row.K), nll(probabilities<double>(N, row.K), N).mean(),
                row.mean, kDigits6);
  }
  const Likelihood ours = nll(probabilities<double>(N, K), N);
  run.say(fmt::format("With K = {} the data cost {} over {} characters, {} each.", K, show(ours.total),
                      ours.count, show(ours.mean())));
}

void bigram(Run& run, const Words& data, const Vocabulary& vocabulary, const Flags& flags) {
  look_at(run, data.words);
  const IntTensor N = count(data.words, vocabulary, 2);
  count_pairs(run, N, vocabulary, flags.top);
  sample_row(run, N, vocabulary);
  normalise(run, N, flags.smoothing);
  if (flags.show_broadcast_bug || run.flags().check) show_broadcast_bug(run, N, vocabulary);
  trace(run, data.words, N, vocabulary, flags.trace);
  smooth(run, N, flags.smoothing);
  log_nll(run, N, flags.smoothing);
  show_scores(run, flags.score, N, vocabulary, flags.smoothing);
  if (flags.tune) tune(run, split_words(data.words), vocabulary, 2);
  if (run.flags().check) check_the_rest(run, N, vocabulary);
  run.heading("An untrained model");
  run.say("For comparison: every character equally likely.");
  const auto untrained =
      sample(ones_like(N.cast<float>()), vocabulary, 3, run.generator(run.flags().sample_seed));
  run.compare("names", brief(joined(untrained)),
              "qvsaayxbqrqmyqwuznivanukotdjvdhd. qnoymtzduqkatdetkpfjdgigvlejfkrsqlwnirghhzwlu. idcx.");
  show_names(run, N, vocabulary, flags.smoothing, "mor. axx. minaymoryles. kondlaisah. anchshizarie.");
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags;
  Options options("bigram", "Lecture 2, the spelled-out intro to language modeling: counting",
                  "bigram --score andrejq");
  const auto harmless = [](double min) { return Spec{.min = min, .selects = true, .shows = true}; };
  options.add("--order 2|3", flags.order, "characters in a count: bigrams, or the exercises' trigrams",
              {.selects = true});
  // Above, the sum of a row of floats would be infinite.
  options.add("--smoothing K", flags.smoothing, "added to every count; 0.2 for --order 3 unless given",
              {.min = 0, .max = 1e30});
  options.add("--tune", flags.tune, "choose the smoothing on dev names, its curves, one look at test",
              {.selects = true});
  options.add("--score WORD", flags.score, "log-likelihood of a word, character by character",
              {.selects = true, .shows = true});
  options.add("--top N", flags.top, "how many of the most frequent to list", harmless(0));
  options.add("--trace N", flags.trace, "probabilities and logs for the first N names", harmless(0));
  options.add("--show-broadcast-bug", flags.show_broadcast_bug, "normalise columns by mistake",
              {.selects = true, .shows = true});
  return run_app(options, argc, argv, [&](Run& run) {
    if (flags.order == 3 && flags.show_broadcast_bug && !run.flags().check) {
      throw UsageError("--show-broadcast-bug: is shown on the table of --order 2");
    }
    const Words data = run.load_words();
    const Vocabulary vocabulary = Vocabulary::of(data);
    if (flags.order == 2 || run.flags().check) bigram(run, data, vocabulary, flags);
    if (flags.order == 3 || run.flags().check) trigram(run, data, vocabulary, flags);
  });
}
