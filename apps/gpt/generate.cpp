#include <algorithm>
#include <limits>

#include <libtensor/apps/common/stop.h>
#include <libtensor/apps/gpt/gpt.h>
#include <libtensor/apps/gpt/stream.h>
#include <libtensor/tensor/ops.h>

namespace lt::apps::gpt {

// cell: generate
// The next id: drawn by the softmax of the last position's logits.
int64_t next_id(Tensor logits, const Flags& flags, Generator& g) {
  logits = logits / static_cast<float>(flags.temperature);
  if (flags.top_k > 0 && flags.top_k < logits.size(0)) {
    const float least = topk(logits, flags.top_k).values.at({-1});
    logits = masked_fill(logits, logits < least, -std::numeric_limits<float>::infinity());
  }
  return multinomial(softmax(logits, 0), 1, false, g).item();
}
// end

std::string generate(Run& run, const Flags& flags, Gpt& model, const Vocabulary& vocabulary, Generator& g) {
  const NoGrad no_grad;
  model.train(false);
  Stream stream(run);
  Gpt::Past past;
  std::vector<int64_t> ids = vocabulary.encode(flags.prompt);
  for (const int64_t id : ids) stream.write(vocabulary.symbol(id));
  for (int64_t i = 0; i < flags.generate && !stop_requested(); ++i) {
    ids.push_back(next_id(model.next_logits(ids, past), flags, g));
    stream.write(vocabulary.symbol(ids.back()));
  }
  run.stream("\n");
  model.train(true);
  run.streamed(vocabulary.decode(ids));
  return vocabulary.decode(ids);
}

}  // namespace lt::apps::gpt
