#include <libtensor/nn/rnn.h>

#include <fmt/format.h>

#include <libtensor/tensor/ops.h>

// The formulas are rnn_cell and gru_cell of autograd/ops.h.

namespace lt::inline v0::nn {
namespace {

int64_t checked(const char* cell, int64_t input_size, int64_t hidden_size) {
  if (input_size < 1 || hidden_size < 1) {
    throw ValueError(fmt::format("{}: sizes {} and {} must be at least 1", cell, input_size, hidden_size));
  }
  return input_size + hidden_size;
}

// "RNNCell(3, 2)" for a weight (2, 5).
std::string cell_text(const char* cell, const Variable& weight) {
  return fmt::format("{}({}, {})", cell, weight.size(1) - weight.size(0), weight.size(0));
}

Variable zero_state(const char* cell, const Variable& x, const Variable& weight) {
  if (x.dim() != 2) {
    throw ShapeError(fmt::format("{}: input {} should be (n, {})", cell, lt::to_string(x.shape()),
                                 weight.size(1) - weight.size(0)));
  }
  return Variable(zeros({x.size(0), weight.size(0)}));
}

}  // namespace

RNNCell::RNNCell(Whole input_size, Whole hidden_size, Generator& generator)
    : xh_to_h(checked("RNNCell", input_size, hidden_size), hidden_size, generator) {}

Variable RNNCell::operator()(const Variable& x, const Variable& h) const {
  return rnn_cell(x, h, xh_to_h.weight, xh_to_h.bias);
}

Variable RNNCell::operator()(const Variable& x) {
  return (*this)(x, zero_state("RNNCell", x, xh_to_h.weight));
}

std::string RNNCell::to_string() const { return cell_text("RNNCell", xh_to_h.weight); }

void RNNCell::list(Members& members) { members.children = {{"xh_to_h", &xh_to_h}}; }

GRUCell::GRUCell(Whole input_size, Whole hidden_size, Generator& generator)
    : xh_to_z(checked("GRUCell", input_size, hidden_size), hidden_size, generator),
      xh_to_r(input_size + hidden_size, hidden_size, generator),
      xh_to_hbar(input_size + hidden_size, hidden_size, generator) {}

Variable GRUCell::operator()(const Variable& x, const Variable& h) const {
  return gru_cell(x, h, {xh_to_z.weight, xh_to_z.bias}, {xh_to_r.weight, xh_to_r.bias},
                  {xh_to_hbar.weight, xh_to_hbar.bias});
}

Variable GRUCell::operator()(const Variable& x) {
  return (*this)(x, zero_state("GRUCell", x, xh_to_z.weight));
}

std::string GRUCell::to_string() const { return cell_text("GRUCell", xh_to_z.weight); }

void GRUCell::list(Members& members) {
  members.children = {{"xh_to_z", &xh_to_z}, {"xh_to_r", &xh_to_r}, {"xh_to_hbar", &xh_to_hbar}};
}

}  // namespace lt::inline v0::nn
