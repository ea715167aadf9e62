#include <libtensor/apps/gpt/gpt2.h>

#include <libtensor/tensor/ops.h>

namespace lt::apps::gpt {

Gpt2::Gpt2(const Gpt2File& file)
    : sizes_(file.sizes()),
      tokens_(file.read("wte.weight")),
      positions_(file.read("wpe.weight")),
      head_(tokens_),
      norm_(sizes_.embed) {
  if (file.has_own_head()) head_ = file.read("lm_head.weight");
  Generator unused;  // what a layer begins with is replaced
  for (int64_t i = 0; i < sizes_.layers; ++i) {
    nn::TransformerBlock block(sizes_.embed, {.heads = sizes_.heads}, unused);
    for (auto& [name, p] : block.named_parameters()) p.data().copy_(file.read_of_block(i, name));
    blocks_.push_back(std::move(block));
    past_.emplace_back(sizes_.block);
  }
  norm_.weight = file.read("ln_f.weight");
  norm_.bias = file.read("ln_f.bias");
}

// cell: GPT-2
// The lecture's transformer, but that its head's matrix is the tokens' table, and that GELU is its bend.
// shapes: ids (1, t) -> (1, t, embed)
Variable Gpt2::body(const IntTensor& ids, int64_t first) {
  Variable x = embedding(tokens_, ids) + embedding(positions_, arange<int64_t>(first, first + ids.size(1)));
  for (size_t i = 0; i < blocks_.size(); ++i) x = blocks_[i](x, past_[i]);
  return norm_(x);
}

Tensor Gpt2::logits(const std::vector<int64_t>& ids) {
  const NoGrad no_grad;
  for (nn::KeyValueCache& past : past_) past.clear();
  forgotten_ = 0;
  return linear(body(from_vector<int64_t>(ids, {1, std::ssize(ids)}), 0), head_).data()[0];
}

Tensor Gpt2::next_logits(const std::vector<int64_t>& ids) {
  const NoGrad no_grad;
  const int64_t T = std::ssize(ids), room = sizes_.block;
  if (T - forgotten_ > room) {
    const bool is_new = past_[0].length() == 0;
    for (nn::KeyValueCache& past : past_) past.clear();
    forgotten_ = T - (is_new ? room : (room + 1) / 2);
  }
  const int64_t known = past_[0].length();
  const IntTensor fresh =
      from_vector<int64_t>({ids.begin() + forgotten_ + known, ids.end()}, {1, T - forgotten_ - known});
  computed_ += fresh.size(1);
  const Variable x = body(fresh, known);
  return linear(x.narrow(1, fresh.size(1) - 1, 1), head_).data()[0][0];
}
// end

}  // namespace lt::apps::gpt
