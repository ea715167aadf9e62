#include <libtensor/autograd/graph.h>

#include <fmt/format.h>

#include <unordered_map>

#include <libtensor/autograd/dot.h>
#include <libtensor/autograd/node.h>

// Nodes are numbered as the walk from the root meets them, so equal graphs give equal text.

namespace lt::inline v0 {
namespace {

template <Floating T>
std::string describe(const BasicTensor<T>& x) {
  if (!x.defined()) return "none";
  return x.numel() == 1 ? fmt::format("{:.4f}", x.item()) : to_string(x.shape());
}

}  // namespace

template <Floating T>
std::string to_dot(const BasicVariable<T>& root,
                   const std::vector<std::pair<BasicVariable<T>, std::string>>& names) {
  std::unordered_map<const Node<T>*, std::string> label;
  for (const auto& [variable, name] : names) label[variable.node()] = DotWriter::escaped(name) + " | ";
  std::unordered_map<const Node<T>*, size_t> number;
  std::vector<const Node<T>*> nodes;
  const auto meet = [&](const Node<T>* node) {
    if (number.emplace(node, nodes.size()).second) nodes.push_back(node);
    return number.at(node);
  };
  DotWriter dot("rankdir=LR;");
  if (root.defined()) meet(root.node());
  for (size_t n = 0; n < nodes.size(); ++n) {
    const Node<T>* node = nodes[n];
    const std::string id = fmt::format("n{}", n);
    dot.box(id, fmt::format("{}data {} | grad {}", label[node], describe(node->data), describe(node->grad)));
    if (node->is_leaf()) continue;
    dot.oval(id + "op", node->op);
    dot.edge(id + "op", id);
    for (const Node<T>* input : node->inputs()) dot.edge(fmt::format("n{}", meet(input)), id + "op");
  }
  return dot.text();
}

template std::string to_dot(const Variable&, const std::vector<std::pair<Variable, std::string>>&);
template std::string to_dot(const DoubleVariable&,
                            const std::vector<std::pair<DoubleVariable, std::string>>&);

}  // namespace lt::inline v0
