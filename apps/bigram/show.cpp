#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include <libtensor/apps/bigram/bigram.h>
#include <libtensor/apps/plot/chart.h>
#include <libtensor/apps/plot/heat_map.h>

// Flags, texts, pictures and log lines. Long words and large alphabets are shown in part, so that no data,
// however odd, fills the screen.

namespace lt::apps::bigram {
namespace {

// The table in blues with its counts, and how names begin.
void draw_counts(Run& run, const IntTensor& N, const Vocabulary& vocabulary) {
  const int64_t V = vocabulary.size();
  if (V > 64) return run.say(fmt::format("{} characters are too many to draw the table.", V));
  const DoubleTensor P = probabilities<double>(N, 0);
  plot::HeatMap map{.title = "How often the second character follows the first", .rows = V, .columns = V};
  for (int64_t i = 0; i < V; ++i) {
    for (int64_t j = 0; j < V; ++j) {
      const std::string pair = vocabulary.symbol(i) + vocabulary.symbol(j);
      map.values.push_back(static_cast<double>(N.at({i, j})));
      map.above.push_back(pair);
      map.below.push_back(std::to_string(N.at({i, j})));
      map.notes.push_back(fmt::format("{}: {} times, p = {:.4f}, log p = {:.4f}", pair, N.at({i, j}),
                                      P.at({i, j}), std::log(P.at({i, j}))));
    }
  }
  run.figure("counts.svg", "The table N: the row is the first character, the column the second.",
             plot::svg(map));
  const std::vector<int64_t> row = N[0].to_vector();
  plot::Chart chart("How names begin: row 0 of the table", "", "names");
  chart.size(960, 320).bars(vocabulary.symbols(), {std::vector<double>(row.begin(), row.end())}, {""});
  run.figure("first_letters.svg", "A is the most frequent first letter, q and u are rare.", chart.svg());
}

}  // namespace

void declare(Options& options, Flags& flags) {
  const Spec shows{.min = 0, .shows = true};
  options.add("--order 2|3", flags.order, "characters in a count: bigrams, or the exercises' trigrams",
              {.selects = true});
  // Above, the sum of a row of floats would be infinite.
  options.add("--smoothing K", flags.smoothing, "added to every count; 0.2 for --order 3 unless given",
              {.min = 0, .max = 1e30});
  options.add("--tune", flags.tune, "choose the smoothing on dev names, its curves, one look at test",
              {.selects = true});
  options.add("--score WORD", flags.score, "log-likelihood of a word, character by character",
              {.selects = true});
  options.add("--top N", flags.top, "how many of the most frequent to list", shows);
  options.add("--trace N", flags.trace, "probabilities and logs for the first N names", shows);
  options.add("--show-broadcast-bug", flags.show_broadcast_bug,
              "no further than to what normalising columns by mistake does",
              {.selects = true, .excludes = {"--order 3"}});
}

std::vector<std::string> first_of(const std::vector<std::string>& words, int64_t how_many) {
  return {words.begin(), words.begin() + std::min(how_many, std::ssize(words))};
}

std::string joined(const std::vector<std::string>& texts) { return fmt::format("{}", fmt::join(texts, " ")); }

std::string joined(const IntTensor& ids) { return fmt::format("{}", fmt::join(ids.to_vector(), " ")); }

void draw_smoothing(Run& run, const IntTensor& N, const Vocabulary& vocabulary) {
  if (vocabulary.size() > 64) return;
  const int64_t row = argmax(amax(probabilities<double>(N, 1e-9), {1})).item();
  Pairs frames;
  for (const double K : {0.0, 0.1, 1.0, 10.0, 100.0, 1000.0, 1e4, 1e6}) {
    const DoubleTensor P = probabilities<double>(N, K);
    plot::Chart chart(fmt::format("K = {:.7g}: mean nll {:.4f}", K, nll(P, N).mean()), "",
                      fmt::format("probability after '{}'", vocabulary.symbol(row)));
    chart.size(860, 300).y_range(0, 1).bars(vocabulary.symbols(), {P[row].to_vector()}, {""});
    frames.emplace_back(fmt::format("{:.7g}", K), chart.svg());
  }
  run.frames("smoothing.svg",
             "The more is added to every count, the nearer the row comes to a uniform guess.", "K =", frames);
}

void read_names(Run& run, const std::vector<std::string>& words) {
  run.heading("The names");
  run.say(
      "A list of names, one a line. The model shall make up more that sound like them, a character at a "
      "time.");
  run.cell("words");
  const auto [shortest, longest] = std::minmax_element(
      words.begin(), words.end(), [](const auto& a, const auto& b) { return length(a) < length(b); });
  const std::set<std::string> distinct(words.begin(), words.end());
  int64_t letters = 0;
  for (const std::string& word : words) letters += length(word);
  run.result("names", std::ssize(words));
  run.result("distinct names", std::ssize(distinct));
  run.result("letters", letters);
  run.result("shortest", length(*shortest));
  run.result("longest", length(*longest));
  run.result("first names", brief(joined(first_of(words, 8))));
  run.result("last name", brief(words.back(), 40));
}

void show_counts(Run& run, const IntTensor& N, const Vocabulary& vocabulary, int64_t top) {
  std::vector<std::string> texts;
  std::vector<Json> logged;
  for (const auto& [symbols, count] : most_frequent(N, vocabulary, top)) {
    texts.push_back(fmt::format("{} {}", symbols, count));
    logged.push_back(Json::list({symbols, count}));
  }
  if (top > 0)
    run.result(fmt::format("most frequent {}", texts.size()),
               brief(fmt::format("{}", fmt::join(texts, ", "))));
  std::vector<Field> fields{{N.dim() == 2 ? "bigrams" : "trigrams", sum(N).item()},
                            {"nonzero", count_nonzero(N > 0)}};
  if (N.dim() == 2) fields.push_back({"row0", N[0].to_vector()});
  fields.push_back({"top", logged});
  run.log().write("counts", fields);
}

void show_table(Run& run, const IntTensor& N, const Vocabulary& vocabulary, int64_t top) {
  run.result("shape of N", to_string(N.shape()));
  run.result("bigrams", sum(N).item());
  run.result("cells of the table in use", count_nonzero(N > 0));
  run.result("empty cells", count_nonzero(N == 0));
  show_counts(run, N, vocabulary, top);
  run.result("row 0: how names begin", brief(joined(N[0])));
  if (vocabulary.size() == 27) {
    const IntTensor sums = sum(N, 1);
    run.result("row sums of ., a, q, x", joined(sums[tensor<int64_t>({0, 1, 17, 24})]));
    const int64_t q = sums.at({17});
    run.result("q is followed by u", fmt::format("{} of {}", N.at({17, 21}), q));
    run.say(fmt::format("By chance u would follow {} times, like each of the 27. The table knows spelling.",
                        std::lround(static_cast<double>(q) / 27)));
  }
  draw_counts(run, N, vocabulary);
}

void log_nll(Run& run, const IntTensor& N, double K) {
  const Likelihood loss = nll(probabilities<double>(N, K), N);
  run.log().write("nll",
                  {{"smoothing", K}, {"total", loss.total}, {"count", loss.count}, {"mean", loss.mean()}});
}

}  // namespace lt::apps::bigram
