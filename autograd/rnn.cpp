#include <fmt/format.h>

#include <libtensor/autograd/ops.h>

// One step of a recurrence, in terms of recorded ops: what each gate sees is a row [x, h], so that a gate is
// one product.

namespace lt::inline v0 {
namespace {

template <Floating T>
void check_cell(const char* op, const BasicVariable<T>& x, const BasicVariable<T>& h,
                const BasicVariable<T>& weight, const BasicVariable<T>& bias) {
  const bool fits = x.dim() == 2 && h.dim() == 2 && weight.dim() == 2 && x.size(0) == h.size(0) &&
                    weight.shape() == Shape{h.size(1), x.size(1) + h.size(1)} &&
                    bias.shape() == Shape(h.size(1));
  if (fits) return;
  throw ShapeError(fmt::format(
      "{}: input {}, state {}, weight {} (hidden, input + hidden) and bias {} do not fit", op,
      to_string(x.shape()), to_string(h.shape()), to_string(weight.shape()), to_string(bias.shape())));
}

}  // namespace

template <Floating T>
BasicVariable<T> rnn_cell(const BasicVariable<T>& x, const OperandOf<T>& h, const OperandOf<T>& weight,
                          const OperandOf<T>& bias) {
  check_cell("rnn_cell", x, h, weight, bias);
  return tanh(linear(cat({x, h}, 1), weight, bias));
}

template <Floating T>
BasicVariable<T> gru_cell(const BasicVariable<T>& x, const OperandOf<T>& h, const GateOf<T>& update,
                          const GateOf<T>& reset, const GateOf<T>& candidate) {
  for (const GateOf<T>* gate : {&update, &reset, &candidate})
    check_cell("gru_cell", x, h, gate->weight, gate->bias);
  const BasicVariable<T> xh = cat({x, h}, 1);
  const BasicVariable<T> r = sigmoid(linear(xh, reset.weight, reset.bias));
  const BasicVariable<T> hbar = tanh(linear(cat({x, r * h}, 1), candidate.weight, candidate.bias));
  const BasicVariable<T> z = sigmoid(linear(xh, update.weight, update.bias));
  return h + z * (hbar - h);
}

template Variable rnn_cell(const Variable&, const Variable&, const Variable&, const Variable&);
template DoubleVariable rnn_cell(const DoubleVariable&, const DoubleVariable&, const DoubleVariable&,
                                 const DoubleVariable&);
template Variable gru_cell(const Variable&, const Variable&, const Gate<float>&, const Gate<float>&,
                           const Gate<float>&);
template DoubleVariable gru_cell(const DoubleVariable&, const DoubleVariable&, const Gate<double>&,
                                 const Gate<double>&, const Gate<double>&);

}  // namespace lt::inline v0
