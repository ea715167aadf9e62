#include <libtensor/apps/common/splits.h>

#include <fmt/format.h>

#include <limits>

// Names are shuffled and cut before they become windows, so that no name's windows lie in two splits.

namespace lt::apps {

Splits::Splits(Run& run, const Words& words, int64_t window)
    : vocabulary(Vocabulary::of(words)), block(window) {
  const Split split = split_words(words.words);
  if (split.train.empty()) throw AppError(fmt::format("{}: training needs more than one name", words.source));
  train = windows(split.train, vocabulary, block);
  val = windows(split.val, vocabulary, block);
  test = windows(split.test, vocabulary, block);
  run.log().write("examples", {{"train", train.y.size(0)}, {"val", val.y.size(0)}, {"test", test.y.size(0)}});
}

SplitLosses split_losses(const Logits& logits, const Splits& splits) {
  const auto loss = [&](const Examples& examples) {
    const bool is_empty = examples.y.numel() == 0;
    return is_empty ? std::numeric_limits<double>::quiet_NaN() : split_loss(logits, examples);
  };
  return {loss(splits.train), loss(splits.val), loss(splits.test)};
}

}  // namespace lt::apps
