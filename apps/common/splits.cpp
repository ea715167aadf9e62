#include <libtensor/apps/common/splits.h>

#include <fmt/format.h>

#include <cmath>
#include <limits>

// Names are shuffled and cut before they become windows, so that no name's windows lie in two splits.

namespace lt::apps {

Splits::Splits(Run& run, const Words& words, int64_t block_size)
    : vocabulary(Vocabulary::of(words)), block(block_size) {
  const Split split = split_words(words.words);
  if (split.train.empty()) throw AppError(fmt::format("{}: training needs more than one name", words.source));
  // cell: splits
  train = windows(split.train, vocabulary, block);
  val = windows(split.val, vocabulary, block);
  test = windows(split.test, vocabulary, block);
  // end
  run.heading("Train, dev and test");
  run.say(
      "Eight names of ten train the parameters. One of ten (dev, also called val) chooses between "
      "settings: a net that has learned its names by heart would be worse on these. The last tenth (test) "
      "is looked at once, in the end.");
  run.cell("splits");
  run.examples(train.y.size(0), val.y.size(0), test.y.size(0));
}

SplitLosses split_losses(const Logits& logits, const Splits& splits) {
  const auto loss = [&](const Examples& examples) {
    const bool is_empty = examples.y.numel() == 0;
    return is_empty ? std::numeric_limits<double>::quiet_NaN() : split_loss(logits, examples);
  };
  return {loss(splits.train), loss(splits.val), loss(splits.test)};
}

SplitLosses show_splits(Run& run, const Logits& logits, const Splits& splits) {
  const SplitLosses loss = split_losses(logits, splits);
  run.split("train", loss.train);
  run.split("val", loss.val);
  run.split("test", loss.test);
  const double gap = loss.val - loss.train;
  const double uniform = std::log(splits.vocabulary.size());
  const std::string verdict = std::isnan(gap)        ? ""
                              : loss.train > uniform ? " So far the net is worse than that."
                              : gap < 0.05
                                  ? " Train and dev are close: the net is not overfitting."
                                  : " Dev is worse than train: the net begins to know its names by heart.";
  run.say(fmt::format("A uniform guess costs ln {} = {:.4f}.{}", splits.vocabulary.size(), uniform, verdict));
  return loss;
}

void show_names(Run& run, const Logits& logits, const Splits& splits, const Words& data) {
  if (run.flags().samples == 0) return;
  run.heading("Names");
  run.cell("sample");
  run.samples(sample_names(logits, splits.vocabulary, splits.block, run.flags().samples,
                           run.generator(run.flags().sample_seed)),
              data.words);
}

std::string how_far(const Run& run, const Logits& logits, const Splits& splits) {
  const SplitLosses loss = split_losses(logits, splits);
  std::string text = fmt::format("train {:.4f}, dev {:.4f};", loss.train, loss.val);
  for (const std::string& name :
       sample_names(logits, splits.vocabulary, splits.block, 2, run.generator(run.flags().sample_seed))) {
    text += " " + brief(name, 16);
  }
  return text;
}

}  // namespace lt::apps
