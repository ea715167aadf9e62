#include <libtensor/apps/bigram/show.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/plot/chart.h>
#include <libtensor/apps/plot/heat_map.h>

// What the lecture prints with a loop and plots with imshow. Long words and large alphabets are shown in
// part, so that no data, however odd, fills the screen.

namespace lt::apps {

std::vector<std::string> first_of(const std::vector<std::string>& words, int64_t how_many) {
  return {words.begin(), words.begin() + std::min(how_many, std::ssize(words))};
}

std::string joined(const std::vector<std::string>& texts) { return fmt::format("{}", fmt::join(texts, " ")); }

std::string joined(const IntTensor& ids) { return fmt::format("{}", fmt::join(ids.to_vector(), " ")); }

std::string listed(const std::vector<Frequent>& frequent, size_t how_many) {
  std::vector<std::string> texts;
  for (const auto& [symbols, count] : frequent) texts.push_back(fmt::format("{} {}", symbols, count));
  texts.resize(std::min(texts.size(), how_many));
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::string steps_text(const std::string& word, const Vocabulary& vocabulary, const DoubleTensor& P) {
  constexpr size_t kShown = 60;
  std::string text;
  for (const Transition& step : transitions(word, vocabulary, P, kShown)) {
    text += fmt::format("{}: {:.4f} {:.4f}\n", step.symbols, step.p, std::log(step.p));
  }
  if (std::cmp_greater_equal(length(word), kShown)) text += "...\n";
  return text;
}

void show_steps(Run& run, const std::vector<std::string>& words, const Vocabulary& vocabulary,
                const DoubleTensor& P) {
  std::string lines;
  for (const std::string& word : words) lines += steps_text(word, vocabulary, P);
  if (!lines.empty()) run.print(lines);
}

void draw_counts(Run& run, const IntTensor& N, const Vocabulary& vocabulary) {
  const int64_t V = vocabulary.size();
  if (V > 64) return run.say(fmt::format("{} characters are too many to draw the table.", V));
  plot::HeatMap map{.rows = V, .columns = V};
  std::vector<std::string> symbols;
  for (int64_t i = 0; i < V; ++i) {
    symbols.push_back(vocabulary.symbol(i));
    for (int64_t j = 0; j < V; ++j) {
      map.values.push_back(static_cast<double>(N.at({i, j})));
      map.above.push_back(vocabulary.symbol(i) + vocabulary.symbol(j));
      map.below.push_back(std::to_string(N.at({i, j})));
    }
  }
  run.figure("counts.svg", "How often the second character follows the first.", plot::svg(map));
  const std::vector<int64_t> row = N[0].to_vector();
  plot::Chart chart("How names begin: row 0 of the table", "", "names");
  chart.size(960, 320).bars(symbols, {std::vector<double>(row.begin(), row.end())}, {""});
  run.figure("first_letters.svg", "How names begin: row 0 of the table.", chart.svg());
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

void show_scores(Run& run, const std::vector<std::string>& words, const IntTensor& N,
                 const Vocabulary& vocabulary, double K) {
  const DoubleTensor P = probabilities<double>(N, K);
  for (const std::string& word : words) {
    if (word.find('.') != std::string::npos)
      throw AppError(fmt::format("--score {}: '.' marks a word's ends", word));
    const Likelihood loss = nll(P, count({word}, vocabulary, N.dim()));
    run.heading(fmt::format("The likelihood of `{}`, K = {}", brief(word, 40), K));
    run.print(steps_text(word, vocabulary, P));
    run.result("negative log-likelihood", show(loss.total));
    run.result("mean of its characters and its end", show(loss.mean()));
    run.log().write("score",
                    {{"word", word}, {"total", loss.total}, {"count", loss.count}, {"mean", loss.mean()}});
  }
}

void show_names(Run& run, const IntTensor& N, const Vocabulary& vocabulary, double K,
                const std::string& lecture) {
  run.heading("Names");
  const std::string& sampling = run.flags().sampling;
  if (sampling != "classic") {
    const bool is_mkl = sampling == "mkl";
    run.say(fmt::format(
        "`--sampling {}`: names as PyTorch draws them since 2.0 {} Intel's MKL. For one draw it runs a "
        "race of exponential clocks, where the lecture's PyTorch searched the running sum of the "
        "probabilities{}.",
        sampling, is_mkl ? "on x86 with" : "without",
        is_mkl ? "; the clocks are set by MKL's own random numbers, from one word of the stream" : ""));
  }
  const Tensor P = probabilities<float>(N, K);
  const std::vector<std::string> names =
      sample(P, vocabulary, run.flags().samples, run.generator(run.flags().sample_seed));
  run.say(fmt::format("Drawn from the table, K = {}:", K));
  run.samples(names);
  run.check("names", joined(names), lecture);
}

}  // namespace lt::apps
