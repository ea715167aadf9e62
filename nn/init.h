#pragma once

// Fills parameters as torch.nn.init does, with the same draws from the same generator.
// Weights are (out, in, ...).

#include <libtensor/autograd/variable.h>
#include <libtensor/tensor/random.h>

namespace lt::inline v0::nn::init {

// The recommended gain of a nonlinearity: "linear", "sigmoid" 1, "tanh" 5/3, "relu" sqrt(2).
//   throws: ValueError for another name
double calculate_gain(const char* nonlinearity);

void uniform_(const Variable& x, double low, double high, Generator& generator = default_generator());
void normal_(const Variable& x, double mean, double std, Generator& generator = default_generator());
void constant_(const Variable& x, Scalar<float> value);

// He et al., "Delving deep into rectifiers", 2015: std = gain / sqrt(fan_in).
//   throws: ShapeError for fewer than 2 axes
void kaiming_uniform_(const Variable& weight, double gain, Generator& generator = default_generator());
void kaiming_normal_(const Variable& weight, double gain, Generator& generator = default_generator());
// Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010:
// std = gain * sqrt(2 / (fan_in + fan_out)). throws: ShapeError for fewer than 2 axes
void xavier_uniform_(const Variable& weight, double gain = 1, Generator& generator = default_generator());
void xavier_normal_(const Variable& weight, double gain = 1, Generator& generator = default_generator());

}  // namespace lt::inline v0::nn::init
