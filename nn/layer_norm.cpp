#include <libtensor/nn/layer_norm.h>

#include <fmt/format.h>

#include <libtensor/nn/print.h>

namespace lt::inline v0::nn {

LayerNorm::LayerNorm(Whole normalized_shape, Options settings) : options(settings) {
  if (normalized_shape < 1)
    throw ValueError(fmt::format("LayerNorm: {} channels", int64_t{normalized_shape}));
  weight = Variable(ones(normalized_shape), true);
  bias = Variable(zeros(normalized_shape), true);
}

std::string LayerNorm::to_string() const {
  return fmt::format("LayerNorm(({},), eps={}, elementwise_affine=True)", weight.size(0),
                     python_text(options.eps));
}

void LayerNorm::list(Members& members) { members.parameters = {{"weight", &weight}, {"bias", &bias}}; }

}  // namespace lt::inline v0::nn
