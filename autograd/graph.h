#pragma once

// Draws how a variable came to be, as Graphviz DOT (dot -Tsvg): left to right, a box per variable with its
// shape, or its value and gradient where it holds one number, and an oval per op. Draw before backward(),
// or with keep_graph after it.

#include <string>
#include <utility>
#include <vector>

#include <libtensor/autograd/variable.h>

namespace lt::inline v0 {

// names: labels for variables that have one ("W1"); others go without.
template <Floating T>
std::string to_dot(const BasicVariable<T>& root,
                   const std::vector<std::pair<BasicVariable<T>, std::string>>& names = {});

}  // namespace lt::inline v0
