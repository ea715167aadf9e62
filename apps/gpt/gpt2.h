#pragma once

// GPT-2 (Radford et al., "Language Models are Unsupervised Multitask Learners", 2019) with the weights that
// were published, as Hugging Face's files have them.

#include <string>
#include <vector>

#include <libtensor/apps/gpt/gpt2_file.h>
#include <libtensor/nn/transformer_block.h>

namespace lt::apps::gpt {

class Gpt2 {
 public:
  // Takes the numbers, a tensor at a time: they are in memory once.
  //   throws: IoError where they cannot be read
  explicit Gpt2(const Gpt2File& file);

  const Gpt2Sizes& sizes() const { return sizes_; }

  // Of every position; next_logits then begins anew. shapes: ids (T) -> (T, vocabulary)
  Tensor logits(const std::vector<int64_t>& ids);
  // Of what follows the ids, which grow from call to call: only those that came since are computed. Once they
  // are more than there are positions, the older half is forgotten. shape: (vocabulary)
  Tensor next_logits(const std::vector<int64_t>& ids);
  // How many positions next_logits has computed: one for each new id.
  int64_t computed() const { return computed_; }

 private:
  Variable body(const IntTensor& ids, int64_t first);

  Gpt2Sizes sizes_;
  Variable tokens_, positions_, head_;  // wte, wpe; the head is wte again, but where the file has its own
  std::vector<nn::TransformerBlock> blocks_;
  nn::LayerNorm norm_;
  std::vector<nn::KeyValueCache> past_;
  int64_t forgotten_ = 0;  // ids before those that past_ has
  int64_t computed_ = 0;
};

}  // namespace lt::apps::gpt
