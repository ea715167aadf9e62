#pragma once

// What networks are made of (PyTorch's torch.nn.functional), and the gradients that autograd records for it.
//
// Conventions are those of tensor/ops.h; T is float or double. A gradient function takes the gradient dy of
// its forward function's result y first, and gives that of the input x in x's shape. All throw ShapeError
// for shapes that do not fit.

#include <type_traits>

#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/random.h>

namespace lt::inline v0 {

// ---------------------------------------------------------------- activations

// x * Phi(x) with the normal distribution function Phi, or its tanh form (Hendrycks and Gimpel, "Gaussian
// error linear units", 2016).
enum class Gelu { none, tanh };
template <Floating T>
BasicTensor<T> gelu(const BasicTensor<T>& x, Gelu approximate = Gelu::none);
template <Floating T>
BasicTensor<T> gelu_backward(const BasicTensor<T>& dy, const BasicTensor<T>& x,
                             Gelu approximate = Gelu::none);
// dy (1 - y^2) and dy y (1 - y): from the result y, with less work than from x.
template <Floating T>
BasicTensor<T> tanh_backward(const BasicTensor<T>& dy, const BasicTensor<T>& y);
template <Floating T>
BasicTensor<T> sigmoid_backward(const BasicTensor<T>& dy, const BasicTensor<T>& y);
// y (dy - sum(dy y)) and dy - e^y sum(dy), sums along the axis.
template <Floating T>
BasicTensor<T> softmax_backward(const BasicTensor<T>& dy, const BasicTensor<T>& y, Whole axis);
template <Floating T>
BasicTensor<T> log_softmax_backward(const BasicTensor<T>& dy, const BasicTensor<T>& y, Whole axis);

// ---------------------------------------------------------------- embedding and loss

// Rows of a table. shapes: (n, d) with ids (i...) -> (i..., d)
//   throws: IndexError for an id outside 0..n-1
template <Floating T>
BasicTensor<T> embedding(const BasicTensor<T>& weight, const IntTensor& ids);
// dy added up where its rows came from, in the order of the ids, by blocks of 4096 where that is many for the
// table. shapes: dy (i..., d) -> `weight`
template <Floating T>
BasicTensor<T> embedding_backward(const BasicTensor<T>& dy, const IntTensor& ids, const Shape& weight);

// What becomes of the losses of a batch.
enum class Reduction { none, mean, sum };

template <typename T>
struct CrossEntropyOptions {
  BasicTensor<T> weight = {};   // one a class; a row counts as much as its target's. Undefined: 1
  int64_t ignore_index = -100;  // targets equal to it do not count
  Reduction reduction = Reduction::mean;
  double label_smoothing = 0;  // the share of a row's target that is spread over all classes
};
// The losses -log softmax(logits)[target] of rows, stable for any finite logits: with Reduction::mean their
// mean (by weight), NaN where no row counts, as PyTorch. `gradient`, if given, receives that of the logits,
// of Reduction::none each row's own.
//   shapes: logits (n, classes) or (classes), targets (n) or (), weight (classes); never broadcast -> (), of
//   Reduction::none like targets
//   throws: IndexError for a target outside 0..classes-1; ValueError for label_smoothing outside 0..1
template <Floating T>
BasicTensor<T> cross_entropy(const BasicTensor<T>& logits, const IntTensor& targets,
                             const std::type_identity_t<CrossEntropyOptions<T>>& options = {},
                             BasicTensor<T>* gradient = nullptr);

// ---------------------------------------------------------------- normalisation

// Of one batch, a number a channel.
template <typename T>
struct BatchStatistics {
  BasicTensor<T> mean;
  BasicTensor<T> var;          // divided by n - 1
  BasicTensor<T> inverse_std;  // what x - mean was multiplied by
};
// Of each row.
template <typename T>
struct RowStatistics {
  BasicTensor<T> mean;
  BasicTensor<T> inverse_std;
};
template <typename T>
struct NormGradients {
  BasicTensor<T> x, weight, bias;
};

struct BatchNormOptions {
  double eps = 1e-5;
  bool unbiased = false;  // the variance is divided by n - 1, as in the lectures' own BatchNorm1d
};
struct LayerNormOptions {
  double eps = 1e-5;
};

// Per channel (the last axis), over all others: weight * (x - mean) / sqrt(var + eps) + bias (Ioffe and
// Szegedy, "Batch normalization", 2015). `statistics`, if given, receives the batch's.
//   shapes: (n..., c), weight and bias (c) or undefined -> (n..., c)
//   throws: ShapeError for fewer than 2 rows too
template <Floating T>
BasicTensor<T> batch_norm(const BasicTensor<T>& x, const BasicTensor<T>& weight, const BasicTensor<T>& bias,
                          const BatchNormOptions& options = {}, BatchStatistics<T>* statistics = nullptr);
template <Floating T>
NormGradients<T> batch_norm_backward(const BasicTensor<T>& dy, const BasicTensor<T>& x,
                                     const BasicTensor<T>& weight, const BatchStatistics<T>& statistics,
                                     Flag unbiased = false);
// The same over the last axis of each row (Ba, Kiros and Hinton, "Layer normalization", 2016).
//   shapes: (..., c), weight and bias (c) or undefined -> (..., c); statistics (rows)
//   throws: ShapeError for an empty x too
template <Floating T>
BasicTensor<T> layer_norm(const BasicTensor<T>& x, const BasicTensor<T>& weight, const BasicTensor<T>& bias,
                          const LayerNormOptions& options = {}, RowStatistics<T>* statistics = nullptr);
template <Floating T>
NormGradients<T> layer_norm_backward(const BasicTensor<T>& dy, const BasicTensor<T>& x,
                                     const BasicTensor<T>& weight, const RowStatistics<T>& statistics);

// ---------------------------------------------------------------- dropout

// Which numbers of a tensor of this shape dropout keeps, each with probability 1 - p: bit j % 64 of word
// j / 64 of each row, drawn row by row as in PyTorch. With p = 0 or 1 nothing is drawn.
//   shapes: (..., n) -> (..., ceil(n / 64)). throws: ValueError unless 0 <= p <= 1
IntTensor dropout_bits(const Shape& shape, double p, Generator& generator = default_generator());
// x / (1 - p) where it is kept, else 0 (Srivastava et al., "Dropout", 2014). `kept`, if given, receives the
// bits of x as one row. throws: ValueError unless 0 <= p <= 1
template <Floating T>
BasicTensor<T> dropout(const BasicTensor<T>& x, double p, Generator& generator = default_generator(),
                       IntTensor* kept = nullptr);
template <Floating T>
BasicTensor<T> dropout_backward(const BasicTensor<T>& dy, const IntTensor& kept, double p);

}  // namespace lt::inline v0
