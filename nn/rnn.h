#pragma once

#include <libtensor/nn/linear.h>

namespace lt::inline v0::nn {

// Recurrent cells: the state h after one more input x. Each gate reads both through one Linear, as a layer
// that sees them side by side; PyTorch's cells of these names have two weights and two biases a gate, which
// add up to the same function. A sequence is a loop; the gradient flows back through it along the tape.
//   shapes: x (n, input), h (n, hidden) -> (n, hidden); a weight (hidden, input + hidden)
//   throws: ShapeError for others

// tanh(W [x, h] + b) (Elman, "Finding structure in time", 1990).
struct RNNCell : Module {
  //   throws: ValueError for a size below 1
  RNNCell(Whole input_size, Whole hidden_size, Generator& generator = default_generator());
  Variable operator()(const Variable& x, const Variable& h) const;
  // From a state of zeros.
  Variable operator()(const Variable& x) override;
  std::string to_string() const override;

  Linear xh_to_h;

 protected:
  void list(Members& members) override;
};

// A gated recurrent unit (Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014):
//   z = sigmoid(W_z [x, h] + b_z)         how much of the state is new
//   r = sigmoid(W_r [x, h] + b_r)         how much of it the candidate sees
//   hbar = tanh(W [x, r * h] + b)         the candidate
//   h' = (1 - z) * h + z * hbar
// PyTorch's resets W h instead of h, and its z is 1 - z here. Draws z, r, then the candidate.
struct GRUCell : Module {
  //   throws: ValueError for a size below 1
  GRUCell(Whole input_size, Whole hidden_size, Generator& generator = default_generator());
  Variable operator()(const Variable& x, const Variable& h) const;
  // From a state of zeros.
  Variable operator()(const Variable& x) override;
  std::string to_string() const override;

  Linear xh_to_z, xh_to_r, xh_to_hbar;

 protected:
  void list(Members& members) override;
};

}  // namespace lt::inline v0::nn
