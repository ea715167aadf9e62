#include <libtensor/autograd/graph.h>

#include <fmt/format.h>

#include <unordered_map>

#include <libtensor/autograd/node.h>

// Nodes are numbered in the order in which the walk from the root meets them, so equal graphs give equal
// text.

namespace lt {
namespace {

template <typename T>
std::string describe(const BasicTensor<T>& x) {
  if (!x.defined()) return "none";
  return x.numel() == 1 ? fmt::format("{:.4f}", x.item()) : to_string(x.shape());
}

// A label inside a DOT record: its special characters are escaped.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\"\\{}|<>").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

template <typename T>
std::string to_dot(const BasicVariable<T>& root,
                   const std::vector<std::pair<BasicVariable<T>, std::string>>& names) {
  std::unordered_map<const Node<T>*, std::string> label;
  for (const auto& [variable, name] : names) label[variable.node()] = escaped(name) + " | ";
  std::unordered_map<const Node<T>*, size_t> number;
  std::vector<const Node<T>*> nodes;
  const auto meet = [&](const Node<T>* node) {
    if (number.emplace(node, nodes.size()).second) nodes.push_back(node);
    return number.at(node);
  };
  std::string out = "digraph {\n  rankdir=LR;\n";
  if (root.defined()) meet(root.node());
  for (size_t n = 0; n < nodes.size(); ++n) {
    const Node<T>* node = nodes[n];
    out += fmt::format("  n{} [shape=record, label=\"{{ {}data {} | grad {} }}\"];\n", n, label[node],
                       describe(node->data), describe(node->grad));
    if (node->is_leaf()) continue;
    out += fmt::format("  n{}op [label=\"{}\"];\n  n{}op -> n{};\n", n, node->op, n, n);
    for (const Node<T>* input : node->inputs()) out += fmt::format("  n{} -> n{}op;\n", meet(input), n);
  }
  return out + "}\n";
}

template std::string to_dot(const Variable&, const std::vector<std::pair<Variable, std::string>>&);
template std::string to_dot(const DoubleVariable&,
                            const std::vector<std::pair<DoubleVariable, std::string>>&);

}  // namespace lt
