#pragma once

// A state: the tensors of a module or an optimiser by name, as they are saved and loaded.

#include <string>
#include <utility>
#include <vector>

#include <libtensor/tensor/io.h>

namespace lt::inline v0::nn {

// The tensors themselves, not copies, in the order in which an error lists them.
using StateEntries = std::vector<std::pair<std::string, AnyTensor>>;

// A copy of each, by name.
NamedTensors copy_state(const StateEntries& entries);

// Copies the numbers of `state` into the entries; `owner` names what these belong to in an error.
//   throws: ValueError that lists every name that is missing, of another type or misshaped, and, where
//   `strict`, every one that belongs to no entry; nothing is then changed
void load_state(const StateEntries& entries, const NamedTensors& state, const char* owner, bool strict);

}  // namespace lt::inline v0::nn
