#include <libtensor/nn/conv1d.h>

#include <fmt/format.h>

#include <cmath>

#include <libtensor/nn/init.h>

namespace lt::inline v0::nn {

Conv1d::Conv1d(Whole in_channels, Whole out_channels, Whole kernel_size, Options settings,
               Generator& generator)
    : options(settings) {
  if (in_channels < 1 || out_channels < 1 || kernel_size < 1 || options.dilation < 1) {
    throw ValueError(fmt::format("Conv1d: {} to {} channels, kernel {}, dilation {} must be at least 1",
                                 int64_t{in_channels}, int64_t{out_channels}, int64_t{kernel_size},
                                 options.dilation));
  }
  // kaiming_uniform_ with a = sqrt(5), as Linear: a bound of 1 / sqrt(in * kernel_size).
  const double gain = std::sqrt(2.0 / (1 + std::pow(std::sqrt(5.0), 2)));
  weight = Variable(empty({out_channels, in_channels, kernel_size}), true);
  init::kaiming_uniform_(weight, gain, generator);
  if (!options.bias) return;
  const double bound = 1 / std::sqrt(static_cast<double>(in_channels * kernel_size));
  bias = Variable(empty(out_channels), true);
  init::uniform_(bias, -bound, bound, generator);
}

// As PyTorch's, which knows no causal ones.
std::string Conv1d::to_string() const {
  std::string text = fmt::format("Conv1d({}, {}, kernel_size=({},), stride=(1,)", weight.size(1),
                                 weight.size(0), weight.size(2));
  if (options.dilation > 1) text += fmt::format(", dilation=({},)", options.dilation);
  if (!bias.defined()) text += ", bias=False";
  return text + (options.causal ? ", causal=True)" : ")");
}

void Conv1d::list(Members& members) {
  members.parameters = {{"weight", &weight}};
  if (bias.defined()) members.parameters.emplace_back("bias", &bias);
}

}  // namespace lt::inline v0::nn
