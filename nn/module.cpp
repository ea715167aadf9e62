#include <libtensor/nn/module.h>

#include <fmt/format.h>

#include <map>
#include <ostream>
#include <variant>

// One walk over the tree of modules serves parameters, states and modes.

namespace lt::nn {

struct ModuleWalk {
  // Calls visit(prefix, module, members) for a module and all inside it, parents first.
  template <typename Visit>
  static void each(Module& module, const std::string& prefix, const Visit& visit) {
    Members members;
    module.list(members);
    visit(prefix, module, members);
    for (const auto& [name, child] : members.children) each(*child, prefix + name + ".", visit);
  }
  static void set_mode(Module& module, bool training) { module.training_ = training; }
};

namespace {

// The places that a state is read from or written to, by full name.
struct State {
  std::vector<std::pair<std::string, Tensor>> tensors;
  std::vector<std::pair<std::string, IntTensor>> counters;
};

State places(Module& module) {
  State state;
  ModuleWalk::each(module, "", [&](const std::string& prefix, Module&, const Members& members) {
    for (const auto& [name, parameter] : members.parameters) {
      if (parameter->defined()) state.tensors.emplace_back(prefix + name, parameter->data());
    }
    for (const auto& [name, buffer] : members.buffers) state.tensors.emplace_back(prefix + name, *buffer);
    for (const auto& [name, counter] : members.counters) state.counters.emplace_back(prefix + name, *counter);
  });
  return state;
}

// What is wrong with the entry that belongs at `place`; empty where it fits.
template <typename T>
std::string misfit(const std::string& name, const BasicTensor<T>& place, const NamedTensors& state) {
  const auto found = state.find(name);
  if (found == state.end()) return fmt::format("\n  missing: {}", name);
  const auto* value = std::get_if<BasicTensor<T>>(&found->second);
  if (value == nullptr) return fmt::format("\n  not {}: {}", dtype_name<T>(), name);
  if (value->shape() != place.shape()) {
    return fmt::format("\n  shape {} where {} is wanted: {}", to_string(value->shape()),
                       to_string(place.shape()), name);
  }
  return {};
}

void check_state(const State& wanted, const NamedTensors& state) {
  std::string problems;
  std::map<std::string, bool> known;
  for (const auto& [name, place] : wanted.tensors) {
    problems += misfit(name, place, state);
    known[name] = true;
  }
  for (const auto& [name, place] : wanted.counters) {
    problems += misfit(name, place, state);
    known[name] = true;
  }
  for (const auto& [name, value] : state) {
    if (!known[name]) problems += fmt::format("\n  unexpected: {}", name);
  }
  if (!problems.empty()) throw ValueError("load_state_dict: the state does not fit the module:" + problems);
}

}  // namespace

std::vector<std::pair<std::string, Variable>> Module::named_parameters() {
  std::vector<std::pair<std::string, Variable>> named;
  ModuleWalk::each(*this, "", [&](const std::string& prefix, Module&, const Members& members) {
    for (const auto& [name, parameter] : members.parameters) {
      if (parameter->defined()) named.emplace_back(prefix + name, *parameter);
    }
  });
  return named;
}

std::vector<Variable> Module::parameters() {
  std::vector<Variable> all;
  for (auto& [name, parameter] : named_parameters()) all.push_back(parameter);
  return all;
}

int64_t Module::num_parameters() {
  int64_t count = 0;
  for (const Variable& parameter : parameters()) count += parameter.numel();
  return count;
}

void Module::train(bool training) {
  ModuleWalk::each(*this, "", [&](const std::string&, Module& module, const Members&) {
    ModuleWalk::set_mode(module, training);
  });
}

void Module::zero_grad() {
  for (const Variable& parameter : parameters()) parameter.zero_grad();
}

NamedTensors Module::state_dict() {
  const State state = places(*this);
  NamedTensors out;
  for (const auto& [name, tensor] : state.tensors) out.emplace(name, tensor.clone());
  for (const auto& [name, counter] : state.counters) out.emplace(name, counter.clone());
  return out;
}

void Module::load_state_dict(const NamedTensors& state) {
  State wanted = places(*this);
  check_state(wanted, state);
  for (auto& [name, place] : wanted.tensors) place.copy_(std::get<Tensor>(state.at(name)));
  for (auto& [name, place] : wanted.counters) place.copy_(std::get<IntTensor>(state.at(name)));
}

std::ostream& operator<<(std::ostream& out, const Module& module) { return out << module.to_string(); }

}  // namespace lt::nn
