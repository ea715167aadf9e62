#include <libtensor/nn/optimizer.h>

#include <fmt/format.h>

#include <cmath>
#include <variant>

#include <libtensor/tensor/ops.h>

namespace lt::nn {
namespace {

template <typename T>
struct Place {
  std::string name;
  BasicTensor<T> tensor;
};

// What is wrong with the entries that belong at `places`; empty where all fit.
template <typename T>
std::string misfits(const std::vector<Place<T>>& places, const NamedTensors& state) {
  std::string problems;
  for (const auto& [name, tensor] : places) {
    const auto found = state.find(name);
    const auto* value = found == state.end() ? nullptr : std::get_if<BasicTensor<T>>(&found->second);
    if (value == nullptr) {
      problems += fmt::format("\n  missing: {}", name);
    } else if (value->shape() != tensor.shape()) {
      problems += fmt::format("\n  shape {} where {} is wanted: {}", to_string(value->shape()),
                              to_string(tensor.shape()), name);
    }
  }
  return problems;
}

void check_state(const std::string& problems) {
  if (!problems.empty())
    throw ValueError("load_state_dict: the state does not fit the optimiser:" + problems);
}

template <typename T>
void copy_into(std::vector<Place<T>> places, const NamedTensors& state) {
  for (auto& [name, tensor] : places) tensor.copy_(std::get<BasicTensor<T>>(state.at(name)));
}

std::vector<Place<float>> named(const std::vector<Tensor>& tensors, const char* name) {
  std::vector<Place<float>> places;
  for (size_t i = 0; i < tensors.size(); ++i) places.push_back({fmt::format("{}.{}", i, name), tensors[i]});
  return places;
}

std::vector<Tensor> zeros_for(const std::vector<Variable>& parameters) {
  std::vector<Tensor> all;
  for (const Variable& parameter : parameters) all.push_back(zeros_like(parameter.data()));
  return all;
}

}  // namespace

Optimizer::Optimizer(std::vector<Variable> parameters, double learning_rate)
    : lr(learning_rate), parameters_(std::move(parameters)) {
  if (!std::isfinite(lr)) throw ValueError(fmt::format("optimizer: learning rate {}", lr));
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const Variable& p = parameters_[i];
    if (!p.requires_grad() || !p.is_leaf() || !p.data().is_contiguous()) {
      throw ValueError(fmt::format("optimizer: parameter {} is not a dense leaf that needs a gradient", i));
    }
  }
}

void Optimizer::zero_grad() {
  for (const Variable& parameter : parameters_) parameter.zero_grad();
}

void Optimizer::load_state_dict(const NamedTensors&) {}

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
    sgd_step_(p.data(), p.grad(), velocity_.empty() ? Tensor() : velocity_[i], lr, options_);
  }
}

NamedTensors SGD::state_dict() const {
  NamedTensors state;
  for (const auto& [name, tensor] : named(velocity_, "momentum_buffer")) state.emplace(name, tensor.clone());
  return state;
}

void SGD::load_state_dict(const NamedTensors& state) {
  const auto places = named(velocity_, "momentum_buffer");
  check_state(misfits(places, state));
  copy_into(places, state);
}

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
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const Variable& p = parameters_[i];
    if (!p.grad().defined()) continue;
    adam_step_(p.data(), p.grad(), exp_avg_[i], exp_avg_sq_[i], ++steps[i], lr, options_);
  }
}

NamedTensors Adam::state_dict() const {
  NamedTensors state{{"step", steps_.clone()}};
  for (const auto& [name, tensor] : named(exp_avg_, "exp_avg")) state.emplace(name, tensor.clone());
  for (const auto& [name, tensor] : named(exp_avg_sq_, "exp_avg_sq")) state.emplace(name, tensor.clone());
  return state;
}

void Adam::load_state_dict(const NamedTensors& state) {
  const std::vector<Place<int64_t>> steps = {{"step", steps_}};
  std::vector<Place<float>> places = named(exp_avg_, "exp_avg");
  for (Place<float>& place : named(exp_avg_sq_, "exp_avg_sq")) places.push_back(std::move(place));
  check_state(misfits(steps, state) + misfits(places, state));
  copy_into(steps, state);
  copy_into(places, state);
}

double clip_grad_norm_(const std::vector<Variable>& parameters, double max_norm) {
  if (!(max_norm >= 0)) throw ValueError(fmt::format("clip_grad_norm_: max_norm {} is negative", max_norm));
  double squares = 0;
  for (const Variable& p : parameters) {
    if (p.grad().defined()) squares += sum(square(p.grad().cast<double>())).item();
  }
  const double total = std::sqrt(squares);
  if (!std::isfinite(total))
    throw ValueError(fmt::format("clip_grad_norm_: the gradients' norm is {}", total));
  const double scale = max_norm / (total + 1e-6);  // PyTorch's guard against a norm of 0
  for (const Variable& p : parameters) {
    Tensor grad = p.grad();
    if (grad.defined() && scale < 1) grad *= static_cast<float>(scale);
  }
  return total;
}

void clip_grad_value_(const std::vector<Variable>& parameters, double limit) {
  if (!(limit >= 0)) throw ValueError(fmt::format("clip_grad_value_: limit {} is negative", limit));
  const auto bound = static_cast<float>(limit);
  for (const Variable& p : parameters) {
    Tensor grad = p.grad();
    if (grad.defined()) grad.copy_(clamp(grad, -bound, bound));
  }
}

}  // namespace lt::nn
