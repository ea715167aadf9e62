#pragma once

// Random tensors, bit for bit PyTorch's: the same seed, settings and calls give the same numbers, whatever
// the number of threads. `generator` is where the numbers come from; left out, the default generator.
//
// Elements are drawn in memory order: row-major where the tensor is contiguous, else smallest stride first.
// So a transposed tensor fills as the one that it is a view of. The in-place ops take a handle and return it;
// they throw ShapeError for a tensor that was expanded, whose elements share places. T is float or double
// unless said otherwise. Every check comes before the first word is drawn.

#include <libtensor/tensor/random/generator.h>
#include <libtensor/tensor/tensor.h>

namespace lt::inline v0 {

// Uniform in [0, 1).
template <Floating T = float>
BasicTensor<T> rand(const Shape& shape, Generator& generator = default_generator());
// Standard normal, as normal_ fills a contiguous tensor.
template <Floating T = float>
BasicTensor<T> randn(const Shape& shape, Generator& generator = default_generator());
// Integers low..high-1. throws: ValueError unless low < high
IntTensor randint(Whole low, Whole high, const Shape& shape, Generator& generator = default_generator());
// A permutation of 0..n-1. throws: ValueError for n < 0
IntTensor randperm(Whole n, Generator& generator = default_generator());
// 1 with the probability that stands at the same place of p, else 0; dense and row-major.
//   throws: ValueError for a probability outside [0, 1]
template <Floating T>
BasicTensor<T> bernoulli(const BasicTensor<T>& p, Generator& generator = default_generator());

// Uniform in [low, high). throws: ValueError unless low <= high
template <Floating T>
BasicTensor<T> uniform_(BasicTensor<T> x, double low = 0, double high = 1,
                        Generator& generator = default_generator());
// Normal. A contiguous tensor of 16 or more elements is filled in blocks, every other one by one: the numbers
// differ. throws: ValueError unless std >= 0
template <Floating T>
BasicTensor<T> normal_(BasicTensor<T> x, double mean = 0, double std = 1,
                       Generator& generator = default_generator());
// Exponential with rate lambda. throws: ValueError unless lambda > 0
template <Floating T>
BasicTensor<T> exponential_(BasicTensor<T> x, double lambda = 1, Generator& generator = default_generator());
// 1 with probability p, else 0. Every T. throws: ValueError unless 0 <= p <= 1
template <Element T>
BasicTensor<T> bernoulli_(BasicTensor<T> x, double p = 0.5, Generator& generator = default_generator());
// Any non-negative 64-bit integer.
IntTensor random_(IntTensor x, Generator& generator = default_generator());

// `samples` categories from each row of probabilities, which need not sum to 1. Generator::sampling() says
// how they are drawn.
//   shapes: p (categories) -> (samples); p (rows, categories) -> (rows, samples)
//   throws: ShapeError for p of other rank; ValueError for samples < 1, for a probability that is negative,
//   infinite or NaN, for a row that sums to 0, and without replacement for a row with fewer categories that
//   can be drawn than samples (PyTorch then returns some that cannot)
template <Floating T>
IntTensor multinomial(const BasicTensor<T>& p, Whole samples, Flag replacement = false,
                      Generator& generator = default_generator());

// What dropout multiplies a tensor of this shape by: 0 with probability p, else 1 / (1 - p); dense, and drawn
// row by row whatever the tensor's strides, as in PyTorch. With p = 0 or 1 nothing is drawn.
//   throws: ValueError unless 0 <= p <= 1
template <Floating T = float>
BasicTensor<T> dropout_mask(const Shape& shape, double p, Generator& generator = default_generator());

}  // namespace lt::inline v0
