#include <libtensor/nn/module.h>

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <set>
#include <string_view>

#include <libtensor/nn/state.h>

// One walk over the tree of modules serves parameters, states and modes.

namespace lt::inline v0::nn {

namespace {

bool has_value(const Module&) { return true; }
template <typename X>
bool has_value(const X& tensor) {
  return tensor.defined();
}

// throws: ValueError for a null pointer, a tensor without a value, which would be neither trained nor saved,
//         or a name that is listed twice: no state would hold the second
void check_members(const std::string& prefix, const Members& members) {
  std::set<std::string_view> known;
  const auto check = [&](const auto& list) {
    for (const auto& [name, member] : list) {
      if (member == nullptr)
        throw ValueError(fmt::format("module: member {}{} is a null pointer", prefix, name));
      if (!has_value(*member))
        throw ValueError(
            fmt::format("module: member {}{} was given no value (list what is optional where it is there)",
                        prefix, name));
      if (!known.insert(name).second)
        throw ValueError(fmt::format("module: two members are named {}{}", prefix, name));
    }
  };
  check(members.parameters);
  check(members.buffers);
  check(members.counters);
  check(members.children);
}

}  // namespace

struct ModuleWalk {
  // Calls visit(prefix, module, members) for a module and all inside it, parents first.
  template <typename Visit>
  static void each(Module& module, const std::string& prefix, const Visit& visit) {
    std::vector<const Module*> around;
    each_inside(module, prefix, around, visit);
  }
  static void set_mode(Module& module, bool training) { module.training_ = training; }

 private:
  // around: the modules that this one is inside of. throws: ValueError where it is one of them
  template <typename Visit>
  static void each_inside(Module& module, const std::string& prefix, std::vector<const Module*>& around,
                          const Visit& visit) {
    Members members;
    module.list(members);
    check_members(prefix, members);
    visit(prefix, module, members);
    around.push_back(&module);
    for (const auto& [name, child] : members.children) {
      if (std::find(around.begin(), around.end(), child) != around.end())
        throw ValueError(fmt::format("module: member {}{} is a module that it is inside of", prefix, name));
      each_inside(*child, prefix + name + ".", around, visit);
    }
    around.pop_back();
  }
};

namespace {

// Parameters and buffers in PyTorch's order, then the counters.
StateEntries state_entries(Module& module) {
  StateEntries entries;
  StateEntries counters;
  ModuleWalk::each(module, "", [&](const std::string& prefix, Module&, const Members& members) {
    for (const auto& [name, parameter] : members.parameters) {
      entries.emplace_back(prefix + name, parameter->data());
    }
    for (const auto& [name, buffer] : members.buffers) entries.emplace_back(prefix + name, *buffer);
    for (const auto& [name, counter] : members.counters) counters.emplace_back(prefix + name, *counter);
  });
  entries.insert(entries.end(), counters.begin(), counters.end());
  return entries;
}

}  // namespace

std::vector<std::pair<std::string, Variable>> Module::named_parameters() {
  std::vector<std::pair<std::string, Variable>> named;
  std::set<const Node<float>*> known;
  ModuleWalk::each(*this, "", [&](const std::string& prefix, Module&, const Members& members) {
    for (const auto& [name, parameter] : members.parameters) {
      if (known.insert(parameter->node()).second) named.emplace_back(prefix + name, *parameter);
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

void Module::train(Flag training) {
  ModuleWalk::each(*this, "", [&](const std::string&, Module& module, const Members&) {
    ModuleWalk::set_mode(module, training);
  });
}

void Module::zero_grad() {
  for (const Variable& parameter : parameters()) parameter.zero_grad();
}

NamedTensors Module::state_dict() { return copy_state(state_entries(*this)); }

void Module::load_state_dict(const NamedTensors& state) {
  load_state(state_entries(*this), state, "module", true);
}

std::ostream& operator<<(std::ostream& out, const Module& module) { return out << module.to_string(); }

}  // namespace lt::inline v0::nn
