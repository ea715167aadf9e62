#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/bigram_net/bigram_net.h>
#include <libtensor/apps/common/counts.h>
#include <libtensor/apps/common/curves.h>
#include <libtensor/apps/common/memory.h>
#include <libtensor/apps/plot/heat_map.h>
#include <libtensor/apps/plot/svg.h>

namespace lt::apps::bigram_net {
namespace {

// The ids of contexts, "em" as 27 * e + m, and of what follows.
Examples with_context_ids(const std::vector<std::string>& words, const Vocabulary& vocabulary) {
  const auto [x, y] = windows(words, vocabulary, 2);
  return {(x.select(1, 0) * vocabulary.size() + x.select(1, 1)).contiguous(), y};
}

double loss_of(const Variable& W, const Examples& examples) {
  const NoGrad no_grad;
  return cross_entropy(W[examples.x], examples.y).item();
}

// The lecture's loop again, for other data or another regularisation.
bool fit(Run& run, Variable& W, Generator& g, const TrainingFlags& training, double reg,
         const Examples& data) {
  Steps steps = run.steps(training, {.parameters = {{"W", W}}, .generator = &g});
  for (Step& step : steps) {
    const auto [X, Y] = training.batch == 0 ? data : minibatch(data, training.batch, g);
    Variable loss = cross_entropy(W[X], Y);
    if (reg > 0) loss = loss + reg * mean(square(W));
    step.loss(loss);
    W.zero_grad();
    loss.backward();
    W.data() -= step.rate() * W.grad();
  }
  if (!steps.done()) return false;
  IntTensor N = zeros<int64_t>(W.shape());
  index_put_(N, {data.x, data.y}, ones<int64_t>(1), true);
  draw_losses(run, steps.losses(), training.decay_at, "loss.svg",
              nll(lt::apps::probabilities<double>(N, 0), N).mean());
  return true;
}

}  // namespace

void declare(Options& options, Flags& flags) {
  options.add_training(flags.training);
  options.add("--order 2|3", flags.order, "characters in a count: bigrams, or the exercises' trigrams",
              {.selects = true});
  options.add("--reg K", flags.reg, "of the mean of W's squares in the loss", {.min = 0});
  options.add("--one-hot", flags.one_hot, "multiply explicit one-hot rows, as the lecture", {.shows = true});
}

// An example's symbols, its logits and their gradient, and its one-hot row as integers and as floats.
void check_memory(const Flags& flags, int64_t examples, int64_t V) {
  const auto count = static_cast<double>(flags.training.batch == 0 ? examples : flags.training.batch);
  const auto columns = static_cast<double>(V);
  const double one_hot = flags.one_hot ? 12 * std::pow(columns, flags.order - 1) : 0;
  require_memory(flags.one_hot ? "--one-hot and --batch" : "--batch", count * (24 + 8 * columns + one_hot));
}

void draw_one_hot(Run& run, const IntTensor& xs, const Vocabulary& vocabulary) {
  const int64_t rows = std::min<int64_t>(xs.numel(), 12);
  if (vocabulary.size() > 64) return;
  plot::HeatMap map{.title = "One-hot rows of the inputs", .rows = rows, .columns = vocabulary.size()};
  map.values = one_hot(xs.narrow(0, 0, rows), vocabulary.size()).cast<double>().to_vector();
  for (int64_t i = 0; i < rows; ++i) map.row_labels.push_back(vocabulary.symbol(xs.at({i})));
  map.column_labels = vocabulary.symbols();
  map.x_label = "column";
  map.y_label = "character";
  map.cell = 24;
  run.figure("one_hot.svg", "A row an example, a column a character: a single 1 in each row.",
             plot::svg(map));
}

void draw_tables(Run& run, const Tensor& learned, const IntTensor& N, const Vocabulary& vocabulary) {
  const int64_t V = vocabulary.size();
  if (V > 64) return;
  const std::vector<std::string>& letters = vocabulary.symbols();
  const std::vector<double> net = learned.cast<double>().to_vector();
  const std::vector<double> table = lt::apps::probabilities<double>(N, 1).to_vector();
  const double most =
      std::max(*std::max_element(net.begin(), net.end()), *std::max_element(table.begin(), table.end()));
  const auto map = [&](const char* title, const std::vector<double>& values) {
    plot::HeatMap out{.title = title, .rows = V, .columns = V, .values = values};
    for (size_t i = 0; i < values.size(); ++i) {
      const size_t columns = letters.size();
      out.notes.push_back(fmt::format("{}: {} after {}: p = {:.4f}", title, letters[i % columns],
                                      letters[i / columns], values[i]));
    }
    out.row_labels = out.column_labels = letters;
    out.x_label = "next";
    out.y_label = "character";
    out.range = {0.0, most};
    out.cell = 14;
    return plot::svg(out);
  };
  run.figure(
      "learned.svg",
      "Rows of probabilities: softmax of W, and the counts' rows divided by their sums, in the same colours.",
      plot::side_by_side({map("learned", net), map("counted", table)}));
}

void sweep_regularisation(Run& run, const Flags& flags, const Examples& all, const Vocabulary& vocabulary) {
  run.heading("How much regularisation?");
  run.say(
      "The same training with more and more of it: the loss on the names rises, and the probabilities come "
      "closer to each other.");
  const int64_t V = vocabulary.size();
  std::vector<std::vector<std::string>> rows;
  for (const double reg : {0.0, 0.001, 0.01, 0.1, 1.0}) {
    run.part(reg == flags.reg ? "" : fmt::format("--reg {}", reg));
    Generator g = run.generator(run.flags().seed);
    Variable W(randn({V, V}, g), true);
    std::vector<double> losses;
    // cell: regularised
    for (int64_t step = 0; step < flags.training.steps; ++step) {
      const Variable loss = cross_entropy(W[all.x], all.y) + reg * mean(square(W));
      losses.push_back(loss.item());
      W.zero_grad();
      loss.backward();
      W.data() -= flags.training.lr * W.grad();
    }
    // end
    const Tensor P = softmax(W.data(), 1);
    rows.push_back({fmt::format("{}", reg),
                    run.marked(fmt::format("loss at step {}", flags.training.steps - 1), losses.back()),
                    show(loss_of(W, all)), show(amax(P).item()), show(amin(P).item())});
  }
  run.cell("regularised");
  run.table({"reg", "last loss", "without reg", "largest P", "smallest P"}, rows);
}

void trigram(Run& run, const Flags& flags, const Words& data, const Vocabulary& vocabulary) {
  const int64_t V = vocabulary.size();
  check_table_size(V, 3);
  run.heading("Exercise: two characters of context");
  run.say(
      fmt::format("Each context of two characters has a row of W of its own, {} of them; names are split, so "
                  "that the rows are judged by names that they were not trained on.",
                  V * V));
  const Split split = split_words(data.words);
  if (split.train.empty() || split.val.empty()) {
    throw AppError(fmt::format("--order 3 trains on four fifths of the names: {} has too few", data.source));
  }
  const Examples train = with_context_ids(split.train, vocabulary);
  const Examples dev = with_context_ids(split.val, vocabulary);
  check_memory(flags, train.y.numel(), V);
  run.log().write("examples", {{"train", train.y.numel()}, {"val", dev.y.numel()}});
  run.result("train examples", train.y.numel());
  run.result("dev examples", dev.y.numel());
  Generator g = run.generator(run.flags().seed);
  Variable W(randn({V * V, V}, g), true);
  run.parameters(W.numel());
  if (!fit(run, W, g, flags.training, flags.reg, train)) return;
  const double loss = loss_of(W, train);
  run.result("train loss", loss + flags.reg * static_cast<double>(mean(square(W.data())).item()));
  run.result("train loss, without reg", loss);
  run.result("dev loss", loss_of(W, dev));
  run.log().write("split", {{"name", "train"}, {"loss", loss}});
  run.log().write("split", {{"name", "val"}, {"loss", loss_of(W, dev)}});
  run.say("What counting reaches on the same names: `bigram --order 3 --tune`.");
  run.heading("Names");
  run.samples(sample(softmax(W.data(), 1).view({V, V, V}), vocabulary, run.flags().samples,
                     run.generator(run.flags().sample_seed)),
              data.words);
  run.try_next({{"bigram_net --order 3 --steps 400 --lr 250 --reg 0",
                 "more steps, a higher rate: nearer to the counts"},
                {"mlp", "lecture 3: contexts of three without a table of 19,683 rows"}});
}

}  // namespace lt::apps::bigram_net
