#include <libtensor/apps/micrograd/graph.h>

#include <fmt/core.h>

#include <functional>
#include <map>

#include <libtensor/autograd/dot.h>
#include <libtensor/tensor/file.h>

// The walk is backward's: down the tape from the root, inputs always further down.

namespace lt::apps::micrograd {

plot::Graph to_graph(Value root, const std::string& title) {
  plot::Graph graph{title, {}, {}};
  std::map<std::uint32_t, size_t> node_of;
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
    const size_t box = node(v);
    if (!v.op()) continue;
    const size_t oval = graph.nodes.size();
    const std::string name = v.op()->name;
    graph.nodes.push_back({{name == "**" ? fmt::format("**{:g}", v.exponent()) : name}, true});
    graph.edges.push_back({oval, box});
    for (const Value input : v.inputs()) {
      graph.edges.push_back({node(input), oval});
      waiting.emplace(input.place(), input);
    }
  }
  return graph;
}

std::string to_dot(const plot::Graph& graph) {
  DotWriter dot("rankdir=LR ranksep=0.25\n  node [fontsize=11 height=0.3 width=0.4 margin=0.06]");
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto& fields = graph.nodes[i].fields;
    const std::string id = fmt::format("n{}", i);
    if (graph.nodes[i].is_operation)
      dot.oval(id, fields[0]);
    else
      dot.box(id, fmt::format("{} | {} | {}", DotWriter::escaped(fields[0]), fields[1], fields[2]));
  }
  for (const auto& [from, to] : graph.edges) dot.edge(fmt::format("n{}", from), fmt::format("n{}", to));
  return dot.text();
}

void draw(Run& run, const std::string& file, const std::string& title, Value root) {
  const plot::Graph graph = to_graph(root, title);
  run.figure(file + ".svg", title, plot::svg(graph));
  if (run.flags().no_out) return;
  write_file_atomically(run.path_of(file + ".dot"), to_dot(graph));
  run.log().write("figure", {{"file", file + ".dot"}, {"title", title}});
}

void print_tree(Run& run, Value root) { run.print(plot::text_tree(to_graph(root))); }

}  // namespace lt::apps::micrograd
