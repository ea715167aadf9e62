#pragma once

// The picture of an expression: every value a box, every operation an oval, left to right.

#include <string>

#include <libtensor/apps/micrograd/engine.h>
#include <libtensor/apps/plot/graph.h>

namespace lt::apps::micrograd {

// Boxes "label | data 0.0000 | grad 0.0000", as the values stand now.
plot::Graph to_graph(Value root, const std::string& title = "");

// The graph as Graphviz text.
std::string to_dot(const plot::Graph& graph);

}  // namespace lt::apps::micrograd
