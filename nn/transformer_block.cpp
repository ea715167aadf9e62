#include <libtensor/nn/transformer_block.h>

#include <fmt/format.h>

#include <libtensor/nn/print.h>

namespace lt::inline v0::nn {
namespace {

Variable activate(const Variable& x, BlockActivation activation) {
  switch (activation) {
    case BlockActivation::relu:
      return relu(x);
    case BlockActivation::gelu:
      return gelu(x);
    case BlockActivation::gelu_tanh:
      return gelu(x, Gelu::tanh);
  }
  throw ValueError("TransformerBlock: no such activation");
}

const char* name_of(BlockActivation activation) {
  if (activation == BlockActivation::relu) return "relu";
  return activation == BlockActivation::gelu ? "gelu" : "gelu_tanh";
}

}  // namespace

TransformerBlock::TransformerBlock(int64_t channels, Options settings, Generator& source)
    : options(settings),
      norm1(channels),
      norm2(channels),
      attention(channels,
                {.heads = settings.heads,
                 .fused = settings.fused,
                 .qkv_bias = settings.qkv_bias,
                 .dropout = settings.dropout},
                source),
      expand(channels, 4 * channels, source),
      contract(4 * channels, channels, source) {}

Variable TransformerBlock::feed_forward(const Variable& x) {
  return contract(activate(expand(norm2(x)), options.activation));
}

Variable TransformerBlock::operator()(const Variable& x) {
  const Variable y = x + attention(norm1(x));
  Variable added = feed_forward(y);
  if (training() && options.dropout > 0) added = dropout(added, options.dropout, *attention.generator);
  return y + added;
}

Variable TransformerBlock::operator()(const Variable& x, KeyValueCache& cache) {
  const NoGrad no_grad;
  const Variable y = x + attention(norm1(x), cache);
  return y + feed_forward(y);
}

std::string TransformerBlock::to_string() const {
  return fmt::format("TransformerBlock({}, heads={}, fused={}, qkv_bias={}, dropout={}, activation={})",
                     expand.weight.size(1), options.heads, options.fused ? "True" : "False",
                     options.qkv_bias ? "True" : "False", python_text(options.dropout),
                     name_of(options.activation));
}

void TransformerBlock::list(Members& members) {
  if (options.fused) {
    members.children = {{"ln_1", &norm1},
                        {"attn", &attention},
                        {"ln_2", &norm2},
                        {"mlp.c_fc", &expand},
                        {"mlp.c_proj", &contract}};
  } else {
    members.children = {{"sa", &attention},
                        {"ffwd.net.0", &expand},
                        {"ffwd.net.2", &contract},
                        {"ln1", &norm1},
                        {"ln2", &norm2}};
  }
}

}  // namespace lt::inline v0::nn
