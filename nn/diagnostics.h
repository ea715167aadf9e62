#pragma once

// What lecture 4 looks at to tell whether a network trains well: the spread of activations and gradients,
// units that are stuck, and how fast parameters move.

#include <cstdint>
#include <vector>

#include <libtensor/tensor/tensor.h>

namespace lt::inline v0::nn {

struct TensorStats {
  double mean;
  double std;        // divided by n - 1
  double saturated;  // share of numbers with |x| > threshold
};

// Of all numbers of x. threshold: lecture 4 calls a tanh saturated at 0.97. throws: ShapeError for an empty x
TensorStats tensor_stats(const Tensor& x, double threshold = 0.97);

// How many columns are saturated in every row: units that learn nothing from this batch.
//   shapes: (rows, units). throws: ShapeError for other rank
int64_t dead_units(const Tensor& activations, double threshold = 0.99);

// A histogram as a curve: centres of `bins` equal bins over the range of x, and the density there (area 1).
//   throws: ValueError for bins < 1 or x not finite
struct Density {
  std::vector<double> x;
  std::vector<double> density;
};
Density density(const Tensor& x, Whole bins = 100);

// log10 of std(lr * gradient) / std(data): how far an update moves a parameter, in its own scale.
// Healthy is about -3.
double update_ratio(const Tensor& data, const Tensor& gradient, double lr);

// std(gradient) / std(data)
double gradient_ratio(const Tensor& data, const Tensor& gradient);

}  // namespace lt::inline v0::nn
