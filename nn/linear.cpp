#include <libtensor/nn/linear.h>

#include <fmt/format.h>

#include <cmath>

#include <libtensor/nn/init.h>

namespace lt::inline v0::nn {

Linear::Linear(Whole in_features, Whole out_features, Options options, Generator& generator) {
  if (in_features < 1 || out_features < 1) {
    throw ValueError(fmt::format("Linear: sizes {} to {} must be at least 1", int64_t{in_features},
                                 int64_t{out_features}));
  }
  // kaiming_uniform_ with a = sqrt(5): PyTorch's default, which comes to a bound of 1 / sqrt(in).
  const double gain = std::sqrt(2.0 / (1 + std::pow(std::sqrt(5.0), 2)));
  weight = Variable(empty({out_features, in_features}), true);
  init::kaiming_uniform_(weight, gain, generator);
  if (!options.bias) return;
  const double bound = 1 / std::sqrt(static_cast<double>(in_features));
  bias = Variable(empty(out_features), true);
  init::uniform_(bias, -bound, bound, generator);
}

std::string Linear::to_string() const {
  return fmt::format("Linear(in_features={}, out_features={}, bias={})", weight.size(1), weight.size(0),
                     bias.defined() ? "True" : "False");
}

void Linear::list(Members& members) {
  members.parameters = {{"weight", &weight}};
  if (bias.defined()) members.parameters.emplace_back("bias", &bias);
}

}  // namespace lt::inline v0::nn
