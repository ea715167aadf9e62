#include <libtensor/apps/micrograd/graph.h>

#include <fmt/core.h>

#include <functional>
#include <map>

#include <libtensor/autograd/dot.h>

// The walk is backward's: down the tape from the root, inputs always further down.

namespace lt::apps::micrograd {

namespace {

std::string op_name(Value v) {
  return v.op()->inputs == 1 && v.right().place() != v.left().place()
             ? fmt::format("{}{:g}", v.op()->name, v.right().data())
             : v.op()->name;
}

}  // namespace

plot::Graph to_graph(Value root, const std::string& title) {
  plot::Graph graph{title, {}, {}};
  std::map<std::uint32_t, std::size_t> node_of;
  std::map<std::uint32_t, Value, std::greater<>> waiting{{root.place(), root}};
  const auto node = [&](Value v) {
    const auto [known, is_new] = node_of.try_emplace(v.place(), graph.nodes.size());
    if (is_new)
      graph.nodes.push_back(
          {{v.label(), fmt::format("data {:.4f}", v.data()), fmt::format("grad {:.4f}", v.grad())}});
    return known->second;
  };
  while (!waiting.empty()) {
    const Value v = waiting.extract(waiting.begin()).mapped();
    const std::size_t box = node(v);
    if (!v.op()) continue;
    const std::size_t oval = graph.nodes.size();
    graph.nodes.push_back({{op_name(v)}, true});
    graph.edges.push_back({oval, box});
    const Value inputs[] = {v.left(), v.right()};
    for (int i = 0; i < v.op()->inputs; ++i) {
      graph.edges.push_back({node(inputs[i]), oval});
      waiting.emplace(inputs[i].place(), inputs[i]);
    }
  }
  return graph;
}

std::string to_dot(const plot::Graph& graph) {
  DotWriter dot("rankdir=LR ranksep=0.25\n  node [fontsize=11 height=0.3 width=0.4 margin=0.06]");
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto& [fields, is_operation] = graph.nodes[i];
    const std::string id = fmt::format("n{}", i);
    if (is_operation)
      dot.oval(id, fields[0]);
    else
      dot.box(id, fmt::format("{} | {} | {}", DotWriter::escaped(fields[0]), fields[1], fields[2]));
  }
  for (const auto& [from, to] : graph.edges) dot.edge(fmt::format("n{}", from), fmt::format("n{}", to));
  return dot.text();
}

}  // namespace lt::apps::micrograd
