#include <libtensor/nn/state.h>

#include <fmt/format.h>

#include <set>
#include <variant>

namespace lt::inline v0::nn {
namespace {

// What is wrong with the state's tensor for this entry; empty where it fits.
template <typename T>
std::string misfit(const std::string& name, const BasicTensor<T>& entry, const NamedTensors& state) {
  const auto found = state.find(name);
  if (found == state.end()) return fmt::format("\n  missing: {}", name);
  const auto* value = std::get_if<BasicTensor<T>>(&found->second);
  if (value == nullptr) return fmt::format("\n  not {}: {}", dtype_name<T>(), name);
  if (value->shape() != entry.shape()) {
    return fmt::format("\n  shape {} where {} is wanted: {}", to_string(value->shape()),
                       to_string(entry.shape()), name);
  }
  return {};
}

std::string misfits(const StateEntries& entries, const NamedTensors& state, bool strict) {
  std::string problems;
  std::set<std::string> known;
  for (const auto& entry : entries) {
    const std::string& name = entry.first;
    problems += std::visit([&](const auto& tensor) { return misfit(name, tensor, state); }, entry.second);
    known.insert(name);
  }
  for (const auto& [name, tensor] : state) {
    if (strict && !known.contains(name)) problems += fmt::format("\n  unexpected: {}", name);
  }
  return problems;
}

}  // namespace

NamedTensors copy_state(const StateEntries& entries) {
  NamedTensors out;
  for (const auto& [name, tensor] : entries) {
    out.emplace(name, std::visit([](const auto& x) { return AnyTensor(x.clone()); }, tensor));
  }
  return out;
}

void load_state(const StateEntries& entries, const NamedTensors& state, const char* owner, bool strict) {
  const std::string problems = misfits(entries, state, strict);
  if (!problems.empty()) {
    throw ValueError(fmt::format("load_state_dict: the state does not fit the {}:{}", owner, problems));
  }
  for (const auto& [name, tensor] : entries) {
    const AnyTensor& source = state.at(name);
    std::visit([&](auto x) { x.copy_(std::get<decltype(x)>(source)); }, tensor);
  }
}

}  // namespace lt::inline v0::nn
