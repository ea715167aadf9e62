// Lecture 2, "The spelled-out intro to language modeling: building makemore", the part that counts.
//
//   bigram                       counts, the table, sampling, the likelihood, smoothing
//   bigram --score andrejq       how likely a word is, character by character
//   bigram --order 3 --tune      the exercises: contexts of two, the smoothing chosen on dev names

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <map>

#include <libtensor/apps/bigram/bigram.h>

using namespace lt;
using namespace lt::apps;
using namespace lt::apps::bigram;

namespace {

// Every two neighbours of ".emma.", counted in a dictionary.
void count_in_a_dictionary(Run& run, const std::vector<std::string>& words, const Vocabulary& vocabulary) {
  run.heading("Pairs of neighbours");
  run.say(
      "A bigram model looks at one character to guess the next. `.` stands before and after every name: "
      "where it starts and that it ends are things to learn too.");
  // cell: pairs
  std::map<std::string, int64_t> b;
  std::string of_first_name;
  for (const std::string& w : words) {
    std::string ch1 = ".";
    for (const int64_t ix : targets(w, vocabulary)) {  // the name's characters, then "."
      const std::string& ch2 = vocabulary.symbol(ix);
      ++b[ch1 + ch2];
      if (&w == &words[0]) of_first_name += ch1 + ch2 + " ";
      ch1 = ch2;
    }
  }
  // end
  run.cell("pairs");
  of_first_name.pop_back();
  run.result("pairs of the first name", brief(of_first_name));
  run.result("different bigrams", std::ssize(b));
  run.result("n. in it: names that end in n", b["n."]);
}

// The same counts as a table: row by the first character, column by the second.
IntTensor count_in_a_table(Run& run, const Flags& flags, const std::vector<std::string>& words,
                           const Vocabulary& vocabulary) {
  run.heading("The table");
  run.say(
      "Characters become whole numbers, `.` = 0, a = 1 and so on, and the dictionary a tensor: `N(i, j)` "
      "says how often character j follows character i.");
  run.cell("ids");
  run.result("ids of the first name",
             brief(fmt::format("{}", fmt::join(targets(words[0], vocabulary), " "))));
  const int64_t V = vocabulary.size();
  check_table_size(V, 2);
  // cell: table
  IntTensor N = zeros<int64_t>({V, V});
  for (const std::string& w : words) {
    int64_t ix1 = 0;
    for (const int64_t ix2 : targets(w, vocabulary)) {
      N(ix1, ix2) += 1;
      ix1 = ix2;
    }
  }
  // end
  run.cell("table");
  show_table(run, N, vocabulary, flags.top);
  return N;
}

// One draw: a row of counts becomes probabilities, and multinomial takes a character by them.
void sample_a_row(Run& run, const IntTensor& N, const Vocabulary& vocabulary) {
  run.heading("Drawing a character");
  run.say(
      "Row 0 says how names begin. Divided by its sum it is a distribution; `multinomial` draws from it, "
      "and the generator's seed makes the draws the same each time.");
  // cell: draw
  Generator g = run.generator(run.flags().seed);
  Tensor p = N[0].cast<float>();
  p = p / sum(p);
  const int64_t ix = multinomial(p, 1, true, g).item();
  // end
  run.cell("draw");
  run.result("one draw from row 0", vocabulary.symbol(ix));
  run.say("What multinomial does, on three numbers: 100 draws come about as often as the probabilities say.");
  // cell: three
  Generator g3 = run.generator(run.flags().seed);
  Tensor three = rand({3}, g3);
  three = three / sum(three);
  const IntTensor draws = multinomial(three, 100, true, g3);
  // end
  run.cell("three");
  for (const int64_t i : {0, 1, 2}) run.result(fmt::format("rand(3) / its sum, [{}]", i), three.at({i}));
  run.result("100 draws from it begin", joined(draws.slice(0, 0, 10)));
  run.result("how many of each", joined(bincount(draws, 3)));
}

// All rows at once.
Tensor normalise(Run& run, const IntTensor& N, const Vocabulary& vocabulary, double K) {
  run.heading("All rows at once: broadcasting");
  const int64_t V = N.size(0);
  run.say(
      fmt::format("The row sums have shape ({0}, 1): one column, stretched over the {0} columns of N, so "
                  "that each row is divided by its own sum. Without keepdim they would be ({0}), read as "
                  "one row, and each column would be divided: nothing complains, the loss is the same, and "
                  "the names are wrong.",
                  V));
  // cell: P
  Tensor P = N.cast<float>() + static_cast<float>(K);  // K: smoothing, see below
  P = P / sum(P, 1, /*keepdim=*/true);
  // end
  run.cell("P");
  run.result("shape of sum(P, 1, true)", to_string(sum(P, 1, true).shape()));
  run.result("shape of sum(P, 1)", to_string(sum(P, 1).shape()));
  run.result("P[0] sums to", sum(P[0]));
  show_broadcast_bug(run, N, vocabulary);
  return P;
}

// How good is the model? The probability that it gives to the data.
void measure(Run& run, const Flags& flags, const IntTensor& N, const std::vector<std::string>& words,
             const Vocabulary& vocabulary) {
  run.heading("How good is the model? The likelihood");
  run.say(
      fmt::format("The probability of all data is the product over its pairs: a tiny number. Its logarithm "
                  "is a sum, since log(a*b*c) = log(a) + log(b) + log(c); negative and divided by the "
                  "count it is a loss: 0 is perfect, a uniform guess costs ln {} = {:.4f}.",
                  vocabulary.size(), std::log(vocabulary.size())));
  // cell: likelihood
  const DoubleTensor P = N.cast<double>() / sum(N.cast<double>(), 1, true);
  double log_likelihood = 0;
  int64_t n = 0;
  for (const std::string& w : first_of(words, flags.trace)) {
    int64_t ix1 = 0;
    for (const int64_t ix2 : targets(w, vocabulary)) {
      const double prob = P(ix1, ix2);
      const double logprob = std::log(prob);
      log_likelihood += logprob;
      ++n;
      ix1 = ix2;
    }
  }
  const double nll = -log_likelihood;
  // end
  run.cell("likelihood");
  if (n == 0) return;
  for (const std::string& w : first_of(words, flags.trace)) run.print(steps_text(w, vocabulary, P));
  run.result(fmt::format("pairs of the first {} names", flags.trace), n);
  run.result(fmt::format("log-likelihood of these {}", n), log_likelihood);
  run.result(fmt::format("mean of these {}, negative: the loss", n), nll / static_cast<double>(n));
}

void smooth(Run& run, const IntTensor& N, const Vocabulary& vocabulary, double K) {
  run.heading("Smoothing");
  run.say(
      "A pair that was never seen has probability 0 and costs infinity. Adding K to every count before the "
      "division gives every pair a chance; the more is added, the flatter the model.");
  run.cell("smoothed");
  for (const double k : {0.0, 0.01, 0.1, 1.0, 2.0, 5.0, 10.0, 100.0, 1000.0, 1e6}) {
    run.result(fmt::format("mean nll, K = {:.7g}", k), nll(probabilities<double>(N, k), N).mean());
  }
  run.result(fmt::format("uniform guess, ln {}", N.size(0)), std::log(N.size(0)));
  draw_smoothing(run, N, vocabulary);
  log_nll(run, N, K);
}

void lecture(Run& run, const Flags& flags) {
  const Words data = run.load_words();
  const Vocabulary vocabulary = Vocabulary::of(data);
  for (const std::string& word : flags.score)
    targets(word, vocabulary);  // an unknown character is said first
  if (flags.order == 3) return trigram(run, flags, data, vocabulary);
  read_names(run, data.words);
  count_in_a_dictionary(run, data.words, vocabulary);
  const IntTensor N = count_in_a_table(run, flags, data.words, vocabulary);
  sample_a_row(run, N, vocabulary);
  const Tensor P = normalise(run, N, vocabulary, flags.smoothing);
  if (flags.show_broadcast_bug) return run.try_next({{"bigram", "all of the lecture's counting"}});
  measure(run, flags, N, data.words, vocabulary);
  smooth(run, N, vocabulary, flags.smoothing);
  show_scores(run, flags, N, vocabulary, flags.smoothing);
  if (flags.tune) tune(run, split_words(data.words), vocabulary, 2);
  look_two_back(run, data.words, vocabulary);

  run.heading("Names");
  run.say(
      "A name starts at row 0; each character drawn is the row for the next, until `.` comes. First from a "
      "table that knows nothing, every character equally likely, then from P.");
  run.cell("sample a name");
  const auto names = [&](const Tensor& table, int64_t count) {
    return sample(table, vocabulary, count, run.generator(run.flags().sample_seed));
  };
  run.result("untrained", brief(joined(names(ones_like(P) / static_cast<float>(vocabulary.size()), 3))));
  run.samples(names(P, run.flags().samples), data.words);
  run.try_next({{"bigram_net", "the same table found by gradient descent"},
                {"bigram --score andrejq", "a word that smoothing alone makes possible"},
                {"bigram --order 3 --tune", "two characters of context, the smoothing chosen on dev names"},
                {"mlp", "lecture 3: more context, by a neural network"}});
}

}  // namespace

int main(int argc, char** argv) {
  return run_app<Flags>(argc, argv,
                        {"bigram", "Lecture 2, the spelled-out intro to language modeling: counting",
                         "bigram --score andrejq", kAppTexts},
                        declare, lecture);
}
