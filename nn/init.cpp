#include <libtensor/nn/init.h>

#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include <libtensor/tensor/ops.h>

// The bounds are computed in double and in PyTorch's order of operations; the draws round them.

namespace lt::inline v0::nn::init {
namespace {

struct Fans {
  double in;
  double out;
};

Fans fans(const Variable& weight, const char* op) {
  const Shape& shape = weight.shape();
  if (shape.size() < 2)
    throw ShapeError(fmt::format("{}: {} has no fan; 2 axes are wanted", op, to_string(shape)));
  const double field = static_cast<double>(numel(shape)) / static_cast<double>(shape[0] * shape[1]);
  return {static_cast<double>(shape[1]) * field, static_cast<double>(shape[0]) * field};
}

}  // namespace

double calculate_gain(const char* nonlinearity) {
  if (std::strcmp(nonlinearity, "linear") == 0 || std::strcmp(nonlinearity, "sigmoid") == 0) return 1;
  if (std::strcmp(nonlinearity, "tanh") == 0) return 5.0 / 3;
  if (std::strcmp(nonlinearity, "relu") == 0) return std::sqrt(2.0);
  throw ValueError(fmt::format("calculate_gain: no gain is known for \"{}\"", nonlinearity));
}

void uniform_(const Variable& x, double low, double high, Generator& generator) {
  lt::uniform_(x.data(), low, high, generator);
}

void normal_(const Variable& x, double mean, double std, Generator& generator) {
  lt::normal_(x.data(), mean, std, generator);
}

void constant_(const Variable& x, Scalar<float> value) {
  Tensor data = x.data();
  data.fill_(value);
}

void kaiming_uniform_(const Variable& weight, double gain, Generator& generator) {
  const double bound = std::sqrt(3.0) * (gain / std::sqrt(fans(weight, "kaiming_uniform_").in));
  uniform_(weight, -bound, bound, generator);
}

void kaiming_normal_(const Variable& weight, double gain, Generator& generator) {
  normal_(weight, 0, gain / std::sqrt(fans(weight, "kaiming_normal_").in), generator);
}

void xavier_uniform_(const Variable& weight, double gain, Generator& generator) {
  const Fans fan = fans(weight, "xavier_uniform_");
  const double bound = std::sqrt(3.0) * (gain * std::sqrt(2.0 / (fan.in + fan.out)));
  uniform_(weight, -bound, bound, generator);
}

void xavier_normal_(const Variable& weight, double gain, Generator& generator) {
  const Fans fan = fans(weight, "xavier_normal_");
  normal_(weight, 0, gain * std::sqrt(2.0 / (fan.in + fan.out)), generator);
}

}  // namespace lt::inline v0::nn::init
