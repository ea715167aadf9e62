#pragma once

// The picture of an expression: every value a box, every operation an oval, left to right.

#include <string>

#include <libtensor/apps/common/run.h>
#include <libtensor/apps/micrograd/engine.h>
#include <libtensor/apps/plot/graph.h>

namespace lt::apps::micrograd {

// As the values stand now: boxes "label", "data 0.0000", "grad 0.0000".
plot::Graph to_graph(Value root, const std::string& title = "");

// The same for Graphviz.
std::string to_dot(const plot::Graph& graph);

// FILE.svg into the report and the output folder, and FILE.dot beside it.
void draw(Run& run, const std::string& file, const std::string& title, Value root);

// The expression as lines of text: each value, its data, its gradient, and what it was made from.
void print_tree(Run& run, Value root);

}  // namespace lt::apps::micrograd
