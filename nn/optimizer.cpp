#include <libtensor/nn/optimizer.h>

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <set>

#include <libtensor/tensor/ops.h>

namespace lt::inline v0::nn {
namespace {

// "<index of the parameter>.<name>" for each.
StateEntries named(const std::vector<Tensor>& tensors, const char* name) {
  StateEntries entries;
  for (size_t i = 0; i < tensors.size(); ++i) entries.emplace_back(fmt::format("{}.{}", i, name), tensors[i]);
  return entries;
}

std::vector<Tensor> zeros_for(const std::vector<Variable>& parameters) {
  std::vector<Tensor> all;
  for (const Variable& parameter : parameters) all.push_back(zeros_like(parameter.data()));
  return all;
}

// The numbers of a parameter, dense: its own, or a copy that commit() writes back.
struct DenseNumbers {
  explicit DenseNumbers(const Tensor& parameter) : own(parameter), dense(parameter.contiguous()) {}
  void commit() {
    if (!own.is_contiguous()) own.copy_(dense);
  }

  Tensor own, dense;
};

bool is_expanded(const Tensor& x) {
  for (int axis = 0; axis < x.dim(); ++axis) {
    if (x.stride(axis) == 0 && x.size(axis) > 1) return true;
  }
  return false;
}

// What backward() left, once for a parameter that is listed several times.
std::vector<Tensor> gradients_of(const std::vector<Variable>& parameters) {
  std::vector<Tensor> gradients;
  std::set<const Node<float>*> known;
  for (const Variable& p : parameters) {
    if (p.grad().defined() && known.insert(p.node()).second) gradients.push_back(p.grad());
  }
  return gradients;
}

}  // namespace

Optimizer::Optimizer(std::vector<Variable> parameters, double learning_rate)
    : lr(learning_rate), parameters_(std::move(parameters)) {
  if (!(lr >= 0 && std::isfinite(lr)))
    throw ValueError(fmt::format("optimizer: learning rate {} must be finite and not negative", lr));
  if (parameters_.empty())
    throw ValueError("optimizer: there are no parameters: a Module names its own in list()");
  std::map<const Node<float>*, size_t> known;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const Variable& p = parameters_[i];
    if (!p.defined() || !p.is_leaf())
      throw ValueError(fmt::format("optimizer: parameter {} is not a leaf", i));
    if (is_expanded(p.data()))
      throw ValueError(fmt::format("optimizer: parameter {} is expanded: its elements share numbers", i));
    const auto [first, is_new] = known.try_emplace(p.node(), i);
    if (!is_new)
      throw ValueError(fmt::format("optimizer: parameters {} and {} are the same", first->second, i));
  }
}

void Optimizer::zero_grad() {
  for (const Variable& parameter : parameters_) parameter.zero_grad();
}

NamedTensors Optimizer::state_dict() const {
  StateEntries all = entries();
  all.emplace_back("lr", scalar<double>(lr));
  return copy_state(all);
}

void Optimizer::load_state_dict(const NamedTensors& state) {
  const DoubleTensor rate = scalar<double>(lr);
  StateEntries all = entries();
  all.emplace_back("lr", rate);
  load_state(all, state, "optimiser", false);
  lr = rate.item();
}

SGD::SGD(std::vector<Variable> parameters, double learning_rate, Options options)
    : Optimizer(std::move(parameters), learning_rate), options_(options) {
  if (!(options.momentum >= 0) || !(options.weight_decay >= 0)) {
    throw ValueError(fmt::format("SGD: momentum {} and weight_decay {} must not be negative",
                                 options.momentum, options.weight_decay));
  }
  if (options.nesterov && options.momentum == 0) throw ValueError("SGD: nesterov wants a momentum");
  if (options_.momentum > 0) velocity_ = zeros_for(parameters_);
}

void SGD::step() {
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const Variable& p = parameters_[i];
    if (!p.grad().defined()) continue;
    DenseNumbers numbers(p.data());
    sgd_step_(numbers.dense, p.grad(), velocity_.empty() ? Tensor() : velocity_[i], lr, options_);
    numbers.commit();
  }
}

StateEntries SGD::entries() const { return named(velocity_, "momentum_buffer"); }

Adam::Adam(std::vector<Variable> parameters, double learning_rate, Options options)
    : Optimizer(std::move(parameters), learning_rate),
      options_(options),
      exp_avg_(zeros_for(parameters_)),
      exp_avg_sq_(zeros_for(parameters_)),
      steps_(zeros<int64_t>(static_cast<int64_t>(parameters_.size()))) {
  const auto is_beta = [](double beta) { return beta >= 0 && beta < 1; };
  if (!is_beta(options.beta1) || !is_beta(options.beta2) || !(options.eps >= 0) ||
      !(options.weight_decay >= 0)) {
    throw ValueError(
        fmt::format("Adam: betas {} and {} must lie in [0, 1), eps {} and weight_decay {} not be negative",
                    options.beta1, options.beta2, options.eps, options.weight_decay));
  }
}

void Adam::step() {
  int64_t* steps = steps_.mutable_data();
  std::vector<AdamParameter, PoolAllocator<AdamParameter>> all;
  std::vector<DenseNumbers> copies;
  all.reserve(parameters_.size());
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const Variable& p = parameters_[i];
    if (!p.grad().defined()) continue;
    if (!p.data().is_contiguous()) copies.emplace_back(p.data());
    const Tensor& numbers = p.data().is_contiguous() ? p.data() : copies.back().dense;
    all.push_back({numbers, p.grad(), exp_avg_[i], exp_avg_sq_[i], ++steps[i]});
  }
  adam_step_(all, lr, options_);
  for (DenseNumbers& copy : copies) copy.commit();
}

StateEntries Adam::entries() const {
  StateEntries all = {{"step", steps_}};
  for (auto& entry : named(exp_avg_, "exp_avg")) all.push_back(std::move(entry));
  for (auto& entry : named(exp_avg_sq_, "exp_avg_sq")) all.push_back(std::move(entry));
  return all;
}

double clip_grad_norm_(const std::vector<Variable>& parameters, double max_norm) {
  if (!(max_norm >= 0)) throw ValueError(fmt::format("clip_grad_norm_: max_norm {} is negative", max_norm));
  std::vector<Tensor> gradients = gradients_of(parameters);
  double squares = 0;  // of floats: neither overflows nor vanishes
  for (const Tensor& grad : gradients) squares += sum(square(grad.cast<double>())).item();
  const double total = std::sqrt(squares);
  if (!std::isfinite(total))
    throw ValueError(fmt::format("clip_grad_norm_: the gradients' norm is {}", total));
  const double scale = max_norm / (total + 1e-6);  // PyTorch's guard against a norm of 0
  for (Tensor& grad : gradients) {
    if (scale < 1) grad *= static_cast<float>(scale);
  }
  return total;
}

void clip_grad_value_(const std::vector<Variable>& parameters, double limit) {
  if (!(limit >= 0)) throw ValueError(fmt::format("clip_grad_value_: limit {} is negative", limit));
  const auto bound = static_cast<float>(limit);
  for (Tensor& grad : gradients_of(parameters)) grad.copy_(clamp(grad, -bound, bound));
}

}  // namespace lt::inline v0::nn
