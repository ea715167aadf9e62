#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/bigram/bigram.h>
#include <libtensor/apps/plot/chart.h>
#include <libtensor/apps/plot/heat_map.h>

// Flags, texts, pictures and log lines. Long words and large alphabets are shown in part, so that no data,
// however odd, fills the screen.

namespace lt::apps::bigram {

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
              "more of what normalising columns by mistake does",
              {.selects = true, .excludes = {"--order 3"}});
}

std::vector<std::string> first_of(const std::vector<std::string>& words, int64_t how_many) {
  return {words.begin(), words.begin() + std::min(how_many, std::ssize(words))};
}

std::string joined(const std::vector<std::string>& texts) { return fmt::format("{}", fmt::join(texts, " ")); }

std::string joined(const IntTensor& ids) { return fmt::format("{}", fmt::join(ids.to_vector(), " ")); }

std::string listed(const std::vector<Frequent>& frequent) {
  std::vector<std::string> texts;
  for (const auto& [symbols, count] : frequent) texts.push_back(fmt::format("{} {}", symbols, count));
  return fmt::format("{}", fmt::join(texts, ", "));
}

void draw_counts(Run& run, const IntTensor& N, const Vocabulary& vocabulary) {
  const int64_t V = vocabulary.size();
  if (V > 64) return run.say(fmt::format("{} characters are too many to draw the table.", V));
  const DoubleTensor P = probabilities<double>(N, 0);
  plot::HeatMap map{.title = "How often the second character follows the first", .rows = V, .columns = V};
  std::vector<std::string> symbols;
  for (int64_t i = 0; i < V; ++i) {
    symbols.push_back(vocabulary.symbol(i));
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
  chart.size(960, 320).bars(symbols, {std::vector<double>(row.begin(), row.end())}, {""});
  run.figure("first_letters.svg", "A is the most frequent first letter, q and u are rare.", chart.svg());
}

void draw_smoothing(Run& run, const IntTensor& N, const Vocabulary& vocabulary) {
  const int64_t V = vocabulary.size();
  if (V > 64) return;
  const int64_t row = argmax(amax(probabilities<double>(N, 1e-9), {1})).item();
  std::vector<std::string> symbols;
  for (int64_t i = 0; i < V; ++i) symbols.push_back(vocabulary.symbol(i));
  Pairs frames;
  for (const double K : {0.0, 0.1, 1.0, 10.0, 100.0, 1000.0, 1e4, 1e6}) {
    const DoubleTensor P = probabilities<double>(N, K);
    plot::Chart chart(fmt::format("K = {:.7g}: mean nll {:.4f}", K, nll(P, N).mean()), "",
                      fmt::format("probability after '{}'", symbols[static_cast<size_t>(row)]));
    chart.size(860, 300).y_range(0, 1).bars(symbols, {P[row].to_vector()}, {""});
    frames.emplace_back(fmt::format("{:.7g}", K), chart.svg());
  }
  run.frames("smoothing.svg",
             "The more is added to every count, the nearer the row comes to a uniform guess.", "K =", frames);
}

void log_counts(Run& run, const IntTensor& N, const std::vector<Frequent>& frequent) {
  std::vector<Json> top;
  for (const auto& [symbols, count] : frequent) top.push_back(Json::list({symbols, count}));
  std::vector<Field> fields{{N.dim() == 2 ? "bigrams" : "trigrams", sum(N).item()},
                            {"nonzero", count_nonzero(N > 0)}};
  if (N.dim() == 2) fields.push_back({"row0", N[0].to_vector()});
  fields.push_back({"top", top});
  run.log().write("counts", fields);
}

void log_nll(Run& run, const IntTensor& N, double K) {
  const Likelihood loss = nll(probabilities<double>(N, K), N);
  run.log().write("nll",
                  {{"smoothing", K}, {"total", loss.total}, {"count", loss.count}, {"mean", loss.mean()}});
}

}  // namespace lt::apps::bigram
