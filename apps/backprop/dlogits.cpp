#include <fmt/format.h>

#include <algorithm>

#include <libtensor/apps/backprop/backprop.h>
#include <libtensor/apps/plot/chart.h>
#include <libtensor/apps/plot/heat_map.h>
#include <libtensor/tensor/ops.h>

// What the loss asks of the logits, as pictures.

namespace lt::apps::backprop {
namespace {

constexpr int64_t kRows = 32;  // of a larger batch stand for it

std::vector<std::string> symbols(const Vocabulary& vocabulary) {
  std::vector<std::string> all;
  for (int64_t i = 0; i < vocabulary.size(); ++i) all.push_back(vocabulary.symbol(i));
  return all;
}

// Dark: pulled up (a negative gradient); light: pushed down.
std::string image_of(const std::string& title, const Tensor& dlogits, const Vocabulary& vocabulary) {
  const int64_t rows = std::min(dlogits.size(0), kRows);
  std::vector<std::string> numbers;
  for (int64_t i = 0; i < rows; ++i) numbers.push_back(i % 8 == 0 ? std::to_string(i) : "");
  return plot::svg(plot::HeatMap{.title = title,
                                 .rows = rows,
                                 .columns = dlogits.size(1),
                                 .values = dlogits.narrow(0, 0, rows).cast<double>().to_vector(),
                                 .row_labels = numbers,
                                 .column_labels = symbols(vocabulary),
                                 .x_label = "character",
                                 .y_label = "example",
                                 .palette = plot::Palette::kGreys,
                                 .cell = 12});
}

std::vector<double> first_row(const Tensor& dlogits) {
  const Tensor row = dlogits[0] * static_cast<float>(dlogits.size(0));
  return row.cast<double>().to_vector();
}

// How hard an example's target is pulled up, on average: times n, 1 is the most.
double pull(const Tensor& dlogits, const IntTensor& targets) {
  const int64_t n = targets.size(0);
  return -sum(dlogits(arange<int64_t>(n), targets)).item();
}

}  // namespace

void show_broadcasting(Run& run, const Tensor& b2, const Tensor& dlogits) {
  run.heading("Broadcast forward is sum backward");
  run.say(
      "In h @ W2 + b2 each number of b2 is used for every example. A number that is used many times gets a "
      "gradient from each use, and they add up. So where a shape was stretched forward, the gradient is "
      "summed over the same axes; and a sum forward is a stretching backward.");
  // cell: broadcast
  const Tensor stretched = b2.expand(dlogits.shape());  // what + does, without a copy
  const Tensor db2 = sum(dlogits, 0);
  // end
  run.cell("broadcast");
  run.result("b2", to_string(b2.shape()));
  run.result("b2, stretched over axis 0", to_string(stretched.shape()));
  run.result("a gradient for each use", to_string(dlogits.shape()));
  run.result("summed over axis 0", to_string(db2.shape()));
  run.result("uses of b2[1]", stretched.size(0));
  run.result("gradient of the first", dlogits.at({0, 1}));
  run.result("of all: db2[1]", db2.at({1}));
  run.say(
      "Without the sum the gradient would have the shape of the logits, not of b2: a shape that does not "
      "fit is how such a mistake shows. Here n is the batch and H the hidden units:");
  run.table({"forward", "from", "to", "backward"},
            {{"logits - logit_maxes", "(n, 1)", "(n, 27)", "-sum(dnorm_logits, 1, true)"},
             {"counts * counts_sum_inv", "(n, 1)", "(n, 27)", "sum(counts * dprobs, 1, true)"},
             {"bngain * bnraw", "(1, H)", "(n, H)", "sum(bnraw * dhpreact, 0, true)"},
             {"hprebn - bnmeani", "(1, H)", "(n, H)", "-sum(dbndiff, 0, true)"},
             {"sum(bndiff2, 0, true)", "(n, H)", "(1, H)", "dbnvar, stretched"}});
}

void show_dlogits(Run& run, const Tensor& logits, const Examples& batch, const Tensor& dlogits,
                  const Vocabulary& vocabulary) {
  const auto n = static_cast<float>(dlogits.size(0));
  const int64_t target = batch.y.at({0});
  run.say(
      fmt::format("The first example is `{}`, and then comes `{}`. Its row of dlogits times n is what "
                  "the loss asks of its logits: descent goes against the gradient, so the target is "
                  "pulled up, with just the force by which all others together are pushed down, each "
                  "by its probability.",
                  vocabulary.decode(batch.x[0].to_vector()), vocabulary.symbol(target)));
  const Tensor p = softmax(logits, 1);
  run.result("probability of the target", p.at({0, target}));
  run.result("row 0 times n, at its target", dlogits.at({0, target}) * n);
  run.result("the others, together", (sum(dlogits[0]).item() - dlogits.at({0, target})) * n);
  run.result("largest |sum of a row|", amax(abs(sum(dlogits, 1))));
  run.figure("dlogits.svg",
             "dlogits: in each row one dark cell, the target that is pulled up; the lighter a cell, the more "
             "it is pushed down.",
             image_of("dlogits", dlogits, vocabulary));
}

void show_other_networks(Run& run, const IntTensor& targets, const Vocabulary& vocabulary) {
  run.heading("The same for better networks");
  run.say(
      "Three networks made up, for the same targets: one whose logits are noise, one that is sure of itself "
      "and right in 70 of 100 examples, one that is always right. The more a network knows, the less is "
      "left to pull: only its mistakes get a gradient.");
  Generator g = run.generator(run.flags().seed);
  const int64_t n = targets.size(0), symbols_count = vocabulary.size();
  // cell: networks
  const Tensor noise = randn({n, symbols_count}, g);
  const BoolTensor is_right = rand(n, g) < 0.7F;
  const IntTensor guesses = where(is_right, targets, remainder(targets + 1, symbols_count));
  const auto sure_of = [&](const IntTensor& ids) {
    return noise + 10 * one_hot(ids, symbols_count).cast<float>();
  };
  const std::vector<std::pair<std::string, Tensor>> networks = {
      {"random", noise}, {"70 % right", sure_of(guesses)}, {"perfect", sure_of(targets)}};
  // end
  run.cell("networks");
  std::vector<std::string> images, names;
  std::vector<std::vector<double>> rows;
  for (const auto& [name, logits] : networks) {
    Tensor dlogits;
    const Tensor loss = cross_entropy(logits, targets, {}, &dlogits);
    run.result(name + ": loss", loss);
    run.result(name + ": right", count_nonzero(argmax(logits, 1) == targets));
    run.result(name + ": mean pull", pull(dlogits, targets));
    names.push_back(name);
    images.push_back(image_of(name, dlogits, vocabulary));
    rows.push_back(first_row(dlogits));
  }
  run.figure("networks.svg",
             "dlogits of the three. A perfect network's are all but the same grey: nothing is left to learn.",
             plot::side_by_side(images));
  plot::Chart chart("The first row of dlogits, times n", "character", "gradient");
  run.figure("rows.svg", "Below 0: pulled up. Above: pushed down. The bars of a network sum to 0.",
             chart.size(1200, 380).bars(symbols(vocabulary), rows, names).svg());
}

}  // namespace lt::apps::backprop
