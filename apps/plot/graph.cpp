#include <libtensor/apps/plot/graph.h>

#include <fmt/format.h>

#include <algorithm>

#include <libtensor/apps/plot/graph_layout.h>
#include <libtensor/apps/plot/svg.h>
#include <libtensor/tensor/error.h>

namespace lt::plot {
namespace {

constexpr double kWidest = 930;  // what a report's column shows without scrolling

void draw_node(Svg& svg, const Graph::Node& node, const Place& place, bool in_stack) {
  const bool is_stacked = in_stack && !node.is_operation;
  const auto lines = node.fields.size() - static_cast<size_t>(std::ranges::count(node.fields, ""));
  const double height = is_stacked ? Layout::kLine * static_cast<double>(lines) : Layout::kHeight;
  const double left = place.x - place.width / 2, top = place.y - height / 2;
  svg.rect(left, top, place.width, height,
           node.is_operation ? R"(class="lt-oval" rx="13")" : R"(class="lt-box" rx="2")");
  double x = left, y = top;
  for (const std::string& field : node.fields) {
    if (field.empty()) continue;
    const double width = is_stacked || node.is_operation ? place.width : field_width(field);
    if (x > left) svg.line({x, top}, {x, top + height}, "class=\"lt-edge\"");
    if (y > top) svg.line({left, y}, {left + width, y}, "class=\"lt-edge\"");
    svg.text({x + width / 2, (is_stacked ? y + Layout::kLine / 2 : place.y) + 4}, field, Anchor::kMiddle);
    (is_stacked ? y : x) += is_stacked ? Layout::kLine : width;
  }
}

std::string name_of(const Graph::Node& node) { return node.fields.empty() ? "" : node.fields[0]; }

// In parentheses where the operation binds more tightly than what the label says.
std::string operand(const std::string& label, const std::string& operation) {
  const bool is_sum = label.find_first_of("+- ", 1) != std::string::npos;
  const bool is_product = label.find_first_of("*/") != std::string::npos;
  const bool is_wrapped =
      operation.starts_with("*") && (is_sum || (is_product && operation.starts_with("**")));
  return is_wrapped ? fmt::format("({})", label) : label;
}

// What a value is made of: "a * b", "tanh(n)"; the operation alone where something has no name.
std::string formula(const Graph& graph, size_t operation, const std::vector<size_t>& inputs) {
  std::string name = name_of(graph.nodes[operation]);
  const auto label = [&](size_t i) { return name_of(graph.nodes[inputs[i]]); };
  if (inputs.size() == 2 && !label(0).empty() && !label(1).empty())
    return fmt::format("{} {} {}", operand(label(0), name), name, operand(label(1), name));
  if (inputs.size() != 1 || label(0).empty()) return name;
  return name.starts_with("*") ? operand(label(0), name) + name : fmt::format("{}({})", name, label(0));
}

// A value that is called by what it is made of: "a*b", "tanh(n)".
bool is_formula(const std::string& label) { return label.find_first_of("+-*/(") != std::string::npos; }

}  // namespace

std::string svg(const Graph& graph) {
  const Layout beside(graph);
  const bool is_stacked = beside.width() > kWidest;
  const Layout layout = is_stacked ? Layout(graph, true) : beside;
  const std::vector<Place>& places = layout.places();
  Svg svg(layout.width(), layout.height(), graph.title);
  svg.rect(0, 0, layout.width(), layout.height(), "class=\"lt-paper\"");
  for (size_t from = 0; from < graph.nodes.size(); ++from) {
    for (size_t next : places[from].after) {
      std::vector<Point> way{{places[from].x + places[from].width / 2, places[from].y}};
      for (; next >= graph.nodes.size(); next = places[next].after[0]) {
        const Place& bend = places[next];
        way.push_back({bend.x - bend.width / 2, bend.y});
        way.push_back({bend.x + bend.width / 2, bend.y});
      }
      const Point end{places[next].x - places[next].width / 2, places[next].y};
      way.push_back({end.x - 7, end.y});
      svg.curve(way, "class=\"lt-edge\"");
      svg.polygon({end, {end.x - 8, end.y - 3.5}, {end.x - 8, end.y + 3.5}}, "class=\"lt-tip\"");
    }
  }
  for (size_t node = 0; node < graph.nodes.size(); ++node)
    draw_node(svg, graph.nodes[node], places[node], is_stacked);
  return svg.str();
}

std::string text_tree(const Graph& graph) {
  std::vector<std::vector<size_t>> made_of(graph.nodes.size());
  std::vector<bool> is_used(graph.nodes.size());
  for (const auto& [from, to] : graph.edges) {
    if (std::max(from, to) >= made_of.size())
      throw IndexError(fmt::format("graph: edge {} -> {} among {} nodes", from, to, made_of.size()));
    made_of[to].push_back(from);
    is_used[from] = true;
  }
  struct Line {
    size_t node;
    size_t depth;
  };
  std::vector<Line> waiting, lines;
  for (size_t node = 0; node < graph.nodes.size(); ++node)
    if (!is_used[node]) waiting.push_back({node, 0});
  std::vector<bool> is_said(graph.nodes.size());
  size_t widest = 0;
  while (!waiting.empty()) {
    const Line line = waiting.back();
    waiting.pop_back();
    lines.push_back(line);
    widest = std::max(widest, 2 * line.depth + name_of(graph.nodes[line.node]).size());
    if (is_said[line.node]) continue;
    is_said[line.node] = true;
    for (const size_t operation : made_of[line.node]) {
      const std::vector<size_t>& inputs = made_of[operation];
      for (size_t i = inputs.size(); i-- > 0;) waiting.push_back({inputs[i], line.depth + 1});
    }
  }
  std::string text;
  std::fill(is_said.begin(), is_said.end(), false);
  for (const auto& [node, depth] : lines) {
    const auto& fields = graph.nodes[node].fields;
    std::string line =
        fmt::format("{:<{}}", std::string(2 * depth, ' ') + name_of(graph.nodes[node]), widest);
    for (size_t i = 1; i < fields.size(); ++i) line += fmt::format("  {:>13}", fields[i]);
    if (!made_of[node].empty() && is_said[node]) {
      line += "  (as above)";
    } else if (!made_of[node].empty() && !is_formula(name_of(graph.nodes[node]))) {
      const size_t operation = made_of[node][0];
      line += "  = " + formula(graph, operation, made_of[operation]);
    }
    is_said[node] = true;
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

}  // namespace lt::plot
